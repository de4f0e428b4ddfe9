//! Messages of several senders in one call, each with a verdict of its own.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sluice_model::command::Letter;
use sluice_model::failure::Why;
use sluice_model::listener::Target;
use sluice_model::message::Trouble;
use sluice_model::outcome::Accepted;
use sluice_model::refusal::Noun;
use sluice_model::{Abilities, Account, AccountId, Address, Content, MessageId, Order, Outcome, Refusal, Template};
use sluice_store::listeners::NewListener;
use sluice_store::outbox::{self, Submission};

use super::{Errand, Error, Result};

/// What a call looks up once, however many of its messages ask for it.
struct Desk {
    accounts: Vec<Arc<Account>>,
    templates: HashMap<String, Option<Arc<Template>>>,
}

/// A letter that can be accepted.
struct Ready {
    order: Order,
    abilities: &'static Abilities,
    /// Why it will fail at once.
    trouble: Option<Trouble>,
}

impl Errand<'_> {
    /// Lays the good ones on the shelf in one commit.
    pub(super) async fn send_each(&self, letters: Vec<Letter>) -> Result {
        let mut desk = Desk { accounts: self.accounts_in_reach().await?, templates: HashMap::new() };
        let ids = self.room.mint_many(letters.len(), self.call.at);
        let mut verdicts = Vec::with_capacity(letters.len());
        let mut called_back: Vec<Arc<Account>> = Vec::new();
        for (letter, id) in letters.into_iter().zip(ids) {
            let Some(account) = sender(&desk.accounts, &letter.sender).cloned() else {
                verdicts.push(Err(Refusal::NotFound(Noun::Account)));
                continue;
            };
            let calls_back = letter.calls_back && !called_back.iter().any(|known| known.id == account.id);
            match self.ready(&mut desk, &account, letter, MessageId(id)).await {
                Ok(ready) => {
                    verdicts.push(Ok(ready));
                    called_back.extend(calls_back.then_some(account));
                }
                Err(Error::Refused(refusal)) => verdicts.push(Err(refusal)),
                Err(fault) => return Err(fault),
            }
        }
        // Before anything is accepted: a listener hears what happens from its making on.
        for account in called_back {
            self.call_back(&account).await?;
        }
        self.accept_each(verdicts).await
    }

    async fn ready(&self, desk: &mut Desk, account: &Account, mut letter: Letter, id: MessageId) -> Result<Ready> {
        let abilities = self.abilities(account)?;
        let trouble = match &mut letter.wish.content {
            Content::Template(named) => match self.template_named(desk, &named.id).await? {
                None => Some(Template::unknown(&named.id)),
                Some(template) => match template.fill(&named.language, &named.params) {
                    Ok(words) => {
                        named.rendered = Some(words);
                        None
                    }
                    Err(trouble) => Some(trouble),
                },
            },
            _ => None,
        };
        let trouble = trouble
            .or_else(|| to_oneself(account, &letter))
            .or_else(|| self.dialect.unsendable(&letter.wish, self.call.at));
        if trouble.is_some() {
            // It goes to no messenger, so it does not matter what that can do.
            let order = self.draw_up(account, abilities, letter.wish, id).await?;
            return Ok(Ready { order, abilities, trouble });
        }
        if let Content::Template(template) = &mut letter.wish.content
            && !abilities.has(sluice_model::Ability::Template)
        {
            letter.wish.content = Content::text(template.rendered.take().unwrap_or_default());
        }
        let order = self.order(account, abilities, letter.wish, id).await?;
        Ok(Ready { order, abilities, trouble })
    }

    async fn template_named(&self, desk: &mut Desk, name: &str) -> Result<Option<Arc<Template>>> {
        if let Some(known) = desk.templates.get(name) {
            return Ok(known.clone());
        }
        let found = self.room.store.template(self.workspace()?, name).await?;
        desk.templates.insert(name.to_owned(), found.clone());
        Ok(found)
    }

    async fn accept_each(&self, verdicts: Vec<std::result::Result<Ready, Refusal>>) -> Result {
        let mut idempotency = self.idempotency()?;
        if let Some(promise) = &mut idempotency {
            promise.request = with_refused(promise.request, &verdicts);
        }
        let (mut orders, mut unsendable) = (Vec::new(), Vec::new());
        let mut answers: Vec<std::result::Result<&'static Abilities, Refusal>> = Vec::with_capacity(verdicts.len());
        for verdict in verdicts {
            answers.push(verdict.map(|Ready { order, abilities, trouble }| {
                unsendable.extend(trouble.map(|trouble| (order.id(), trouble)));
                orders.push(order);
                abilities
            }));
        }
        let (ids, at) = if orders.is_empty() {
            (Vec::new(), self.call.at)
        } else {
            let ids: Vec<MessageId> = orders.iter().map(Order::id).collect();
            let submission = Submission { orders, unsendable, idempotency, at: self.call.at };
            match self.room.store.accept(vec![submission]).await?.into_iter().next() {
                Some(outbox::Accepted::New) => (ids, self.call.at),
                Some(outbox::Accepted::Before { ids, at }) => (ids, at),
                Some(outbox::Accepted::KeyReused) => return Err(Refusal::KeyReused.into()),
                None => return Err(sluice_store::Fault::other("accept gave no answer for its submission").into()),
            }
        };
        let mut ids = ids.into_iter();
        let told = |abilities, id| Accepted { id, remote: self.remote(abilities, id), at };
        let answers = answers.into_iter().map(|answer| {
            let abilities = answer?;
            ids.next().map(|id| told(abilities, id)).ok_or(Refusal::KeyReused)
        });
        Ok(Outcome::Each(answers.collect()))
    }

    /// Makes the listener that calls where the account's messages in this dialect want to be told of, unless it is there.
    async fn call_back(&self, account: &Account) -> Result<()> {
        let dialect = self.dialect.name();
        let _one_at_a_time = self.room.making_own.lock().await;
        let is_it = |account: AccountId, listener: &sluice_model::Listener| {
            listener.account == Some(account) && listener.dialect == dialect && listener.target == Target::PerMessage
        };
        let known = self.room.store.listeners_of(account.workspace).await?;
        if known.iter().any(|listener| is_it(account.id, listener)) {
            return Ok(());
        }
        let new = NewListener {
            workspace: account.workspace,
            account: Some(account.id),
            dialect: dialect.to_owned(),
            name: format!("{dialect} callbacks"),
            target: Target::PerMessage,
            events: Vec::new(),
            settings: serde_json::json!({}),
            secret: None,
            at: self.call.at,
        };
        self.room.store.add_listener(new).await?;
        Ok(())
    }
}

/// By its number, or else by its name; of several of one name the oldest.
fn sender<'a>(accounts: &'a [Arc<Account>], called: &str) -> Option<&'a Arc<Account>> {
    let number = called.trim().trim_start_matches('+');
    let by_number = accounts.iter().find(|account| account.condition.phone.as_deref() == Some(number));
    by_number
        .or_else(|| accounts.iter().find(|account| account.name == called))
        .or_else(|| accounts.iter().find(|account| account.name.to_lowercase() == called.to_lowercase()))
}

/// A sender's letters are for others (contract devino.md §8, code 2307).
fn to_oneself(account: &Account, letter: &Letter) -> Option<Trouble> {
    let is_own =
        matches!(&letter.wish.chat, Address::Phone(number) if account.condition.phone.as_ref() == Some(number));
    is_own.then(|| Trouble { why: Why::ToOneself, note: "the recipient is the sender".to_owned() })
}

/// A repeat must be refused in the same places, or the ids of then would be told of other messages.
fn with_refused(request: [u8; 32], verdicts: &[std::result::Result<Ready, Refusal>]) -> [u8; 32] {
    if verdicts.iter().all(std::result::Result::is_ok) {
        return request;
    }
    let places: Vec<u8> = verdicts.iter().map(|verdict| u8::from(verdict.is_ok())).collect();
    Sha256::new().chain_update(request).chain_update(places).finalize().into()
}

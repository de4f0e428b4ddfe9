//! Messages onto the outbox shelf, and off it again.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};
use sluice_model::command::{ReplyTo, Which, Wish};
use sluice_model::content::{Media, Quoted, Source};
use sluice_model::message::{Kept, Message, Origin};
use sluice_model::outcome::Accepted;
use sluice_model::{
    Abilities, Ability, Account, Address, Content, MessageId, Order, Outcome, Refusal, State, Timestamp,
};
use sluice_store::outbox::{self, Idempotency, Submission};

use super::remark::{sent_target, target_of};
use super::{Errand, LONGEST_WAIT, LOOK, Result};

/// The longest idempotency key.
const KEY_LENGTH: usize = 255;

impl Errand<'_> {
    pub(super) async fn send(&self, wishes: Vec<Wish>) -> Result {
        self.accept(wishes).await.map(Outcome::Accepted)
    }

    pub(super) async fn send_and_wait(&self, wish: Wish, wait: Duration) -> Result {
        let wait = wait.min(LONGEST_WAIT);
        let Some(accepted) = self.accept(vec![wish]).await?.into_iter().next() else {
            return Err(Refusal::Missing("message").into());
        };
        // A repeat is answered byte by byte as the first call was, so the answer must not depend on what came in between.
        if self.call.header("idempotency-key").is_some() {
            return Ok(Outcome::Sent { accepted, state: State::Waiting, trouble: None });
        }
        let account = self.call.account()?;
        let bell = self.room.store.bell().journal(account.id);
        let mut end = std::pin::pin!(tokio::time::sleep(wait));
        loop {
            // Taken before the look, or a ring between look and wait is missed.
            let rung = bell.notified();
            let kept = self.find(&Which::Id(accepted.id)).await?;
            let over = !kept.state.is_open()
                // Nobody is there whose word could come in time.
                || !account.condition.state.is_logged_in()
                || tokio::select! {
                    () = &mut end => true,
                    () = self.room.closing.cancelled() => true,
                    () = rung => false,
                    () = tokio::time::sleep(LOOK) => false,
                };
            if over {
                return Ok(Outcome::Sent { accepted, state: kept.state, trouble: kept.trouble });
            }
        }
    }

    pub(super) async fn cancel(&self, which: Option<Vec<Which>>) -> Result {
        let account = self.call.account()?.id;
        let ids = match which {
            None => None,
            Some(which) => {
                let mut ids = Vec::with_capacity(which.len());
                for one in &which {
                    ids.push(self.find(one).await?.message.id);
                }
                Some(ids)
            }
        };
        let mut cancelled = self.room.store.cancel(account, ids.clone(), self.call.at).await?;
        cancelled.extend(self.cancel_with_phone(account, ids, &cancelled).await?);
        Ok(Outcome::Cancelled(cancelled))
    }

    /// Lays all of the wishes on the shelf, or none. Boxed for its size, which every caller's task would have.
    fn accept(&self, wishes: Vec<Wish>) -> BoxFuture<'_, Result<Vec<Accepted>>> {
        self.accept_all(wishes).boxed()
    }

    async fn accept_all(&self, wishes: Vec<Wish>) -> Result<Vec<Accepted>> {
        let account = self.call.account()?;
        let abilities = self.abilities(account)?;
        let idempotency = self.idempotency()?;
        if wishes.is_empty() {
            return Err(Refusal::Missing("messages").into());
        }
        let now = self.call.at;
        let ids = self.room.mint_many(wishes.len(), now);
        let (mut orders, mut unsendable) = (Vec::with_capacity(wishes.len()), Vec::new());
        for (wish, id) in wishes.into_iter().zip(ids) {
            let id = MessageId(id);
            unsendable.extend(self.dialect.unsendable(&wish, now).map(|trouble| (id, trouble)));
            orders.push(self.order(account, abilities, wish, id).await?);
        }
        let ids: Vec<MessageId> = orders.iter().map(Order::id).collect();
        let submission = Submission { orders, unsendable, idempotency, at: now };
        let accepted = self.room.store.accept(vec![submission]).await?.into_iter().next();
        let told = |ids: Vec<MessageId>, at| {
            ids.into_iter().map(|id| Accepted { id, remote: self.remote(abilities, id), at }).collect()
        };
        match accepted {
            Some(outbox::Accepted::New) => Ok(told(ids, now)),
            Some(outbox::Accepted::Before { ids, at }) => Ok(told(ids, at)),
            Some(outbox::Accepted::KeyReused) => Err(Refusal::KeyReused.into()),
            None => Err(sluice_store::Fault::other("accept gave no answer for its submission").into()),
        }
    }

    pub(super) async fn order(
        &self,
        account: &Account,
        abilities: &Abilities,
        wish: Wish,
        id: MessageId,
    ) -> Result<Order> {
        check_abilities(abilities, &wish)?;
        self.draw_up(account, abilities, wish, id).await
    }

    /// The order, whatever the messenger can do.
    pub(super) async fn draw_up(
        &self,
        account: &Account,
        abilities: &Abilities,
        mut wish: Wish,
        id: MessageId,
    ) -> Result<Order> {
        self.keep_inline_of(&mut wish.content).await?;
        if let Content::Text(text) = &mut wish.content {
            let usual = self.dialect.shows_cards().then_some(true);
            text.link_preview = text.link_preview.or(account.settings.link_preview).or(usual);
        }
        check_size(abilities, &wish.content)?;
        let now = self.call.at;
        let due_at = due_at(&wish, now, |span| self.room.dice.below(span));
        let expires_at = wish.expires_at.unwrap_or_else(|| due_at.plus(self.room.order_life));
        if expires_at <= due_at {
            return Err(Refusal::invalid("expires_at", "is before the message is to be sent").into());
        }
        let quoted = match wish.reply_to {
            None => None,
            Some(ReplyTo::Quoted(quoted)) => Some(quoted),
            Some(ReplyTo::Which(which)) => Some(self.quote(&which).await?),
        };
        let origin = Origin::Api {
            dialect: self.dialect.name().to_owned(),
            key: self.call.key().map(|key| key.id),
            request: Some(self.call.id),
            tag: wish.tag,
            memo: wish.memo,
        };
        let message = Message {
            id,
            remote: self.remote(abilities, id),
            origin,
            chat: wish.chat,
            chat_alias: None,
            chat_name: None,
            sender: None,
            content: self.with_target(wish.content).await?,
            quoted,
            forwarded: wish.forwarded,
            at: now,
        };
        Ok(Order {
            workspace: account.workspace,
            account: account.id,
            message,
            due_at,
            expires_at,
            typing_ms: wish.typing_ms,
            attempt: 0,
        })
    }

    pub(super) fn abilities(&self, account: &Account) -> Result<&'static Abilities> {
        let missing = || Refusal::Conflict(format!("this gateway has no connector '{}'", account.connector));
        Ok(self.room.connectors.of(account).ok_or_else(missing)?)
    }

    /// A messenger that de-duplicates by our id takes the id that we make; any other gives its own when it is sent.
    pub(super) fn remote(&self, abilities: &Abilities, id: MessageId) -> Option<String> {
        abilities.deduplicates.then(|| self.room.spelling.remote(id))
    }

    async fn quote(&self, which: &Which) -> Result<Quoted> {
        let Kept { message, .. } = self.find(which).await?;
        let at = message.at;
        let target = sent_target(&message)?;
        Ok(Quoted { target, content: Some(Box::new(message.content)), at: Some(at) })
    }

    /// Adds who wrote the message that a reaction, an edit, a deletion or a vote is about, which callers rarely know.
    /// A message that we never saw is left to the messenger.
    async fn with_target(&self, mut content: Content) -> Result<Content> {
        if let Content::Reaction { target, .. }
        | Content::Edit { target, .. }
        | Content::Delete { target, .. }
        | Content::Vote(sluice_model::content::Vote { target, .. }) = &mut content
        {
            let known = self.find_if_any(&Which::Remote(target.remote.clone())).await?;
            if let Some(known) = known.and_then(|kept| target_of(&kept.message)) {
                *target = known;
            }
        }
        Ok(content)
    }

    pub(super) fn idempotency(&self) -> Result<Option<Idempotency>> {
        let Some(value) = self.call.headers.get("idempotency-key") else { return Ok(None) };
        let visible = |key: &&str| (1..=KEY_LENGTH).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        let Some(key) = value.to_str().ok().filter(visible) else {
            let note = format!("must be 1 to {KEY_LENGTH} visible ASCII characters");
            return Err(Refusal::invalid("Idempotency-Key", note).into());
        };
        // What was given out for a login is that login's: a new token must not make a repeat a new request.
        let caller = self.key()?;
        let scope = super::signing_in::of_login(caller).unwrap_or(caller.id);
        Ok(Some(Idempotency { scope, key: key.to_owned(), request: self.fingerprint() }))
    }

    /// SHA-256 of what is asked: method, path, query and body.
    fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            // Each part with its length, or two requests could be cut apart differently and look the same.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        add(self.call.method.as_str().as_bytes());
        add(self.call.path.as_bytes());
        for (name, value) in &self.call.query {
            add(name.as_bytes());
            add(value.as_bytes());
        }
        add(&self.call.body);
        for (name, text) in self.call.form.iter().flat_map(|form| &form.texts) {
            add(name.as_bytes());
            add(text.as_bytes());
        }
        if let Some(file) = &self.call.file {
            add(file.hash.as_bytes());
        }
        hash.finalize().into()
    }
}

fn due_at(wish: &Wish, now: Timestamp, below: impl FnOnce(u64) -> u64) -> Timestamp {
    let from = wish.due_at.map_or(now, |due| due.max(now));
    let Some((least, most)) = wish.delay else { return from };
    let span = u64::try_from(most.saturating_sub(least).as_millis()).unwrap_or(u64::MAX - 1);
    from.plus(least + Duration::from_millis(below(span + 1)))
}

fn check_abilities(abilities: &Abilities, wish: &Wish) -> Result<()> {
    let content = Ability::of_content(&wish.content)
        .ok_or_else(|| Refusal::invalid("type", format!("'{}' cannot be sent", wish.content.kind())))?;
    let besides = [
        (matches!(wish.chat, Address::Group(_)), Ability::Groups),
        (matches!(wish.chat, Address::Story), Ability::Story),
        (wish.reply_to.is_some(), Ability::Reply),
    ];
    let asked = besides.into_iter().filter_map(|(asked, ability)| asked.then_some(ability));
    if let Some(lacking) = asked.chain([content]).find(|ability| !abilities.has(*ability)) {
        return Err(Refusal::Unsupported(lacking).into());
    }
    let words = wish.content.words();
    // Bytes are counted at once, characters only of what could be too long.
    if words.len() > abilities.text_limit && words.chars().count() > abilities.text_limit {
        let field = if matches!(wish.content, Content::Media(_)) { "caption" } else { "text" };
        return Err(Refusal::TooLong { field, limit: abilities.text_limit }.into());
    }
    Ok(())
}

fn check_size(abilities: &Abilities, content: &Content) -> Result<()> {
    match content {
        Content::Media(Media { source: Source::Blob(blob), .. }) if blob.size > abilities.media_limit => {
            Err(Refusal::TooLarge { limit: abilities.media_limit }.into())
        }
        _ => Ok(()),
    }
}

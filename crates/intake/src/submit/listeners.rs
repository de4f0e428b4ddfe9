//! Listeners: made, shown, changed, tested, told again.

use std::sync::Arc;

use sluice_model::command::{ListenerChange, NewListener, Slice};
use sluice_model::delivery::State;
use sluice_model::listener::Target;
use sluice_model::outcome::ListenerView;
use sluice_model::refusal::Noun;
use sluice_model::{Event, EventId, Listener, ListenerId, Outcome, Refusal, Timestamp};
use sluice_store::deliveries::Move;
use sluice_store::listeners::{self, Change};

use super::own::merged;
use super::sift::page;
use super::{Errand, Result, tokens, web};
use crate::parts::seals;

impl Errand<'_> {
    pub(super) async fn listeners(&self) -> Result {
        let of = self.call.caller.as_ref().and_then(|caller| caller.account.as_ref()).map(|account| account.id);
        let mut views = Vec::new();
        for listener in self.room.store.listeners_of(self.workspace()?).await? {
            if self.reaches(&listener) && (of.is_none() || listener.account == of) {
                views.push(self.view_listener(listener, None).await?);
            }
        }
        Ok(Outcome::Listeners(views))
    }

    pub(super) async fn show_listener(&self, id: ListenerId) -> Result {
        let listener = self.listener_in_reach(id).await?;
        Ok(Outcome::Listener(Box::new(self.view_listener(listener, None).await?)))
    }

    pub(super) async fn add_listener(&self, new: NewListener) -> Result {
        let account = new.account.or(self.key()?.account);
        if let Some(id) = account {
            self.account_in_reach(id).await?;
        }
        let unknown = || Refusal::invalid("dialect", "is not one that this gateway speaks");
        let dialect = match &new.dialect {
            Some(name) => self.room.dialect(name).ok_or_else(unknown)?,
            None => self.dialect,
        };
        web::check_target(&new.target)?;
        check_events(&new.events)?;
        // Standard Webhooks signs with a key of the sender's making; other APIs have no signature.
        let made = (dialect.name() == "native").then(tokens::signing_key);
        let secret = new.secret.or(made);
        let first = dialect.first_switches().unwrap_or_else(|| serde_json::json!({}));
        let new = listeners::NewListener {
            workspace: self.workspace()?,
            account,
            dialect: dialect.name().to_owned(),
            name: new.name,
            target: new.target,
            events: new.events,
            settings: match new.switches {
                Some(switches) => merged(first, switches),
                None => first,
            },
            secret: secret.as_deref().map(|secret| self.room.seal(seals::LISTENER, secret)),
            at: self.call.at,
        };
        let listener = self.room.store.add_listener(new).await?;
        Ok(Outcome::Listener(Box::new(self.view_listener(listener, secret).await?)))
    }

    pub(super) async fn change_listener(&self, id: ListenerId, change: ListenerChange) -> Result {
        let listener = self.listener_in_reach(id).await?;
        if let Some(target) = &change.target {
            web::check_target(target)?;
        }
        check_events(change.events.as_deref().unwrap_or_default())?;
        if change.from_now && listener.target == Target::Pull {
            self.skip(&listener).await?;
        }
        let secret = change.secret;
        let change = Change {
            name: change.name,
            target: change.target,
            events: change.events,
            settings: change.switches.map(|switches| merged(listener.settings.clone(), switches)),
            secret: secret.as_deref().map(|secret| Some(self.room.seal(seals::LISTENER, secret))),
            enabled: change.enabled,
            off: None,
        };
        let changed = self.room.store.change_listener(listener.workspace, id, change).await?;
        let changed = changed.ok_or(Refusal::NotFound(Noun::Listener))?;
        Ok(Outcome::Listener(Box::new(self.view_listener(changed, secret).await?)))
    }

    /// Sets the listener behind everything that was written until now.
    async fn skip(&self, listener: &Listener) -> Result<()> {
        let store = &self.room.store;
        let mut moves = Vec::new();
        for account in store.accounts_of(listener.workspace).await? {
            if listener.account.is_none_or(|own| own == account.id) {
                moves.push(Move { listener: listener.id, account: account.id, to: store.last(account.id).await? });
            }
        }
        store.confirm(moves).await?;
        Ok(())
    }

    pub(super) async fn remove_listener(&self, id: ListenerId) -> Result {
        let listener = self.listener_in_reach(id).await?;
        let removed = self.room.store.remove_listener(listener.workspace, id).await?;
        if removed { Ok(Outcome::Done) } else { Err(Refusal::NotFound(Noun::Listener).into()) }
    }

    pub(super) async fn test_listener(&self, id: ListenerId, event: &str) -> Result {
        let listener = self.listener_in_reach(id).await?;
        check_events(&[event.to_owned()])?;
        if !matches!(listener.target, Target::Push { .. }) {
            return Err(Refusal::Conflict("this listener has no URL that could be called".into()).into());
        }
        let account = match listener.account {
            Some(id) => self.account_in_reach(id).await?,
            None => {
                let first = self.accounts_in_reach().await?.into_iter().next();
                first.ok_or_else(|| Refusal::Conflict("the workspace has no account to tell of".into()))?
            }
        };
        Ok(Outcome::Attempt(self.room.tester.test(&listener, &account, event).await?))
    }

    pub(super) async fn attempts(&self, id: ListenerId, failed: bool, slice: Slice) -> Result {
        let listener = self.listener_in_reach(id).await?.id;
        let store = &self.room.store;
        if !failed {
            return Ok(Outcome::Attempts(store.attempts(listener, None, page(slice)).await?));
        }
        // Failed are those that left the delivery waiting and those that ended it: two lists, joined by time.
        let upto = page(Slice::first(slice.offset.saturating_add(slice.limit)));
        let mut attempts = store.attempts(listener, Some(State::Waiting), upto).await?;
        attempts.extend(store.attempts(listener, Some(State::Undelivered), upto).await?);
        attempts.sort_by_key(|attempt| std::cmp::Reverse(attempt.at));
        let skipped = usize::try_from(slice.offset).unwrap_or(usize::MAX);
        let wanted = usize::try_from(slice.limit).unwrap_or(usize::MAX);
        Ok(Outcome::Attempts(attempts.into_iter().skip(skipped).take(wanted).collect()))
    }

    pub(super) async fn resend(&self, id: ListenerId, event: EventId) -> Result {
        let listener = self.listener_in_reach(id).await?;
        let missing = || Refusal::NotFound(Noun::Event);
        self.account_in_reach(event.account()).await.map_err(|_| missing())?;
        let of_other = listener.account.is_some_and(|own| own != event.account());
        if of_other || self.room.store.entry(event).await?.is_none() {
            return Err(missing().into());
        }
        self.room.store.resend(listener.id, event, self.call.at).await?;
        Ok(Outcome::Done)
    }

    /// Sets the listener back to `since`; never forward, which would leave out what it was not told yet.
    pub(super) async fn replay(&self, id: ListenerId, since: Timestamp) -> Result {
        let listener = self.listener_in_reach(id).await?;
        let store = &self.room.store;
        let accounts = match listener.account {
            Some(own) => vec![self.account_in_reach(own).await?],
            None => store.accounts_of(listener.workspace).await?,
        };
        for account in accounts {
            let to = store.before(account.id, since).await?;
            if to < store.cursor(listener.id, account.id).await? {
                store.rewind(Move { listener: listener.id, account: account.id, to }).await?;
            }
        }
        Ok(Outcome::Done)
    }

    async fn view_listener(&self, listener: Arc<Listener>, secret: Option<String>) -> Result<ListenerView> {
        let waiting = self.room.store.count_retries(listener.id).await?;
        Ok(ListenerView { listener, waiting, secret })
    }
}

fn check_events(events: &[String]) -> Result<()> {
    match events.iter().find(|event| !Event::NAMES.contains(&event.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(Refusal::invalid("events", format!("names no event '{unknown}'")).into()),
    }
}

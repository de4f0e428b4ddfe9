//! The listener that stands for a dialect's own settings of an account, and its switches.

use std::sync::Arc;

use serde_json::Value;
use sluice_model::command::{Queue, SwitchChange};
use sluice_model::listener::Target;
use sluice_model::refusal::Noun;
use sluice_model::{Account, Listener, Outcome, Refusal};
use sluice_store::listeners::{Change, NewListener};

use super::{Errand, Result, web};
use crate::parts::seals;

impl Errand<'_> {
    pub(super) async fn switches(&self) -> Result {
        let account = self.call.account()?;
        let listener = self.own_if_any(account).await?;
        self.show_switches(account, listener).await
    }

    pub(super) async fn set_switches(&self, change: SwitchChange) -> Result {
        let account = self.call.account()?;
        let of_listener = change.url.is_some() || change.secret.is_some() || change.switches.is_some();
        let listener = if of_listener {
            let own = self.own(account).await?;
            let target = change.url.map(|url| url.map_or(Target::Pull, |url| Target::Push { url }));
            if let Some(target) = &target {
                web::check_target(target)?;
            }
            if change.from_now && own.target == Target::Pull {
                self.clear(Queue::Own).await?;
            }
            let change = Change {
                target,
                secret: change.secret.map(|secret| secret.map(|secret| self.room.seal(seals::LISTENER, &secret))),
                settings: change.switches.map(|switches| merged(own.settings.clone(), switches)),
                ..Change::default()
            };
            self.room.store.change_listener(own.workspace, own.id, change).await?
        } else {
            self.own_if_any(account).await?
        };
        let account = self.apply(account, change.account).await?;
        self.show_switches(&account, listener).await
    }

    /// A dialect without switches of its own still shows the account's.
    async fn own_if_any(&self, account: &Arc<Account>) -> Result<Option<Arc<Listener>>> {
        match self.dialect.first_switches() {
            Some(_) => self.own(account).await.map(Some),
            None => Ok(None),
        }
    }

    async fn show_switches(&self, account: &Arc<Account>, listener: Option<Arc<Listener>>) -> Result {
        let secret = listener.as_ref().and_then(|listener| listener.secret.as_ref());
        let secret = secret.and_then(|sealed| self.room.open(seals::LISTENER, sealed));
        let account = Box::new(self.view(account).await?);
        Ok(Outcome::Switches { account, listener, secret })
    }

    /// The dialect's own listener of the account, made when it is first needed.
    pub(super) async fn own(&self, account: &Arc<Account>) -> Result<Arc<Listener>> {
        if let Some(listener) = self.room.store.listener_of(account.id, self.dialect.name()).await? {
            return Ok(listener);
        }
        self.make_own(account, Target::Pull, None).await
    }

    /// Makes the own listener unless somebody was quicker. `switches` replace members of the dialect's first ones.
    pub(super) async fn make_own(
        &self,
        account: &Arc<Account>,
        target: Target,
        switches: Option<Value>,
    ) -> Result<Arc<Listener>> {
        let first = self.dialect.first_switches().ok_or(Refusal::NotFound(Noun::Listener))?;
        let _one_at_a_time = self.room.making_own.lock().await;
        if let Some(listener) = self.room.store.listener_of(account.id, self.dialect.name()).await? {
            return Ok(listener);
        }
        let new = NewListener {
            workspace: account.workspace,
            account: Some(account.id),
            dialect: self.dialect.name().to_owned(),
            name: self.dialect.name().to_owned(),
            target,
            events: Vec::new(),
            settings: match switches {
                Some(switches) => merged(first, switches),
                None => first,
            },
            secret: None,
            at: self.call.at,
        };
        Ok(self.room.store.add_listener(new).await?)
    }
}

/// `kept` with the members of `new` in place of those of the same name.
pub(super) fn merged(kept: Value, new: Value) -> Value {
    match (kept, new) {
        (Value::Object(mut kept), Value::Object(new)) => {
            kept.extend(new);
            Value::Object(kept)
        }
        (_, new) => new,
    }
}

//! What a phone that serves as a gateway says, and its pairing.

use std::time::Duration;

use serde_json::json;
use sluice_model::device::{Call, Device, Reply};
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;
use sluice_model::{
    Account, AccountId, Answer, Ask, Failure, LoginStep, MessageId, Outcome, Refusal, Scope, State, Timestamp,
};
use sluice_store::keys::NewKey;

use super::{Errand, Error, Result};

/// The connector whose accounts are phones.
const PHONE: &str = "phone";

/// One question waits no longer than this, of the account's clock: a phone that waits longer is asked for again.
const TURN: Duration = Duration::from_secs(8);

/// What the account does next takes moments: it is looked for so often, with so long in between.
const GLANCES: u32 = 150;
const GLANCE: Duration = Duration::from_millis(20);

/// Orders looked at for one cancellation of everything.
const IN_HAND: u64 = 64;

impl Errand<'_> {
    /// Hands the phone's word to its account, over and over while the phone waits for something to do.
    pub(super) async fn device(&self, mut call: Call, wait: Duration) -> Result {
        let account = self.call.account()?;
        if account.connector != PHONE {
            return Err(Refusal::Conflict("this account is no phone".to_owned()).into());
        }
        // The phone waits by the world's time, the account by its own.
        let (clock, speed) = (&self.room.clock, self.room.clock.speed());
        let end = clock.now().plus(wait.saturating_mul(speed));
        loop {
            if let Call::Claim(claim) = &mut call {
                let turn = end.since(clock.now()).min(TURN);
                claim.wait_ms = u32::try_from(turn.as_millis()).unwrap_or(u32::MAX);
            }
            let answer = self.put(account, Ask::Device { call: Box::new(call.clone()) }).await?;
            let is_empty = matches!(&answer, Answer::Device { reply } if is_empty(reply));
            if !is_empty || clock.now() >= end || self.room.closing.is_cancelled() {
                return Ok(Outcome::Answer(answer));
            }
        }
    }

    /// The account that shows this code becomes the phone's, which gets a token of its own. The tokens of phones before
    /// it end.
    pub(super) async fn pair(&self, code: &str, device: Device) -> Result {
        let account = self.account_that_shows(code).await?;
        let brought = json!({ "code": code, "device": device });
        match self.put(&account, Ask::LoginInput { value: brought.to_string() }).await {
            Ok(_) => {}
            // The account's words are about its own login, of which a stranger learns nothing.
            Err(Error::Refused(Refusal::Failed(Failure::Refused { why: Why::NotFound, .. }))) => {
                return Err(Refusal::KeyInvalid.into());
            }
            Err(error) => return Err(error),
        }
        for key in self.room.store.keys_of(account.workspace).await? {
            if key.account == Some(account.id) && key.dialect.as_deref() == Some(self.dialect.name()) {
                self.room.store.revoke(key.workspace, key.id).await?;
            }
        }
        let new = NewKey {
            workspace: account.workspace,
            account: Some(account.id),
            dialect: Some(self.dialect.name().to_owned()),
            name: format!("phone {}", device.model).trim_end().to_owned(),
            token_hash: [0; 32],
            prefix: String::new(),
            scopes: vec![Scope::Send],
            settings: json!({}),
            sealed: None,
            at: self.call.at,
            expires_at: None,
        };
        let (key, token) = self.add_unseen_token(self.dialect, new).await?;
        self.until_open(account.id).await?;
        Ok(Outcome::KeyAdded { key, token })
    }

    /// The account opens right after its login; a phone that calls at once shall find it.
    async fn until_open(&self, account: AccountId) -> Result<()> {
        for _ in 0..GLANCES {
            let known = self.room.store.account(account).await?;
            if known.is_none_or(|known| known.condition.state.is_logged_in()) {
                break;
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// A code is shown for minutes and has forty bits: whoever tries some finds none.
    async fn account_that_shows(&self, code: &str) -> Result<std::sync::Arc<Account>> {
        let now = self.room.clock.now();
        let shows = |account: &&std::sync::Arc<Account>| match &account.condition.login {
            Some(LoginStep::ShowCode { code: shown, expires_at }) => {
                account.connector == PHONE && shown.eq_ignore_ascii_case(code) && now < *expires_at
            }
            _ => false,
        };
        let accounts = self.room.store.all_accounts().await?;
        Ok(accounts.iter().find(shows).cloned().ok_or(Refusal::KeyInvalid)?)
    }

    /// A new token for the phone that calls; the old one is good a while longer, should the answer be lost.
    pub(super) async fn rotate_key(&self, keep: Duration) -> Result {
        let old = self.key()?;
        let new = NewKey {
            workspace: old.workspace,
            account: old.account,
            dialect: old.dialect.clone(),
            name: old.name.clone(),
            token_hash: [0; 32],
            prefix: String::new(),
            scopes: old.scopes.clone(),
            settings: old.settings.clone(),
            sealed: None,
            at: self.call.at,
            expires_at: None,
        };
        let (key, token) = self.add_unseen_token(self.dialect, new).await?;
        let ends = self.call.at.plus(keep);
        let ends = old.expires_at.map_or(ends, |sooner| sooner.min(ends));
        if !self.room.store.end_key(old.workspace, old.id, ends).await? {
            return Err(Refusal::NotFound(Noun::Key).into());
        }
        Ok(Outcome::KeyAdded { key, token })
    }

    /// Takes back what a phone has in its queue, unless it may be sending it: such orders are claimed for hours, and only
    /// the phone's account can let go of them.
    pub(super) async fn cancel_with_phone(
        &self,
        account: AccountId,
        ids: Option<Vec<MessageId>>,
        cancelled: &[MessageId],
    ) -> Result<Vec<MessageId>> {
        let known = self.call.account()?;
        if known.connector != PHONE {
            return Ok(Vec::new());
        }
        let store = &self.room.store;
        let left = match ids {
            Some(ids) => ids.into_iter().filter(|id| !cancelled.contains(id)).collect(),
            None => {
                let page = sluice_store::shelf::Page::first(IN_HAND);
                let waiting = store.waiting(account, page).await?;
                waiting.iter().map(|order| order.id()).collect::<Vec<_>>()
            }
        };
        let mut held = Vec::new();
        for id in left {
            let kept = self.find(&sluice_model::command::Which::Id(id)).await?;
            if kept.state == State::Claimed {
                held.push(id);
            }
        }
        if held.is_empty() {
            return Ok(Vec::new());
        }
        let call = Box::new(Call::Withdraw { ids: held.clone() });
        match self.put(known, Ask::Device { call }).await {
            Ok(_) => {}
            // Nobody holds them at the moment, or not any more.
            Err(Error::Refused(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
        let mut taken = Vec::new();
        for _ in 0..GLANCES {
            let now: Timestamp = self.room.clock.now();
            taken.extend(store.cancel(account, Some(held.clone()), now).await?);
            held.retain(|id| !taken.contains(id));
            if held.is_empty() {
                break;
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(taken)
    }
}

fn is_empty(reply: &Reply) -> bool {
    matches!(reply, Reply::Claimed { items, .. } if items.is_empty())
}

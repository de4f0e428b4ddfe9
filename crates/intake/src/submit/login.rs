//! How a login stands.

use std::time::Duration;

use sluice_model::account::LoginStep;
use sluice_model::ask::LoginWay;
use sluice_model::{Account, Ask, Outcome, Refusal, Timestamp};

use super::{Errand, Error, LOOK, Result};

impl Errand<'_> {
    /// The stream itself is [`crate::stream`]'s, which also tells that nothing is to be done.
    pub(super) async fn begin_login(&self, way: LoginWay) -> Result {
        match self.ask(Ask::Login { way }).await {
            Ok(_) | Err(Error::Refused(Refusal::LoggedInAlready)) => Ok(Outcome::LoginFollows),
            Err(error) => Err(error),
        }
    }

    /// Hands in what was asked for, and waits for the step that follows.
    pub(super) async fn login_input(&self, value: String, wait: Duration) -> Result {
        let account = self.call.account()?;
        let bell = self.room.store.bell().account(account.id);
        let before = self.account_in_reach(account.id).await?.condition.login.clone();
        self.ask(Ask::LoginInput { value }).await?;
        let mut end = std::pin::pin!(tokio::time::sleep(wait));
        loop {
            // Taken before the look, or a ring between look and wait is missed.
            let rung = bell.notified();
            let condition = self.account_in_reach(account.id).await?.condition.clone();
            let step = match condition.login {
                _ if condition.state.is_logged_in() => Some(LoginStep::Done),
                None => Some(LoginStep::Failed { note: condition.reason.unwrap_or_default() }),
                now => now.filter(|now| before.as_ref() != Some(now)),
            };
            if step.is_some() {
                return Ok(Outcome::Login(step));
            }
            tokio::select! {
                () = &mut end => return Ok(Outcome::Login(None)),
                () = self.room.closing.cancelled() => return Ok(Outcome::Login(None)),
                () = rung => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// The step to show now; waits for one when there is none yet.
    pub(super) async fn login_step(&self, wait: Duration) -> Result {
        let id = self.call.account()?.id;
        let bell = self.room.store.bell().account(id);
        let mut end = std::pin::pin!(tokio::time::sleep(wait));
        loop {
            // Taken before the look, or a ring between look and wait is missed.
            let rung = bell.notified();
            let account = self.account_in_reach(id).await?;
            if account.condition.state.is_logged_in() {
                return Err(Refusal::LoggedInAlready.into());
            }
            if let Some(step) = step_to_show(&account, self.room.clock.now()) {
                return Ok(Outcome::Login(Some(step.clone())));
            }
            tokio::select! {
                () = &mut end => return Ok(Outcome::Login(None)),
                () = self.room.closing.cancelled() => return Ok(Outcome::Login(None)),
                () = rung => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// The login's step, unless its time has run out: then the next one is on its way.
pub(crate) fn step_to_show(account: &Account, now: Timestamp) -> Option<&LoginStep> {
    account.condition.login.as_ref().filter(|step| now < step.expires_at())
}

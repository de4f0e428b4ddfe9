//! A login under way: its steps are shown in the account's condition, where every node can read them.

use sluice_model::account::State;
use sluice_model::ask::LoginWay;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Answer, Failure, LoginStep};
use sluice_telemetry::brief::{REASON, brief};

use super::Keeper;
use super::asks::Reply;
use crate::guard::End;
use crate::pace;

pub struct Login {
    way: LoginWay,
    login: Box<dyn sluice_connector::Login>,
    /// Who asked before the first step was there.
    waiting: Vec<Reply>,
}

/// The next step of the login; never, when there is none.
pub async fn next(login: &mut Option<Login>) -> LoginStep {
    match login {
        Some(login) => login.login.next().await,
        None => std::future::pending().await,
    }
}

impl Keeper {
    /// Begins a login, or shows the one under way. Answered with its first or present step.
    pub(super) async fn log_in(&mut self, way: LoginWay, reply: Reply) -> Result<(), End> {
        if !self.account.enabled {
            reply.send(Err(Failure::not_sent(Why::Disconnected, Retry::Reconnected, "the account is switched off")));
            return Ok(());
        }
        if self.session.is_some() || self.condition.state.is_logged_in() {
            reply.send(Ok(Answer::Login { step: LoginStep::Done }));
            return Ok(());
        }
        if let Some(login) = self.login.as_mut().filter(|login| login.way == way) {
            match self.condition.login.clone() {
                Some(step) => reply.send(Ok(Answer::Login { step })),
                None => login.waiting.push(reply),
            }
            return Ok(());
        }
        self.drop_login();
        self.renew().await?;
        self.worn = true;
        let clock = &self.post.parts.clock;
        let limit = pace::limit(clock, self.post.parts.settings.ask_limit);
        match clock.within(limit, self.post.connector.login(self.home.clone(), way.clone())).await {
            Some(Ok(login)) => {
                tracing::info!("a login was begun");
                self.login = Some(Login { way, login, waiting: vec![reply] });
            }
            Some(Err(failure)) => reply.send(Err(failure)),
            None => reply.send(Err(Failure::not_sent(Why::Timeout, Retry::BackOff, "the login did not begin in time"))),
        }
        self.stand(None).await
    }

    pub(super) async fn login_input(&mut self, value: String, reply: Reply) {
        let Some(login) = &mut self.login else {
            return reply.send(Err(Failure::refused(Why::NotFound, "no login is under way")));
        };
        let clock = &self.post.parts.clock;
        let limit = pace::limit(clock, self.post.parts.settings.ask_limit);
        let taken = clock.within(limit, login.login.input(&value)).await;
        let late = || Err(Failure::unknown("the messenger gave no answer in time"));
        reply.send(taken.unwrap_or_else(late).map(|()| Answer::Done));
    }

    pub(super) async fn login_stepped(&mut self, step: LoginStep) -> Result<(), End> {
        self.condition.login = match &step {
            LoginStep::Done | LoginStep::Failed { .. } => None,
            shown => Some(shown.clone()),
        };
        match &step {
            LoginStep::Done => {
                tracing::info!("logged in");
                self.condition.logged_in_at = Some(self.post.parts.clock.now());
                self.down_told = false;
                self.enter(State::Connecting, None);
            }
            LoginStep::Failed { note } => {
                tracing::info!(reason = brief(note, REASON), "the login ended without success");
                self.condition.reason = Some(note.clone());
            }
            _ => {}
        }
        // On the shelf before it is answered: whoever asks next must find it.
        self.stand(None).await?;
        for reply in self.login.iter_mut().flat_map(|login| login.waiting.drain(..)) {
            reply.send(Ok(Answer::Login { step: step.clone() }));
        }
        match step {
            LoginStep::Done => {
                self.login = None;
                self.open().await
            }
            LoginStep::Failed { .. } => {
                self.login = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Ends a login under way, if there is one; the condition is still to be written.
    pub(super) fn drop_login(&mut self) {
        self.condition.login = None;
        for reply in self.login.take().into_iter().flat_map(|login| login.waiting) {
            reply.send(Err(Failure::not_sent(Why::LoggedOut, Retry::BackOff, "the login was given up")));
        }
    }
}

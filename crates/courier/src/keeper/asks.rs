//! Live questions: what the keeper answers itself, and what it passes to the session.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sluice_connector::Misread;
use sluice_model::account::State;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Ability, Address, Answer, Ask, Failure};
use sluice_store::asks::Question;
use sluice_telemetry::names::span;
use tokio::sync::oneshot;
use tracing::Instrument;

use super::Keeper;
use crate::guard::End;
use crate::mandate::Word;
use crate::{counts, pace};

/// The way back to who asked.
pub struct Reply {
    sender: oneshot::Sender<Result<Answer, Failure>>,
    connector: &'static str,
}

impl Reply {
    pub fn send(self, answer: Result<Answer, Failure>) {
        counts::asked(self.connector, answer.is_ok());
        // Who asked may have stopped waiting.
        let _ = self.sender.send(answer);
    }
}

impl Keeper {
    /// Questions that cannot be worked on now wait at the desk.
    pub(super) fn has_time(&self) -> bool {
        self.asking.len() < self.post.parts.settings.asks_in_flight
    }

    pub(super) async fn answer(&mut self, Question { ask, reply }: Question) -> Result<(), End> {
        let reply = Reply { sender: reply, connector: self.post.connector.name() };
        match ask {
            Ask::Login { way } => self.log_in(way, reply).await?,
            Ask::LoginInput { value } => self.login_input(value, reply).await,
            Ask::Logout if self.login.is_some() => {
                self.drop_login();
                self.stand(None).await?;
                reply.send(Ok(Answer::Done));
            }
            Ask::Logout if self.condition.state == State::LoginNeeded => reply.send(Ok(Answer::Done)),
            Ask::Restart => {
                self.close().await?;
                self.open_or_rest().await?;
                reply.send(Ok(Answer::Done));
            }
            Ask::Control { lever } => {
                let (connector, home) = (self.post.connector.clone(), self.home.clone());
                let mandate = self.mandate.clone();
                let work = async move {
                    if let Some(Misread { field, note }) = connector.misread(&home, &lever) {
                        return Ok(Answer::Misread { field, note });
                    }
                    let result = connector.control(&home, lever).await;
                    mandate.tell(Word::Levered);
                    result.map(|result| Answer::Control { result })
                };
                self.ask(work, reply);
            }
            ask => match &self.session {
                Some(live) => {
                    let session = live.session.clone();
                    self.ask(async move { session.ask(ask).await }, reply);
                }
                None => reply.send(Err(self.out_of_reach())),
            },
        }
        Ok(())
    }

    /// Works on a question beside everything else, within its time.
    fn ask(&mut self, work: impl Future<Output = Result<Answer, Failure>> + Send + 'static, reply: Reply) {
        let clock = self.post.parts.clock.clone();
        let limit = pace::limit(&clock, self.post.parts.settings.ask_limit);
        let mandate = self.mandate.clone();
        let work = async move {
            let answer = match clock.within(limit, AssertUnwindSafe(work).catch_unwind()).await {
                Some(Ok(answer)) => answer,
                Some(Err(_panic)) => {
                    mandate.tell(Word::Broke);
                    Err(Failure::unknown("the session failed while it was working on this"))
                }
                None => Err(Failure::not_sent(Why::Timeout, Retry::BackOff, "the messenger gave no answer in time")),
            };
            reply.send(answer);
        };
        self.asking.spawn(work.instrument(tracing::debug_span!(span::COURIER_ASK)));
    }

    /// Marks messages read at the messenger and here. A courtesy: where it does not work, nothing else follows.
    pub(super) fn mark_read(&mut self, chat: Address, remotes: Vec<String>) {
        let able = self.post.abilities().has(Ability::ReadMarks);
        let Some(live) = self.session.as_ref().filter(|_| able && self.has_time()) else {
            return;
        };
        let (session, store, id) = (live.session.clone(), self.post.parts.store.clone(), self.id);
        let clock = self.post.parts.clock.clone();
        let limit = pace::limit(&clock, self.post.parts.settings.ask_limit);
        self.asking.spawn(async move {
            let ask = Ask::MarkRead { chat: chat.clone(), remotes };
            let marked = clock.within(limit, session.ask(ask)).await;
            if !matches!(marked, Some(Ok(_))) {
                tracing::debug!("messages could not be marked as read");
            } else if let Err(fault) = store.mark_read(id, &chat).await {
                tracing::debug!(%fault, "the chat could not be marked as read");
            }
        });
    }

    fn out_of_reach(&self) -> Failure {
        let (why, note) = match self.condition.state {
            State::LoginNeeded => (Why::LoggedOut, "nobody is logged in to this account"),
            State::Blocked => (Why::Banned, "the messenger has blocked this account"),
            State::Off => (Why::Disconnected, "the account is switched off"),
            State::Connecting | State::Open => (Why::Disconnected, "the account is not connected"),
        };
        Failure::not_sent(why, Retry::Reconnected, note)
    }
}

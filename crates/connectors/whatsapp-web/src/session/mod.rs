//! A session: orders and questions go to WhatsApp through the client, and one task hears what comes back.

mod acks;
mod ear;
mod hook;
mod place;
mod states;
mod work;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sluice_connector::{Closed, Home, Inbound, Receipt, Session, SessionState};
use sluice_model::event::LogoutBy;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Abilities, Ability, Answer, Ask, Content, Failure, Order};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use self::acks::Word;
use self::place::Place;
use crate::settings::Settings;
use crate::store::Store;
use crate::tasks::{Tasks, world};
use crate::wire::Seals;
use crate::{abilities, asks, outward, trouble};

/// The server's word about a message comes in a moment or not at all.
const ACK: Duration = Duration::from_secs(20);

/// What a farewell may take.
const FAREWELL: Duration = Duration::from_millis(2500);
const LOGOUT: Duration = Duration::from_secs(8);

pub struct Stay {
    home: Home,
    abilities: &'static Abilities,
    place: Arc<Place>,
    work: AbortOnDropHandle<()>,
}

impl Stay {
    /// Returns at once; the way to WhatsApp is found by the task.
    pub fn begin(home: Home, settings: Arc<Settings>) -> Self {
        let place = Arc::new(Place::new(Tasks::new(home.clock.clone()), Seals::new(home.clock.clone())));
        let task = {
            let (home, place) = (home.clone(), place.clone());
            async move {
                // Whoever closed the inbox or the vault knows.
                if let Err(Closed) = Box::pin(work::work(&home, settings, &place)).await {
                    place.leave().await;
                }
            }
        };
        let work = AbortOnDropHandle::new(tokio::spawn(task.in_current_span()));
        Self { abilities: abilities::of(home.account.channel), home, place, work }
    }

    fn check(&self, order: &Order) -> Result<(), Failure> {
        let content = &order.message.content;
        let able = Ability::of_content(content).is_some_and(|ability| self.abilities.has(ability));
        if !able {
            return Err(unsupported(&format!("WhatsApp takes no {} from here.", content.kind())));
        }
        let limit = self.abilities.text_limit;
        if matches!(content, Content::Text(_) | Content::Edit { .. }) && content.words().chars().count() > limit {
            return Err(Failure::refused(Why::TooLong, format!("A text may have {limit} characters.")));
        }
        Ok(())
    }

    /// Logs out at WhatsApp where it can be reached, and here in any case.
    async fn log_out(&self) -> Result<Answer, Failure> {
        let clock = &self.home.clock;
        self.place.log_out_here();
        match self.place.live() {
            Some(live) => {
                if clock.within(world(clock, LOGOUT), live.client.logout()).await.is_none() {
                    tracing::debug!("WhatsApp did not take the logout in time");
                }
                self.place.tasks.end();
                live.store.forget().await.map_err(gone)?;
            }
            // There is no client yet, and now there will be none.
            None => {
                self.place.quit();
                Store::new(self.home.vault.clone()).forget().await.map_err(gone)?;
            }
        }
        let note = "Logged out here.".to_owned();
        self.place.fall(Why::LoggedOut, &note);
        let state = SessionState::LoggedOut { by: LogoutBy::Api, note };
        self.home.inbox.push(vec![Inbound::State(state)]).await.map_err(gone)?;
        Ok(Answer::Done)
    }
}

fn unsupported(note: &str) -> Failure {
    Failure::refused(Why::Unsupported, note)
}

fn gone(_: Closed) -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "This session is over.")
}

#[async_trait]
impl Session for Stay {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        self.check(order)?;
        let live = self.place.connected()?;
        let awaited = order.message.remote.as_deref().map(|remote| self.place.acks.expect(remote));
        let receipt = {
            let _under_way = self.place.seals.begin();
            Box::pin(outward::send(&live.desk, order)).await?
        };
        let Some(awaited) = awaited.filter(|_| outward::needs_ack(order)) else {
            return Ok(receipt);
        };
        let clock = &self.home.clock;
        match clock.within(world(clock, ACK), awaited.word()).await {
            Some(Word::Taken) => Ok(receipt),
            Some(Word::Refused(code)) => Err(trouble::of_refusal(&code)),
            Some(Word::Lost) => Err(Failure::unknown("The connection broke before WhatsApp confirmed the message.")),
            None => Err(Failure::unknown("WhatsApp did not confirm the message in time.")),
        }
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        if let Some(ability) = ask.needs().filter(|ability| !self.abilities.has(*ability)) {
            return Err(unsupported(&format!("WhatsApp has no {} for a linked device.", ability.name())));
        }
        if ask == Ask::Logout {
            return Box::pin(self.log_out()).await;
        }
        let live = self.place.connected()?;
        Box::pin(asks::answer(&live.desk, ask)).await
    }

    async fn close(self: Box<Self>) {
        let clock = &self.home.clock;
        if clock.within(world(clock, FAREWELL), self.place.leave()).await.is_none() {
            tracing::debug!("the client did not take its leave in time");
        }
        self.place.tasks.end();
        self.work.abort();
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.place.quit();
    }
}

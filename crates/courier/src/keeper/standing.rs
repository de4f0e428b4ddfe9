//! How the account stands: each word of the session turned into its condition, and into an event when that is news.

use sluice_model::account::State;
use sluice_model::event::{LogoutBy, News};
use sluice_model::failure::Why;
use sluice_model::{Event, Timestamp};
use sluice_store::journal::Record;
use sluice_telemetry::brief::{REASON, brief};

use super::Keeper;
use crate::guard::End;
use crate::insist::insist;
use crate::{Parts, counts};

/// Events that tell how the account stands.
const TOLD: [&str; 4] = ["account.connected", "account.disconnected", "account.logged_out", "account.blocked"];

impl Keeper {
    pub(super) async fn up(
        &mut self,
        phone: Option<String>,
        lid: Option<String>,
        push_name: Option<String>,
    ) -> Result<(), End> {
        let now = self.post.parts.clock.now();
        let condition = &mut self.condition;
        condition.phone = phone.or(condition.phone.take());
        condition.lid = lid.or(condition.lid.take());
        condition.push_name = push_name.or(condition.push_name.take());
        condition.logged_in_at.get_or_insert(now);
        self.down_told = false;
        let news = self.enter(State::Open, None);
        let phone = self.condition.phone.clone();
        let first = news && !std::mem::replace(&mut self.in_told, true);
        self.stand(news.then_some(Event::AccountConnected { phone, first })).await?;
        if news {
            tracing::info!("connected");
        }
        self.link();
        Ok(())
    }

    /// The way to the messenger is lost for now. Told once for each outage.
    pub(super) async fn down(&mut self, why: Why, note: &str) -> Result<(), End> {
        if !self.condition.state.is_logged_in() {
            return Ok(());
        }
        self.enter(State::Connecting, Some(note.to_owned()));
        let news = !std::mem::replace(&mut self.down_told, true);
        if news {
            tracing::info!(why = why.name(), reason = brief(note, REASON), "disconnected");
        }
        self.stand(news.then(|| Event::AccountDisconnected { why, note: note.to_owned() })).await
    }

    /// The session cannot go on.
    pub(super) async fn reopen_later(&mut self, why: Why, note: &str) -> Result<(), End> {
        self.close().await?;
        self.down(why, note).await?;
        let Parts { clock, dice, .. } = &*self.post.parts;
        let pause = self.pauses.next(dice);
        self.open_at = Some(clock.now().plus(pause));
        counts::reopened(self.post.connector.name());
        tracing::debug!(?pause, reason = brief(note, REASON), "the session ended and is opened again after a pause");
        Ok(())
    }

    pub(super) async fn logged_out(&mut self, by: LogoutBy, note: String) -> Result<(), End> {
        self.close().await?;
        // The login's memory of what was in hand is gone with it.
        self.recover_all().await?;
        self.open_at = None;
        self.pauses.reset();
        let was_in = self.condition.state.is_logged_in() || self.condition.state == State::Blocked;
        if !was_in {
            return Ok(());
        }
        self.condition.logged_out_at = Some(self.post.parts.clock.now());
        self.condition.login = None;
        self.in_told = false;
        self.enter(State::LoginNeeded, Some(note.clone()));
        tracing::info!(?by, reason = brief(&note, REASON), "logged out");
        self.stand(Some(Event::AccountLoggedOut { by, note })).await
    }

    /// The session is left open: it is the one to tell when the block ends.
    pub(super) async fn blocked(&mut self, until: Option<Timestamp>, note: String) -> Result<(), End> {
        self.unlink();
        let news = self.enter(State::Blocked, Some(note.clone()));
        self.in_told = false;
        if news {
            tracing::info!(?until, reason = brief(&note, REASON), "blocked by the messenger");
        }
        self.stand(news.then_some(Event::AccountBlocked { until, note })).await
    }

    /// Switched off here.
    pub(super) async fn rest(&mut self) -> Result<(), End> {
        self.open_at = None;
        if self.enter(State::Off, None) {
            tracing::info!("switched off");
        }
        self.stand(None).await
    }

    /// Nobody is logged in, and nothing can be done about it here.
    pub(super) async fn login_needed(&mut self) -> Result<(), End> {
        if self.condition.state.is_logged_in() {
            let note = "the login is gone, log in again".to_owned();
            return self.logged_out(LogoutBy::Device, note).await;
        }
        let reason = self.condition.reason.take();
        self.enter(State::LoginNeeded, reason);
        // Who is to log in remembers nothing of what was in hand.
        self.recover_all().await?;
        self.stand(None).await
    }

    /// Whether the state is another than before. `reason` replaces the one there was.
    pub(super) fn enter(&mut self, state: State, reason: Option<String>) -> bool {
        self.condition.reason = reason;
        if self.condition.state == state {
            return false;
        }
        let Parts { clock, settings, .. } = &*self.post.parts;
        let now = clock.now();
        if self.condition.state == State::Open && now.since(self.condition.since) >= settings.steady {
            self.pauses.reset();
        }
        self.condition.state = state;
        self.condition.since = now;
        self.counted.turn(state);
        true
    }

    /// Tells what a crash between a condition and its event left untold. Connected and disconnected need no such care:
    /// the next session tells them anew.
    pub(super) async fn make_good(&mut self) -> Result<(), End> {
        let Parts { store, clock, .. } = &*self.post.parts;
        let (id, stop) = (self.id, &self.post.stop);
        let newest = insist(clock, stop, || store.recent(id, &TOLD, 1)).await?;
        let told = newest.first().map(|entry| entry.event.name());
        self.in_told = matches!(told, Some("account.connected" | "account.disconnected"));
        let note = self.condition.reason.clone().unwrap_or_default();
        let event = match self.condition.state {
            State::LoginNeeded if told.is_some_and(|told| told != "account.logged_out") => {
                Event::AccountLoggedOut { by: LogoutBy::Device, note }
            }
            State::Blocked if told != Some("account.blocked") => Event::AccountBlocked { until: None, note },
            _ => return Ok(()),
        };
        self.stand(Some(event)).await
    }

    /// Writes the condition and records the event, one right behind the other: who hears of it finds it so.
    pub(super) async fn stand(&mut self, event: Option<Event>) -> Result<(), End> {
        let Parts { store, clock, .. } = &*self.post.parts;
        let (id, epoch, stop) = (self.id, self.mandate.epoch, &self.post.stop);
        let (changed, at) = (self.condition != self.written, clock.now());
        let write = async {
            if changed {
                insist(clock, stop, || store.set_condition(id, Some(epoch), self.condition.clone())).await?;
            }
            Ok(())
        };
        let record = async {
            if let Some(event) = event {
                let news = News::Event(Box::new(event));
                let record = Record { account: id, epoch: Some(epoch), at, news };
                insist(clock, stop, || store.record(vec![record.clone()])).await?;
            }
            Ok(())
        };
        let (write, record) = tokio::join!(write, record);
        self.written = self.condition.clone();
        write.and(record)
    }
}

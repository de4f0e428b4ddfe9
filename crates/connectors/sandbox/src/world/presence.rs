//! A session listens to the messenger: it enters, takes turn by turn what there is, and leaves.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use sluice_connector::SessionState;
use sluice_model::Timestamp;
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;

use super::parcel::Parcel;
use super::{State, World};
use crate::people::Identity;

/// What one turn hands in at most.
const BATCH: usize = 512;

/// The session that listens now.
#[derive(Debug)]
pub(super) struct Present {
    pub session: u64,
    pub who: Identity,
    /// It was told that it is connected.
    pub up: bool,
    /// What it has to be told about itself.
    states: VecDeque<SessionState>,
    /// After these states it ends.
    over: bool,
}

/// What a session does next.
#[derive(Debug)]
pub(crate) struct Turn {
    pub states: Vec<SessionState>,
    pub parcels: Vec<Arc<Parcel>>,
    /// When there may be something again, unless the bell rings first.
    pub wake_at: Timestamp,
    /// The session is over after this.
    pub last: bool,
}

impl Turn {
    pub const fn is_empty(&self) -> bool {
        self.states.is_empty() && self.parcels.is_empty()
    }
}

impl World {
    /// A session begins to listen; an earlier one is listened to no more. Returns its number.
    pub fn enter(&self, who: Identity, now: Timestamp) -> u64 {
        let mut state = self.lock();
        state.line.heal(now);
        state.sessions += 1;
        let first = state.first_word(&who);
        let up = state.line.is_up();
        let present = Present { session: state.sessions, who, up, states: VecDeque::from([first]), over: false };
        state.present = Some(present);
        state.sessions
    }

    /// Whether this session may send and ask.
    pub fn hears(&self, session: u64) -> bool {
        self.lock().hears(session)
    }

    /// The session is gone: what it had not handed in waits for the next.
    pub fn leave(&self, session: u64, now: Timestamp) {
        let mut state = self.lock();
        if state.present.as_ref().is_some_and(|present| present.session == session) {
            state.present = None;
            state.hold_all(now);
        }
    }

    /// What there is to do now; `None` when another session took over.
    pub fn turn(&self, session: u64, now: Timestamp) -> Option<Turn> {
        let mut state = self.lock();
        if state.line.heal(now) {
            state.come_up();
        }
        let up = state.line.is_up();
        if up {
            state.collect_due(now);
        }
        let wake_at = [state.line.heals_at(), state.timetable.next_at().filter(|_| up)].into_iter().flatten().min();
        let State { present, waiting, .. } = &*state;
        let present = present.as_ref().filter(|present| present.session == session)?;
        let ready = if present.up { BATCH } else { 0 };
        Some(Turn {
            states: present.states.iter().cloned().collect(),
            parcels: waiting.iter().take(ready).map(|waiting| waiting.parcel.clone()).collect(),
            wake_at: wake_at.unwrap_or(Timestamp::NEVER),
            last: present.over,
        })
    }

    /// A turn's states and parcels are with the gateway.
    pub fn taken(&self, session: u64, turn: &Turn, now: Timestamp) {
        let mut state = self.lock();
        let Some(present) = state.present.as_mut().filter(|present| present.session == session) else {
            return;
        };
        present.states.drain(..turn.states.len());
        for _ in 0..turn.parcels.len() {
            let Some(waiting) = state.waiting.pop_front() else {
                break;
            };
            state.unsettled.settle(waiting.line);
            if let Some(ack) = waiting.ack {
                // Who asked may have stopped waiting.
                let _ = ack.send(());
            }
        }
        let next = state.ledger.next();
        if let Some(before) = state.unsettled.checkpoint(next)
            && let Err(error) = state.ledger.settled(now, before)
        {
            tracing::warn!(%error, "the sandbox's ledger cannot be written");
        }
    }

    /// Waits until there may be something to do. Woken once for any number of rings.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Passes a ring on to the session that took over.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Cuts the line for a while.
    pub fn cut(&self, until: Timestamp, now: Timestamp) {
        self.lock().cut(until, now);
        self.bell.notify_one();
    }

    /// Brings the line back before its time.
    pub fn restore(&self) {
        let mut state = self.lock();
        if state.line.down_until.take().is_some() && state.line.is_up() {
            state.come_up();
        }
        drop(state);
        self.bell.notify_one();
    }

    /// Bans the account, for good with [`Timestamp::NEVER`]; `None` lifts the ban.
    pub fn ban(&self, until: Option<Timestamp>, now: Timestamp) -> std::io::Result<()> {
        let mut state = self.lock();
        let was_up = state.line.is_up();
        state.facts.banned_until = until;
        state.facts.save()?;
        state.line.banned_until = until;
        if until.is_some() {
            state.go_down(banned(until), now);
        } else if !was_up && state.line.is_up() {
            state.come_up();
        }
        drop(state);
        self.bell.notify_one();
        Ok(())
    }

    /// Ends the session that listens, because the login is gone. `false` when none listens.
    pub fn log_out(&self, by: LogoutBy, note: &str, now: Timestamp) -> bool {
        let mut state = self.lock();
        let listens = state.present.is_some();
        state.go_down(SessionState::LoggedOut { by, note: note.to_owned() }, now);
        if let Some(present) = &mut state.present {
            present.over = true;
        }
        drop(state);
        self.bell.notify_one();
        listens
    }
}

impl State {
    /// Whether this session may send.
    pub(super) fn hears(&self, session: u64) -> bool {
        self.present.as_ref().is_some_and(|present| present.session == session && present.up)
    }

    pub(super) fn cut(&mut self, until: Timestamp, now: Timestamp) {
        self.line.down_until = Some(until);
        if self.line.banned_until.is_none() {
            self.go_down(cut(until.since(now)), now);
        }
    }

    fn come_up(&mut self) {
        if let Some(present) = &mut self.present
            && !present.over
        {
            present.up = true;
            let connected = connected(&present.who);
            present.states.push_back(connected);
        }
    }

    fn go_down(&mut self, told: SessionState, now: Timestamp) {
        if let Some(present) = &mut self.present {
            present.up = false;
            present.states.push_back(told);
        }
        self.hold_all(now);
    }

    fn first_word(&self, who: &Identity) -> SessionState {
        if self.line.banned_until.is_some() {
            banned(self.line.banned_until)
        } else if self.line.down_until.is_some() {
            cut(Duration::ZERO)
        } else {
            connected(who)
        }
    }

    /// Moves what is due among what waits.
    fn collect_due(&mut self, now: Timestamp) {
        while let Some((parcel, line)) = self.timetable.take_due(now) {
            self.waiting.push_back(super::Waiting { parcel: Arc::new(parcel), line, ack: None });
        }
    }
}

fn connected(who: &Identity) -> SessionState {
    let Identity { phone, lid, push_name, .. } = who.clone();
    SessionState::Connected { phone, lid, push_name: Some(push_name) }
}

fn cut(span: Duration) -> SessionState {
    let note = if span.is_zero() {
        "The pretend messenger is out of reach.".to_owned()
    } else {
        format!("The connection was cut for {} ms.", span.as_millis())
    };
    SessionState::Disconnected { why: Why::Disconnected, note }
}

fn banned(until: Option<Timestamp>) -> SessionState {
    let until = until.filter(|until| *until != Timestamp::NEVER);
    SessionState::Blocked { until, note: "The pretend messenger has banned the account.".to_owned() }
}

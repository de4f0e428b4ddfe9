//! The board with what stands around it: one act at a time, and two tasks that see to what nobody asks for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sluice_connector::{Closed, Home, Inbound, SessionState};
use sluice_model::event::{self, LogoutBy};
use sluice_model::failure::{Retry, Why};
use sluice_model::message::Trouble;
use sluice_model::{Failure, Timestamp};
use tokio::sync::Notify;

use crate::board::Board;
use crate::keep;
use crate::notices::Known;

/// Shared by the session, its tasks and the orders that wait.
pub(super) struct Desk {
    pub(super) home: Home,
    /// `None` until it is read, and when nobody is paired.
    pub(super) board: Arc<tokio::sync::Mutex<Option<Board>>>,
    pub(super) known: tokio::sync::Mutex<Option<Known>>,
    /// Words for the house, in order.
    states: Mutex<VecDeque<SessionState>>,
    /// Rings when the phone may be given something, when something must be handed in, when a deadline may have moved.
    pub(super) something: Notify,
    outward: Notify,
    timing: Notify,
    /// The account is another session's now.
    closed: AtomicBool,
}

impl Desk {
    pub(super) fn new(home: Home) -> Self {
        Self {
            home,
            board: Arc::default(),
            known: tokio::sync::Mutex::default(),
            states: Mutex::default(),
            something: Notify::new(),
            outward: Notify::new(),
            timing: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// The account is another session's: nothing is done any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Does something to the board. When this returns, it is on disk. Once begun it is carried through, whether or not
    /// somebody waits for it.
    pub(super) async fn act<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Board, Timestamp) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let desk = self.clone();
        let done = tokio::spawn(async move {
            let mut place = desk.board.lock().await;
            let (Some(board), false) = (place.as_mut(), desk.closed.load(Ordering::Relaxed)) else {
                return Err(desk.nobody());
            };
            if board.is_gone() {
                return Err(desk.nobody());
            }
            let deadline = board.deadline();
            board.forget_abandoned();
            let now = desk.home.clock.now();
            board.pass(now);
            let value = work(board, now);
            board.tell(now);
            let moved = board.deadline() != deadline;
            let effects = board.take_effects();
            if !effects.changes.is_empty()
                && desk.home.vault.write(effects.changes.into_iter().collect()).await.is_err()
            {
                desk.close();
                return Err(keep::closed(Closed));
            }
            drop(place);
            for (waiter, result) in effects.settled {
                // An attempt that was given up needs no answer.
                let _ = waiter.send(result);
            }
            effects.states.into_iter().for_each(|state| desk.say(state));
            if effects.wake {
                desk.something.notify_waiters();
            }
            desk.outward.notify_one();
            // Only then: who keeps the time acts on the board as well, and would wake itself for ever.
            if moved {
                desk.timing.notify_one();
            }
            Ok(value)
        });
        done.await.unwrap_or_else(|_| Err(keep::closed(Closed)))
    }

    pub(super) fn nobody(&self) -> Failure {
        Failure::not_sent(Why::LoggedOut, Retry::Reconnected, "no phone is paired with this account")
    }

    pub(super) fn say(&self, state: SessionState) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).push_back(state);
        self.outward.notify_one();
    }

    /// Sees to what time brings, for as long as the session lasts.
    pub(super) async fn keep_time(self: Arc<Self>) {
        let clock = self.home.clock.clone();
        while let Ok(deadline) = self.act(|board, _| board.deadline()).await {
            tokio::select! {
                () = clock.sleep_until(deadline) => {}
                () = self.timing.notified() => {}
            }
        }
    }

    /// Hands in words about the session and what the phone proved, in order.
    pub(super) async fn hand_in(self: Arc<Self>) -> Result<(), Closed> {
        loop {
            let state = self.states.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            if let Some(state) = state {
                self.home.inbox.push(vec![Inbound::State(state)]).await?;
                continue;
            }
            let next = match self.board.lock().await.as_ref() {
                Some(board) if !board.is_gone() => board.next_evidence(),
                _ => None,
            };
            let Some((number, evidence)) = next else {
                self.outward.notified().await;
                continue;
            };
            let trouble = evidence.why.map(|why| Trouble { why, note: evidence.note });
            let receipt = event::Receipt { remotes: vec![evidence.id], step: evidence.step, at: evidence.at, trouble };
            self.home.inbox.push(vec![Inbound::Receipt(receipt)]).await?;
            if self.act(move |board, _| board.handed_in(number)).await.is_err() {
                return Err(Closed);
            }
        }
    }
}

pub(super) fn logged_out(by: LogoutBy, note: &str) -> SessionState {
    SessionState::LoggedOut { by, note: note.to_owned() }
}

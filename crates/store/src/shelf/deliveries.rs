//! How far each listener is, and how its calls went.
//!
//! A listener has one cursor per account. What succeeds at once leaves an attempt and a moved cursor; only what must be
//! tried again gets a [`Delivery`] of its own.

use async_trait::async_trait;
use sluice_model::delivery::{Attempt, Delivery, State};
use sluice_model::{AccountId, EventId, ListenerId, Position, Timestamp};

use crate::Fault;
use crate::shelf::Page;

#[async_trait]
pub trait Deliveries: Send + Sync {
    /// How far the listener is in this account's journal; a new one stands where the journal ended when it was made.
    async fn cursor(&self, listener: ListenerId, account: AccountId) -> Result<Position, Fault>;

    /// Moves cursors forward (a lower position changes nothing). Returns for each whether it moved.
    async fn confirm(&self, moves: Vec<Move>) -> Result<Vec<bool>, Fault>;

    /// Sets a cursor anywhere, also back: replay.
    async fn rewind(&self, to: Move) -> Result<(), Fault>;

    /// Writes attempts, the deliveries they leave and the cursors they move, in one commit. A cursor moves forward only,
    /// and not when it stands before [`Report::from`]: a rewind that came in between is not undone. Reports of a
    /// listener that is gone are dropped in silence.
    async fn report(&self, reports: Vec<Report>) -> Result<(), Fault>;

    /// Deliveries of one listener and account that wait for another attempt: due by `now`, earliest first, and when the
    /// next one behind these is due.
    async fn due(
        &self,
        listener: ListenerId,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<Timestamp>), Fault>;

    /// The delivery of one event, if it has one of its own (it failed at least once or was sent again).
    async fn delivery(&self, listener: ListenerId, event: EventId) -> Result<Option<Delivery>, Fault>;

    /// Puts an event up for another attempt now, whatever became of it before.
    async fn resend(&self, listener: ListenerId, event: EventId, now: Timestamp) -> Result<(), Fault>;

    /// Attempts of one listener, newest first; `state` keeps those that left the delivery in it.
    async fn attempts(&self, listener: ListenerId, state: Option<State>, page: Page) -> Result<Vec<Attempt>, Fault>;

    /// Attempts to tell of one event, by any listener, oldest first.
    async fn attempts_of(&self, event: EventId) -> Result<Vec<Attempt>, Fault>;

    /// How many deliveries of the listener wait for another attempt.
    async fn count_retries(&self, listener: ListenerId) -> Result<u64, Fault>;

    /// Forgets attempts older than `at`, at most `limit`; returns how many.
    async fn prune_attempts(&self, at: Timestamp, limit: usize) -> Result<u64, Fault>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub listener: ListenerId,
    pub account: AccountId,
    pub to: Position,
}

/// What one step of the relay leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub listener: ListenerId,
    pub account: AccountId,
    pub attempt: Option<Attempt>,
    /// Everything up to here was tried once or is not wanted.
    pub cursor: Option<Position>,
    /// Where the cursor stood when the relay read on from it; [`Position::START`] when that does not matter.
    pub from: Position,
}

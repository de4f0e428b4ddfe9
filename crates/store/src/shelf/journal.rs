//! What happened, by account, in order. Append only.

use async_trait::async_trait;
use sluice_model::event::News;
use sluice_model::{AccountId, Entry, EventId, MessageId, Position, Timestamp};

use crate::{Epoch, Fault};

#[async_trait]
pub trait Journal: Send + Sync {
    /// Writes what a session learned, and the read model with it, in one commit:
    /// - a message whose `remote` id its chat already has is not written again;
    /// - a message of the time before is written into the read model alone: it is told to nobody and waits for nobody
    ///   to read it;
    /// - a receipt moves each message it names as far as [`sluice_model::State::told_by`] says, takes its order off
    ///   the shelf, and is told as the events of these steps; what it does not move is not told.
    ///
    /// Answers with the positions written, by record; an empty list means that it was known before.
    /// `Fault::Stale` when an epoch is given and is not the account's; then nothing of the batch is written.
    async fn record(&self, records: Vec<Record>) -> Result<Vec<Vec<Position>>, Fault>;

    /// Entries behind `position`, oldest first, at most `limit`.
    async fn after(&self, account: AccountId, position: Position, limit: usize) -> Result<Vec<Entry>, Fault>;

    /// The newest entry's position; `Position::START` when there is none.
    async fn last(&self, account: AccountId) -> Result<Position, Fault>;

    /// The position right before the first entry at or after `at`: reading `after` it replays since then.
    async fn before(&self, account: AccountId, at: Timestamp) -> Result<Position, Fault>;

    /// One entry, while it is kept.
    async fn entry(&self, event: EventId) -> Result<Option<Entry>, Fault>;

    /// All entries about one message, oldest first.
    async fn about(&self, account: AccountId, message: MessageId) -> Result<Vec<Entry>, Fault>;

    /// Entries named `names` (all kinds when empty), newest first.
    async fn recent(&self, account: AccountId, names: &[&str], limit: usize) -> Result<Vec<Entry>, Fault>;

    /// Forgets entries older than `at`, at most `limit`; returns how many. Positions are never used again.
    async fn prune(&self, at: Timestamp, limit: usize) -> Result<u64, Fault>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub account: AccountId,
    /// The session's epoch; `None` for what the house itself writes.
    pub epoch: Option<Epoch>,
    pub at: Timestamp,
    pub news: News,
}

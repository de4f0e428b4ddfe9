//! What happened, by account, in order.

mod append;
mod prune;
mod read;
mod receipt;
mod record;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use sluice_model::{AccountId, Entry, EventId, MessageId, Position, Timestamp};
use sluice_store::journal::Record;
use sluice_store::{Fault, Journal};

use crate::Sqlite;
use crate::rows;

pub use append::append;

#[async_trait]
impl Journal for Sqlite {
    async fn record(&self, records: Vec<Record>) -> Result<Vec<Vec<Position>>, Fault> {
        self.writer.write(records.len(), move |work| record::all(work, &records)).await
    }

    async fn after(&self, account: AccountId, position: Position, limit: usize) -> Result<Vec<Entry>, Fault> {
        self.look(account, move |db| read::after(db, account, position, limit)).await
    }

    async fn last(&self, account: AccountId) -> Result<Position, Fault> {
        let last = self.look(account, move |db| read::last(db, account).map(Some)).await?;
        Ok(last.unwrap_or(Position::START))
    }

    async fn before(&self, account: AccountId, at: Timestamp) -> Result<Position, Fault> {
        let before = self.look(account, move |db| read::before(db, account, at).map(Some)).await?;
        Ok(before.unwrap_or(Position::START))
    }

    async fn entry(&self, event: EventId) -> Result<Option<Entry>, Fault> {
        self.look(event.account(), move |db| read::entry(db, event)).await
    }

    async fn about(&self, account: AccountId, message: MessageId) -> Result<Vec<Entry>, Fault> {
        self.look(account, move |db| read::about(db, account, message)).await
    }

    async fn recent(&self, account: AccountId, names: &[&str], limit: usize) -> Result<Vec<Entry>, Fault> {
        let kinds: Vec<usize> =
            names.iter().filter_map(|name| rows::KINDS.iter().position(|kind| kind == name)).collect();
        if kinds.is_empty() && !names.is_empty() {
            return Ok(Vec::new());
        }
        self.list(account, read::is_rare(&kinds), move |db| read::recent(db, account, &kinds, limit)).await
    }

    async fn prune(&self, at: Timestamp, limit: usize) -> Result<u64, Fault> {
        self.writer.write(limit, move |work| prune::older(work, at, limit)).await
    }
}

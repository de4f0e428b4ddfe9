//! How far each listener is, and how its calls went.

mod attempts;
mod cursors;
mod waiting;

use async_trait::async_trait;
use sluice_model::delivery::{Attempt, Delivery, State};
use sluice_model::{AccountId, EventId, ListenerId, Position, Timestamp};
use sluice_store::deliveries::{Move, Report};
use sluice_store::shelf::Page;
use sluice_store::{Deliveries, Fault};

use crate::Sqlite;
use crate::error;
use crate::readers::{Way, is_near};
use crate::rows;
use crate::writer::Work;

#[async_trait]
impl Deliveries for Sqlite {
    async fn cursor(&self, listener: ListenerId, account: AccountId) -> Result<Position, Fault> {
        self.readers.read(move |db| cursors::at(db, listener, account)).await
    }

    async fn confirm(&self, moves: Vec<Move>) -> Result<Vec<bool>, Fault> {
        self.writer.write(moves.len(), move |work| moves.iter().map(|to| cursors::forward(work, *to)).collect()).await
    }

    async fn rewind(&self, to: Move) -> Result<(), Fault> {
        self.writer.write(1, move |work| cursors::rewind(work, to)).await
    }

    async fn report(&self, reports: Vec<Report>) -> Result<(), Fault> {
        self.writer.write(2 * reports.len(), move |work| reports.iter().try_for_each(|report| one(work, report))).await
    }

    async fn due(
        &self,
        listener: ListenerId,
        account: AccountId,
        now: Timestamp,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<Timestamp>), Fault> {
        self.readers.read(move |db| waiting::due(db, listener, account, now, limit)).await
    }

    async fn delivery(&self, listener: ListenerId, event: EventId) -> Result<Option<Delivery>, Fault> {
        self.readers.read(move |db| waiting::one(db, listener, event)).await
    }

    async fn resend(&self, listener: ListenerId, event: EventId, now: Timestamp) -> Result<(), Fault> {
        self.writer.write(1, move |work| waiting::resend(work, listener, event, now)).await
    }

    async fn attempts(&self, listener: ListenerId, state: Option<State>, page: Page) -> Result<Vec<Attempt>, Fault> {
        // Of what went wrong there is an index; what went well may stand far apart.
        let way = Way::list(is_near(page) && state != Some(State::Delivered));
        let whose = self.directory.owner_of(listener);
        self.readers.find(whose, way, move |db| attempts::of_listener(db, listener, state, page)).await
    }

    async fn attempts_of(&self, event: EventId) -> Result<Vec<Attempt>, Fault> {
        self.look(event.account(), move |db| attempts::of_event(db, event)).await
    }

    async fn count_retries(&self, listener: ListenerId) -> Result<u64, Fault> {
        let sql = "SELECT count(*) FROM deliveries WHERE listener = ? AND state = 0";
        let whose = self.directory.owner_of(listener);
        self.readers.scan(whose, move |db| rows::count(db, sql, [listener.get()])).await
    }

    async fn prune_attempts(&self, at: Timestamp, limit: usize) -> Result<u64, Fault> {
        self.writer.write(limit, move |work| attempts::prune(work.db, at, limit)).await
    }
}

fn one(work: &mut Work<'_>, report: &Report) -> error::Result<()> {
    let Report { listener, account, .. } = *report;
    // A listener that was removed meanwhile leaves nothing.
    if !cursors::is_listener(work.db, listener)? {
        return Ok(());
    }
    if let Some(attempt) = &report.attempt {
        attempts::add(work.db, attempt)?;
        waiting::after(work.db, attempt)?;
    }
    if let Some(to) = report.cursor
        // A cursor that stands before is one that was rewound meanwhile.
        && cursors::at(work.db, listener, account)? >= report.from
    {
        cursors::forward(work, Move { listener, account, to })?;
    }
    Ok(())
}

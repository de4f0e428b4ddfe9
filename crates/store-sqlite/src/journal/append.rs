//! Writing one entry at the journal's end.

use rusqlite::params;
use sluice_model::{AccountId, Event, Position, Timestamp};
use sluice_store::{Fault, Ring};

use crate::error::{Error, Result};
use crate::rows;
use crate::writer::Work;

/// Positions follow one another without a gap, in the order of the commits.
pub fn append(work: &mut Work<'_>, account: AccountId, at: Timestamp, event: &Event) -> Result<Position> {
    let head = work.known_head(account)?;
    if head.end >= rows::LAST_POSITION {
        return Err(Error::Fault(Fault::Other(format!("the journal of account {account} is full"))));
    }
    let (id, position) = (head.next_event(account), head.end.next());
    let behind = if head.latest > at { head.latest.millis() - at.millis() } else { 0 };
    head.end = position;
    head.latest = head.latest.max(at);
    let kind = rows::kind(event);
    work.db
        .prepare_cached("INSERT INTO journal (id, at, behind, kind, message, body) VALUES (?, ?, ?, ?, ?, ?)")?
        .execute(params![
            rows::event_number(id),
            at.millis(),
            behind,
            rows::limit(kind),
            event.message_id().map(rows::number),
            serde_json::to_string(event)?,
        ])?;
    work.count_entry(kind);
    work.ring(Ring::Journal(account));
    Ok(position)
}

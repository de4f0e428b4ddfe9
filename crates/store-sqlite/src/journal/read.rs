//! Reading the journal.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sluice_model::{AccountId, Entry, EventId, MessageId, Position, Timestamp};

use crate::error::Result;
use crate::rows;

fn entry_of(row: &Row<'_>) -> Result<Entry> {
    let event = rows::event_id(row.get("id")?)?;
    Ok(Entry {
        account: event.account(),
        position: event.position(),
        at: rows::time(row, "at")?,
        event: rows::json(row, "body")?,
    })
}

pub fn after(db: &Connection, account: AccountId, position: Position, limit: usize) -> Result<Vec<Entry>> {
    let sql = "SELECT id, at, body FROM journal WHERE id > ? AND id <= ? ORDER BY id LIMIT ?";
    let from = rows::event_number(EventId::of(account, position));
    let (_, last) = rows::events_of(account);
    db.prepare_cached(sql)?.query_and_then(params![from, last, rows::limit(limit)], entry_of)?.collect()
}

/// A pruned journal ends where it ended before.
pub fn last(db: &Connection, account: AccountId) -> Result<Position> {
    let (first, last) = rows::events_of(account);
    let newest: Option<i64> = db
        .prepare_cached("SELECT max(id) FROM journal WHERE id BETWEEN ? AND ?")?
        .query_row([first, last], |row| row.get(0))?;
    let pruned_end: Option<u32> = db
        .prepare_cached("SELECT pruned_end FROM accounts WHERE id = ?")?
        .query_row([account.get()], |row| row.get(0))
        .optional()?;
    let newest = newest.map(rows::event_id).transpose()?.map_or(Position::START, EventId::position);
    Ok(newest.max(Position(pruned_end.unwrap_or_default())))
}

/// Looks for the first entry that is not older by halving: `at + behind` only grows, and reaches `at` at exactly that
/// entry.
pub fn before(db: &Connection, account: AccountId, at: Timestamp) -> Result<Position> {
    let (first, end) = rows::events_of(account);
    let edge = |which: &str| -> Result<Option<i64>> {
        let sql = format!("SELECT {which}(id) FROM journal WHERE id BETWEEN ? AND ?");
        Ok(db.prepare_cached(&sql)?.query_row([first, end], |row| row.get(0))?)
    };
    let (Some(mut low), Some(newest)) = (edge("min")?, edge("max")?) else {
        return last(db, account);
    };
    let mut high = newest + 1;
    let mut latest = db.prepare_cached("SELECT at + behind FROM journal WHERE id = ?")?;
    while low < high {
        let middle = low + (high - low) / 2;
        let reached: i64 = latest.query_row([middle], |row| row.get(0))?;
        if reached < at.millis() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(rows::event_id(low - 1)?.position())
}

pub fn entry(db: &Connection, event: EventId) -> Result<Option<Entry>> {
    let mut statement = db.prepare_cached("SELECT id, at, body FROM journal WHERE id = ?")?;
    statement.query_and_then([rows::event_number(event)], entry_of)?.next().transpose()
}

pub fn about(db: &Connection, account: AccountId, message: MessageId) -> Result<Vec<Entry>> {
    let (first, last) = rows::events_of(account);
    let sql = "SELECT id, at, body FROM journal INDEXED BY journal_by_message \
        WHERE message = ? AND id BETWEEN ? AND ? ORDER BY id";
    db.prepare_cached(sql)?.query_and_then([rows::number(message), first, last], entry_of)?.collect()
}

/// There is an index of what is not about a message. Anything else is searched for from the end.
pub fn is_rare(kinds: &[usize]) -> bool {
    !kinds.is_empty() && kinds.iter().all(|kind| !rows::KINDS[*kind].starts_with("message."))
}

/// Entries of the kinds given, or of all, newest first.
pub fn recent(db: &Connection, account: AccountId, kinds: &[usize], limit: usize) -> Result<Vec<Entry>> {
    let (first, last) = rows::events_of(account);
    let wanted = match kinds {
        [] => String::new(),
        _ => format!("AND kind IN ({})", kinds.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    let way = if is_rare(kinds) { "INDEXED BY journal_by_kind WHERE message IS NULL AND" } else { "NOT INDEXED WHERE" };
    let sql = format!("SELECT id, at, body FROM journal {way} id BETWEEN ? AND ? {wanted} ORDER BY id DESC LIMIT ?");
    db.prepare_cached(&sql)?.query_and_then(params![first, last, rows::limit(limit)], entry_of)?.collect()
}

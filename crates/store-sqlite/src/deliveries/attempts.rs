//! The log of calls to listeners.

use rusqlite::{Connection, Row, params};
use sluice_model::delivery::{Attempt, State};
use sluice_model::{EventId, ListenerId, Timestamp};
use sluice_store::shelf::Page;

use crate::error::Result;
use crate::rows;

const COLUMNS: &str = "listener, event, number, at, took_ms, status, answer, state, next_at FROM attempts";

fn read(row: &Row<'_>) -> Result<Attempt> {
    let event = rows::event_id(row.get("event")?)?;
    Ok(Attempt {
        listener: ListenerId(row.get("listener")?),
        account: event.account(),
        position: event.position(),
        number: row.get("number")?,
        at: rows::time(row, "at")?,
        took_ms: row.get("took_ms")?,
        status: row.get("status")?,
        answer: row.get("answer")?,
        state: rows::delivery_state(row.get("state")?)?,
        next_at: rows::maybe_time(row, "next_at")?,
    })
}

pub fn add(db: &Connection, attempt: &Attempt) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO attempts (listener, event, number, at, took_ms, status, answer, state, next_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        attempt.listener.get(),
        rows::event_number(EventId::of(attempt.account, attempt.position)),
        attempt.number,
        attempt.at.millis(),
        attempt.took_ms,
        attempt.status,
        attempt.answer,
        rows::delivery_number(attempt.state),
        attempt.next_at.map(Timestamp::millis),
    ])?;
    Ok(())
}

pub fn of_listener(db: &Connection, listener: ListenerId, state: Option<State>, page: Page) -> Result<Vec<Attempt>> {
    // What is no success is rare and has an index of its own; `state <> 1` lets it be used.
    let filter = match state {
        Some(State::Delivered) => "AND state = 1",
        Some(State::Waiting) => "AND state = 0 AND state <> 1",
        Some(State::Undelivered) => "AND state = 2 AND state <> 1",
        None => "",
    };
    let (limit, offset) = rows::page(page);
    let sql = format!("SELECT {COLUMNS} WHERE listener = ? {filter} ORDER BY id DESC LIMIT ? OFFSET ?");
    db.prepare_cached(&sql)?.query_and_then(params![listener.get(), limit, offset], read)?.collect()
}

pub fn of_event(db: &Connection, event: EventId) -> Result<Vec<Attempt>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} WHERE event = ? ORDER BY id"))?;
    statement.query_and_then([rows::event_number(event)], read)?.collect()
}

/// How many attempts there were to tell this listener of the event.
pub fn number(db: &Connection, listener: ListenerId, event: EventId) -> Result<u32> {
    Ok(db
        .prepare_cached("SELECT ifnull(max(number), 0) FROM attempts WHERE event = ? AND listener = ?")?
        .query_row(params![rows::event_number(event), listener.get()], |row| row.get(0))?)
}

/// Attempts are written in the order of their time, near enough: the first that is young enough ends the search.
pub fn prune(db: &Connection, at: Timestamp, limit: usize) -> Result<u64> {
    let young = "SELECT ifnull((SELECT id FROM attempts WHERE at >= ? ORDER BY id LIMIT 1), 9223372036854775807)";
    let young: i64 = db.prepare_cached(young)?.query_row([at.millis()], |row| row.get(0))?;
    let pruned = db
        .prepare_cached("DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE id < ? ORDER BY id LIMIT ?)")?
        .execute(params![young, rows::limit(limit)])?;
    Ok(pruned as u64)
}

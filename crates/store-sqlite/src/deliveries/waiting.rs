//! Deliveries of their own: what failed at least once, or was put up again.

use rusqlite::{Connection, Row, params};
use sluice_model::delivery::{Attempt, Delivery, State};
use sluice_model::{AccountId, EventId, ListenerId, Position, Timestamp};
use sluice_store::Ring;

use super::{attempts, cursors};
use crate::error::Result;
use crate::rows;
use crate::writer::Work;

const COLUMNS: &str = "listener, account, position, state, attempts, next_at FROM deliveries";

fn read(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        listener: ListenerId(row.get("listener")?),
        account: AccountId(row.get("account")?),
        position: Position(row.get("position")?),
        state: rows::delivery_state(row.get("state")?)?,
        attempts: row.get("attempts")?,
        next_at: rows::time(row, "next_at")?,
    })
}

pub fn one(db: &Connection, listener: ListenerId, event: EventId) -> Result<Option<Delivery>> {
    let sql = format!("SELECT {COLUMNS} WHERE listener = ? AND account = ? AND position = ?");
    let key = [listener.get(), event.account().get(), event.position().get()];
    db.prepare_cached(&sql)?.query_and_then(key, read)?.next().transpose()
}

pub fn due(
    db: &Connection,
    listener: ListenerId,
    account: AccountId,
    now: Timestamp,
    limit: usize,
) -> Result<(Vec<Delivery>, Option<Timestamp>)> {
    // One more than wanted: the next one behind.
    let sql =
        format!("SELECT {COLUMNS} WHERE listener = ? AND account = ? AND state = 0 ORDER BY next_at, position LIMIT ?");
    let wanted = params![listener.get(), account.get(), rows::limit(limit.saturating_add(1))];
    let mut found: Vec<Delivery> = db.prepare_cached(&sql)?.query_and_then(wanted, read)?.collect::<Result<_>>()?;
    let taken = found.iter().take(limit).take_while(|delivery| delivery.next_at <= now).count();
    let next = found.get(taken).map(|delivery| delivery.next_at);
    found.truncate(taken);
    Ok((found, next))
}

/// What an attempt leaves: a success at once leaves no delivery.
pub fn after(db: &Connection, attempt: &Attempt) -> Result<()> {
    let changed = db
        .prepare_cached(
            "UPDATE deliveries SET state = ?, attempts = ?, next_at = ? \
             WHERE listener = ? AND account = ? AND position = ?",
        )?
        .execute(params![
            rows::delivery_number(attempt.state),
            attempt.number,
            attempt.next_at.unwrap_or(attempt.at).millis(),
            attempt.listener.get(),
            attempt.account.get(),
            attempt.position.get(),
        ])?;
    if changed == 0 && attempt.state != State::Delivered {
        let delivery = Delivery {
            listener: attempt.listener,
            account: attempt.account,
            position: attempt.position,
            state: attempt.state,
            attempts: attempt.number,
            next_at: attempt.next_at.unwrap_or(attempt.at),
        };
        add(db, &delivery)?;
    }
    Ok(())
}

pub fn resend(work: &mut Work<'_>, listener: ListenerId, event: EventId, now: Timestamp) -> Result<()> {
    if !cursors::is_listener(work.db, listener)? {
        return Ok(());
    }
    let attempts = attempts::number(work.db, listener, event)?;
    let changed = work
        .db
        .prepare_cached(
            "UPDATE deliveries SET state = 0, next_at = ? WHERE listener = ? AND account = ? AND position = ?",
        )?
        .execute(params![now.millis(), listener.get(), event.account().get(), event.position().get()])?;
    if changed == 0 {
        let (account, position) = (event.account(), event.position());
        add(work.db, &Delivery { listener, account, position, state: State::Waiting, attempts, next_at: now })?;
    }
    work.ring(Ring::Deliveries);
    Ok(())
}

fn add(db: &Connection, delivery: &Delivery) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO deliveries (listener, account, position, state, attempts, next_at) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        delivery.listener.get(),
        delivery.account.get(),
        delivery.position.get(),
        rows::delivery_number(delivery.state),
        delivery.attempts,
        delivery.next_at.millis(),
    ])?;
    Ok(())
}

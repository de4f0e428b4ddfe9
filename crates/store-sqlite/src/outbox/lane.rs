//! Lanes: one order of a chat stands in front, the others behind it. An order whose hour is far off stands apart and holds
//! nobody up; at its hour it enters the lane.

use rusqlite::{OptionalExtension, params};
use sluice_model::{AccountId, Address, MessageId, Timestamp};
use sluice_store::Ring;

use crate::error::Result;
use crate::rows::{self, stage};
use crate::writer::Work;

/// So many enter at one claim; the next claim goes on.
const AT_ONCE: i64 = 256;

/// The stage that a new order of the lane begins with.
pub fn place(work: &Work<'_>, account: AccountId, chat: &str) -> Result<i64> {
    let taken = work
        .db
        .prepare_cached(
            "SELECT 1 FROM orders INDEXED BY orders_by_lane WHERE account = ? AND chat = ? AND stage >= 0 LIMIT 1",
        )?
        .query_row(params![account.get(), chat], |_| Ok(()))
        .optional()?;
    Ok(if taken.is_some() { stage::BEHIND } else { stage::IN_FRONT })
}

/// Orders of an account that stood apart and whose hour has come take their places.
pub fn enter(work: &mut Work<'_>, account: AccountId, now: Timestamp) -> Result<()> {
    let due: Vec<(i64, String)> = work
        .db
        .prepare_cached(
            "SELECT id, chat FROM orders INDEXED BY orders_apart \
             WHERE account = ? AND stage = -1 AND due_at <= ? ORDER BY due_at, id LIMIT ?",
        )?
        .query_map(params![account.get(), now.millis(), AT_ONCE], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, chat) in due {
        let stage = place(work, account, &chat)?;
        work.db.prepare_cached("UPDATE orders SET stage = ? WHERE account = ? AND id = ?")?.execute(params![
            stage,
            account.get(),
            id
        ])?;
    }
    Ok(())
}

/// Takes an order off the shelf for good. When it stood in front, the oldest behind it steps forward.
pub fn leave(work: &mut Work<'_>, account: AccountId, id: MessageId, chat: &Address) -> Result<()> {
    // Not DELETE .. RETURNING, which SQLite prepares anew at every use.
    let key = params![account.get(), rows::number(id)];
    let left: Option<i64> = work
        .db
        .prepare_cached("SELECT stage FROM orders WHERE account = ? AND id = ?")?
        .query_row(key, |row| row.get(0))
        .optional()?;
    work.db.prepare_cached("DELETE FROM orders WHERE account = ? AND id = ?")?.execute(key)?;
    if left.is_none_or(|left| left <= stage::BEHIND) {
        return Ok(());
    }
    let forward = work
        .db
        .prepare_cached(
            "UPDATE orders SET stage = 1 WHERE account = ?1 AND id = \
             (SELECT id FROM orders INDEXED BY orders_by_lane \
             WHERE account = ?1 AND chat = ?2 AND stage >= 0 ORDER BY id LIMIT 1)",
        )?
        .execute(params![account.get(), chat.to_string()])?;
    if forward > 0 {
        work.ring(Ring::Outbox(account));
    }
    Ok(())
}

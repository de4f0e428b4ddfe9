//! Lanes: one order of a chat stands in front, the others behind it.

use rusqlite::{OptionalExtension, params};
use sluice_model::{AccountId, Address, MessageId};
use sluice_store::Ring;

use crate::error::Result;
use crate::rows::{self, stage};
use crate::writer::Work;

/// The stage that a new order of the lane begins with.
pub fn place(work: &Work<'_>, account: AccountId, chat: &str) -> Result<i64> {
    let taken = work
        .db
        .prepare_cached("SELECT 1 FROM orders WHERE account = ? AND chat = ? LIMIT 1")?
        .query_row(params![account.get(), chat], |_| Ok(()))
        .optional()?;
    Ok(if taken.is_some() {
        stage::BEHIND
    } else {
        stage::IN_FRONT
    })
}

/// Takes an order off the shelf for good. When it stood in front, the oldest behind it steps forward.
pub fn leave(work: &mut Work<'_>, account: AccountId, id: MessageId, chat: &Address) -> Result<()> {
    let left: Option<i64> = work
        .db
        .prepare_cached("DELETE FROM orders WHERE account = ? AND id = ? RETURNING stage")?
        .query_row(params![account.get(), rows::number(id)], |row| row.get(0))
        .optional()?;
    if left.is_none_or(|left| left == stage::BEHIND) {
        return Ok(());
    }
    let forward = work
        .db
        .prepare_cached(
            "UPDATE orders SET stage = 1 WHERE account = ?1 AND id = \
             (SELECT id FROM orders WHERE account = ?1 AND chat = ?2 ORDER BY id LIMIT 1)",
        )?
        .execute(params![account.get(), chat.to_string()])?;
    if forward > 0 {
        work.ring(Ring::Outbox(account));
    }
    Ok(())
}

//! Where listeners stand in the journals.

use rusqlite::{Connection, OptionalExtension};
use sluice_model::{AccountId, ListenerId, Position};
use sluice_store::Ring;
use sluice_store::deliveries::Move;

use crate::error::Result;
use crate::writer::Work;

/// An account that was made after the listener has no row until the first move.
pub fn at(db: &Connection, listener: ListenerId, account: AccountId) -> Result<Position> {
    let position: Option<u32> = db
        .prepare_cached("SELECT position FROM cursors WHERE listener = ? AND account = ?")?
        .query_row([listener.get(), account.get()], |row| row.get(0))
        .optional()?;
    Ok(position.map_or(Position::START, Position))
}

pub fn is_listener(db: &Connection, listener: ListenerId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM listeners WHERE id = ?")?.exists([listener.get()])?)
}

/// Whether it moved.
pub fn forward(work: &mut Work<'_>, to: Move) -> Result<bool> {
    if at(work.db, to.listener, to.account)? >= to.to || !is_listener(work.db, to.listener)? {
        return Ok(false);
    }
    set(work.db, to)?;
    Ok(true)
}

pub fn rewind(work: &mut Work<'_>, to: Move) -> Result<()> {
    if is_listener(work.db, to.listener)? {
        set(work.db, to)?;
        work.ring(Ring::Deliveries);
        work.ring(Ring::Listeners);
    }
    Ok(())
}

fn set(db: &Connection, to: Move) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO cursors (listener, account, position) VALUES (?, ?, ?) \
         ON CONFLICT DO UPDATE SET position = excluded.position",
    )?
    .execute([to.listener.get(), to.account.get(), to.to.get()])?;
    Ok(())
}

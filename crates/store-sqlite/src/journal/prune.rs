//! Forgetting what is old, with all that belongs to it.

use rusqlite::params;
use sluice_model::{AccountId, EventId, Position, Timestamp};

use super::read;
use crate::error::Result;
use crate::listeners;
use crate::rows;
use crate::writer::Work;

/// Answers with the number of entries forgotten.
pub fn older(work: &mut Work<'_>, at: Timestamp, limit: usize) -> Result<u64> {
    let accounts: Vec<AccountId> = {
        let mut statement = work.db.prepare_cached("SELECT id FROM accounts WHERE removed_at IS NULL")?;
        let ids = statement.query_map([], |row| Ok(AccountId(row.get(0)?)))?;
        ids.collect::<rusqlite::Result<_>>()?
    };
    let mut forgotten = 0;
    for account in accounts {
        if forgotten < limit {
            forgotten += of_account(work, account, at, limit - forgotten)?;
        }
    }
    forget_keys(work, at, limit)?;
    Ok(forgotten as u64)
}

fn of_account(work: &mut Work<'_>, account: AccountId, at: Timestamp, limit: usize) -> Result<usize> {
    let (first, _) = rows::events_of(account);
    let until = rows::event_number(EventId::of(account, read::before(work.db, account, at)?));
    let forgotten = work
        .db
        .prepare_cached(
            "DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)",
        )?
        .execute(params![first, until, rows::limit(limit)])?;
    if forgotten > 0 {
        let end = work.known_head(account)?.end;
        work.db
            .prepare_cached("UPDATE accounts SET pruned_end = ? WHERE id = ?")?
            .execute([end.get(), account.get()])?;
        forget_with(work, account, last_forgotten(work, account, end)?)?;
    }
    Ok(forgotten)
}

fn last_forgotten(work: &Work<'_>, account: AccountId, end: Position) -> Result<Position> {
    let (first, last) = rows::events_of(account);
    let oldest: Option<i64> = work
        .db
        .prepare_cached("SELECT min(id) FROM journal WHERE id BETWEEN ? AND ?")?
        .query_row([first, last], |row| row.get(0))?;
    Ok(match oldest {
        Some(oldest) => rows::event_id(oldest - 1)?.position(),
        None => end,
    })
}

/// What can no longer be told needs no delivery and no former switches.
fn forget_with(work: &mut Work<'_>, account: AccountId, end: Position) -> Result<()> {
    work.db
        .prepare_cached(
            "DELETE FROM deliveries WHERE listener IN (SELECT id FROM listeners) AND account = ? AND position <= ?",
        )?
        .execute([account.get(), end.get()])?;
    listeners::prune_past(work, account, end)
}

/// An idempotency key is good for as long as the journal is kept.
fn forget_keys(work: &Work<'_>, at: Timestamp, limit: usize) -> Result<()> {
    work.db
        .prepare_cached(
            "DELETE FROM idempotency WHERE (scope, key) IN \
             (SELECT scope, key FROM idempotency WHERE at < ? ORDER BY at LIMIT ?)",
        )?
        .execute(params![at.millis(), rows::limit(limit)])?;
    Ok(())
}

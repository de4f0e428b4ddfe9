//! Removing an account. It is gone at once for everyone who asks; its rows, which may be millions, follow bit by bit
//! between the commits of others.

use rusqlite::{Connection, params};
use sluice_model::{AccountId, Timestamp};
use sluice_store::Ring;

use crate::directory::Change;
use crate::error::Result;
use crate::rows;
use crate::writer::Work;

/// Rows taken away in one commit.
const AT_ONCE: i64 = 500;

pub fn begin(work: &mut Work<'_>, id: AccountId, now: Timestamp) -> Result<bool> {
    let account = id.get();
    let removed = work
        .db
        .prepare_cached("UPDATE accounts SET removed_at = ? WHERE id = ? AND removed_at IS NULL")?
        .execute(params![now.millis(), account])?;
    if removed == 0 {
        return Ok(false);
    }
    // Deliveries, cursors and switches of its listeners go with them.
    for table in ["keys", "listeners"] {
        work.db.prepare_cached(&format!("DELETE FROM {table} WHERE account = ?"))?.execute([account])?;
    }
    // Secrets do not outlive their account.
    work.db.prepare_cached("DELETE FROM vault WHERE account = ?")?.execute([account])?;
    // An id is not minted again because its message is gone.
    work.db
        .prepare_cached("UPDATE gone SET greatest_id = max(greatest_id, (SELECT ifnull(max(id), 0) FROM messages))")?
        .execute([])?;
    work.change(Change::NoAccount(id));
    work.ring(Ring::Account(id));
    work.ring(Ring::Listeners);
    work.sweep(id);
    Ok(true)
}

/// Accounts whose sweep the last end of the house has interrupted.
pub fn begun(db: &Connection) -> Result<Vec<AccountId>> {
    let mut statement = db.prepare("SELECT id FROM accounts WHERE removed_at IS NOT NULL")?;
    let ids = statement.query_map([], |row| Ok(AccountId(row.get(0)?)))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Takes some rows of a removed account away; true when none are left and the account's own row went, too.
pub fn some(db: &Connection, id: AccountId) -> Result<bool> {
    let account = i64::from(id.get());
    let (first, last) = rows::events_of(id);
    for table in ["orders", "messages"] {
        let sql = format!(
            "DELETE FROM {table} WHERE account = ?1 AND id IN (SELECT id FROM {table} WHERE account = ?1 LIMIT ?2)"
        );
        if db.prepare_cached(&sql)?.execute([account, AT_ONCE])? > 0 {
            return Ok(false);
        }
    }
    for (table, column) in [("journal", "id"), ("attempts", "event")] {
        let sql =
            format!("DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {column} BETWEEN ? AND ? LIMIT ?)");
        if db.prepare_cached(&sql)?.execute([first, last, AT_ONCE])? > 0 {
            return Ok(false);
        }
    }
    for table in ["chats", "contacts"] {
        let sql = format!(
            "DELETE FROM {table} WHERE account = ?1 AND address IN \
             (SELECT address FROM {table} WHERE account = ?1 LIMIT ?2)"
        );
        if db.prepare_cached(&sql)?.execute([account, AT_ONCE])? > 0 {
            return Ok(false);
        }
    }
    // What listeners of the whole workspace have of it: few, or found by nothing better than a look at all.
    for table in ["deliveries", "cursors", "switches_past"] {
        db.prepare_cached(&format!("DELETE FROM {table} WHERE account = ?"))?.execute([account])?;
    }
    db.prepare_cached("DELETE FROM accounts WHERE id = ?")?.execute([account])?;
    Ok(true)
}

//! The rows of listeners, their first cursors and their former switches.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};
use serde_json::Value;
use sluice_model::{AccountId, Listener, ListenerId, Position, Sealed, WorkspaceId};
use sluice_store::Ring;
use sluice_store::listeners::{Change, NewListener};

use crate::directory;
use crate::error::Result;
use crate::rows;
use crate::writer::Work;

const COLUMNS: &str = "id, workspace, account, dialect, name, target, events, settings, secret, enabled, off, created_at \
    FROM listeners";

pub fn all(db: &Connection) -> Result<Vec<Listener>> {
    db.prepare(&format!("SELECT {COLUMNS}"))?.query_and_then([], read)?.collect()
}

fn read(row: &Row<'_>) -> Result<Listener> {
    Ok(Listener {
        id: ListenerId(row.get("id")?),
        workspace: WorkspaceId(row.get("workspace")?),
        account: row.get::<_, Option<u32>>("account")?.map(AccountId),
        dialect: row.get("dialect")?,
        name: row.get("name")?,
        target: rows::json(row, "target")?,
        events: rows::json(row, "events")?,
        settings: rows::json(row, "settings")?,
        secret: row.get::<_, Option<Vec<u8>>>("secret")?.map(Sealed),
        enabled: row.get("enabled")?,
        off: row.get::<_, Option<String>>("off")?.map(|off| serde_json::from_str(&off)).transpose()?,
        created_at: rows::time(row, "created_at")?,
    })
}

/// All former switches, as changes of the directory.
pub fn past(db: &Connection) -> Result<Vec<directory::Change>> {
    let mut statement = db.prepare("SELECT listener, account, until, settings FROM switches_past")?;
    let past = statement.query_and_then([], |row| {
        Ok(directory::Change::Past {
            listener: ListenerId(row.get("listener")?),
            account: AccountId(row.get("account")?),
            until: Position(row.get("until")?),
            settings: rows::json(row, "settings")?,
        })
    })?;
    past.collect()
}

pub fn add(work: &mut Work<'_>, new: &NewListener) -> Result<Arc<Listener>> {
    work.db
        .prepare_cached(
            "INSERT INTO listeners (workspace, account, dialect, name, target, events, settings, secret, enabled, \
             created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
        )?
        .execute(params![
            new.workspace.get(),
            new.account.map(AccountId::get),
            new.dialect,
            new.name,
            serde_json::to_string(&new.target)?,
            serde_json::to_string(&new.events)?,
            serde_json::to_string(&new.settings)?,
            new.secret.as_ref().map(|secret| &secret.0),
            new.at.millis(),
        ])?;
    let listener = Arc::new(Listener {
        id: ListenerId(rows::made(work.db)?),
        workspace: new.workspace,
        account: new.account,
        dialect: new.dialect.clone(),
        name: new.name.clone(),
        target: new.target.clone(),
        events: new.events.clone(),
        settings: new.settings.clone(),
        secret: new.secret.clone(),
        enabled: true,
        off: None,
        created_at: new.at,
    });
    // An account made later begins at its first entry, so it needs no row.
    for (account, end) in ends(work, &listener)? {
        work.db.prepare_cached("INSERT INTO cursors (listener, account, position) VALUES (?, ?, ?)")?.execute([
            listener.id.get(),
            account.get(),
            end.get(),
        ])?;
    }
    tell(work, &listener);
    Ok(listener)
}

/// The accounts that a listener hears of, and where their journals end now.
fn ends(work: &mut Work<'_>, listener: &Listener) -> Result<Vec<(AccountId, Position)>> {
    let accounts = match listener.account {
        Some(account) => vec![account],
        None => {
            let sql = "SELECT id FROM accounts WHERE workspace = ? AND removed_at IS NULL";
            let mut statement = work.db.prepare_cached(sql)?;
            let ids = statement.query_map([listener.workspace.get()], |row| Ok(AccountId(row.get(0)?)))?;
            ids.collect::<rusqlite::Result<_>>()?
        }
    };
    accounts.into_iter().map(|account| Ok((account, work.known_head(account)?.end))).collect()
}

pub fn change(
    work: &mut Work<'_>,
    workspace: WorkspaceId,
    id: ListenerId,
    change: &Change,
) -> Result<Option<Arc<Listener>>> {
    let Some(before) = one(work.db, workspace, id)? else {
        return Ok(None);
    };
    let mut listener = before.clone();
    if let Some(name) = &change.name {
        listener.name.clone_from(name);
    }
    if let Some(target) = &change.target {
        listener.target = target.clone();
    }
    if let Some(events) = &change.events {
        listener.events.clone_from(events);
    }
    if let Some(settings) = &change.settings {
        listener.settings = settings.clone();
    }
    if let Some(secret) = &change.secret {
        listener.secret.clone_from(secret);
    }
    if let Some(enabled) = change.enabled {
        if enabled || before.enabled || change.off.is_some() {
            listener.off.clone_from(&change.off);
        }
        listener.enabled = enabled;
    }
    if listener.settings != before.settings {
        keep_past(work, &before)?;
    }
    work.db
        .prepare_cached(
            "UPDATE listeners SET name = ?, target = ?, events = ?, settings = ?, secret = ?, enabled = ?, \
             off = ? WHERE id = ?",
        )?
        .execute(params![
            listener.name,
            serde_json::to_string(&listener.target)?,
            serde_json::to_string(&listener.events)?,
            serde_json::to_string(&listener.settings)?,
            listener.secret.as_ref().map(|secret| &secret.0),
            listener.enabled,
            listener.off.as_ref().map(serde_json::to_string).transpose()?,
            id.get(),
        ])?;
    let listener = Arc::new(listener);
    tell(work, &listener);
    Ok(Some(listener))
}

/// Notes up to where the switches were in force. Where no entry was written under them, there is nothing to note.
fn keep_past(work: &mut Work<'_>, listener: &Listener) -> Result<()> {
    for (account, until) in ends(work, listener)? {
        let settings: &Value = &listener.settings;
        let noted = work
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO switches_past (listener, account, until, settings) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![listener.id.get(), account.get(), until.get(), serde_json::to_string(settings)?])?;
        if noted > 0 {
            let settings = settings.clone();
            work.change(directory::Change::Past { listener: listener.id, account, until, settings });
        }
    }
    Ok(())
}

/// Forgets switches that were in force for entries that are kept no more.
pub fn prune_past(work: &mut Work<'_>, account: AccountId, end: Position) -> Result<()> {
    let pruned = work
        .db
        .prepare_cached("DELETE FROM switches_past WHERE account = ? AND until <= ?")?
        .execute([account.get(), end.get()])?;
    if pruned > 0 {
        work.change(directory::Change::Pruned(account, end));
    }
    Ok(())
}

pub fn remove(work: &mut Work<'_>, workspace: WorkspaceId, id: ListenerId) -> Result<bool> {
    let removed = work
        .db
        .prepare_cached("DELETE FROM listeners WHERE id = ? AND workspace = ?")?
        .execute([id.get(), workspace.get()])?;
    if removed > 0 {
        work.change(directory::Change::NoListener(id));
        work.ring(Ring::Listeners);
    }
    Ok(removed > 0)
}

fn one(db: &Connection, workspace: WorkspaceId, id: ListenerId) -> Result<Option<Listener>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} WHERE id = ? AND workspace = ?"))?;
    statement.query_and_then([id.get(), workspace.get()], read)?.next().transpose()
}

fn tell(work: &mut Work<'_>, listener: &Arc<Listener>) {
    work.change(directory::Change::Listener(listener.clone()));
    work.ring(Ring::Listeners);
}

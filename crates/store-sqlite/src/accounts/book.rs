//! The rows of accounts.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};
use sluice_model::account::Condition;
use sluice_model::{Account, AccountId, Channel, WorkspaceId};
use sluice_store::accounts::{Change, NewAccount};
use sluice_store::{Epoch, Fault, Ring};

use crate::directory;
use crate::error::{Error, Result};
use crate::rows;
use crate::writer::Work;

/// Accounts are counted below 2^22, so that an event's id fits 53 bits.
const ACCOUNTS: u32 = 1 << 22;

const COLUMNS: &str = "id, workspace, channel, connector, name, created_at, enabled, settings, condition \
    FROM accounts WHERE removed_at IS NULL";

pub fn all(db: &Connection) -> Result<Vec<Account>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} ORDER BY id"))?.query_and_then([], read)?.collect()
}

fn one(db: &Connection, id: AccountId) -> Result<Option<Account>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} AND id = ?"))?;
    statement.query_and_then([id.get()], read)?.next().transpose()
}

fn read(row: &Row<'_>) -> Result<Account> {
    let channel: String = row.get("channel")?;
    Ok(Account {
        id: AccountId(row.get("id")?),
        workspace: WorkspaceId(row.get("workspace")?),
        channel: Channel::named(&channel).ok_or_else(|| Error::unreadable("channel", &channel))?,
        connector: row.get("connector")?,
        name: row.get("name")?,
        created_at: rows::time(row, "created_at")?,
        enabled: row.get("enabled")?,
        settings: rows::json(row, "settings")?,
        condition: rows::json(row, "condition")?,
    })
}

pub fn add(work: &mut Work<'_>, new: &NewAccount) -> Result<Arc<Account>> {
    let condition = Condition::new(new.at);
    work.db
        .prepare_cached(
            "INSERT INTO accounts (workspace, channel, connector, name, created_at, enabled, settings, condition) \
             VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
        )?
        .execute(params![
            new.workspace.get(),
            new.channel.name(),
            new.connector,
            new.name,
            new.at.millis(),
            serde_json::to_string(&new.settings)?,
            serde_json::to_string(&condition)?,
        ])?;
    let id = AccountId(rows::made(work.db)?);
    if id.get() >= ACCOUNTS {
        return Err(Error::Fault(Fault::Other(format!("there can be no more than {ACCOUNTS} accounts"))));
    }
    let account = Arc::new(Account {
        id,
        workspace: new.workspace,
        channel: new.channel,
        connector: new.connector.clone(),
        name: new.name.clone(),
        created_at: new.at,
        enabled: true,
        settings: new.settings.clone(),
        condition,
    });
    tell(work, &account);
    Ok(account)
}

pub fn change(work: &mut Work<'_>, id: AccountId, change: &Change) -> Result<Option<Arc<Account>>> {
    let Some(mut account) = one(work.db, id)? else {
        return Ok(None);
    };
    if let Some(name) = &change.name {
        account.name.clone_from(name);
    }
    if let Some(enabled) = change.enabled {
        account.enabled = enabled;
    }
    if let Some(settings) = &change.settings {
        account.settings = settings.clone();
    }
    work.db
        .prepare_cached("UPDATE accounts SET name = ?, enabled = ?, settings = ? WHERE id = ?")?
        .execute(params![account.name, account.enabled, serde_json::to_string(&account.settings)?, id.get()])?;
    let account = Arc::new(account);
    tell(work, &account);
    Ok(Some(account))
}

pub fn set_condition(work: &mut Work<'_>, id: AccountId, epoch: Option<Epoch>, condition: &Condition) -> Result<()> {
    if let Some(epoch) = epoch {
        work.check(id, epoch)?;
    }
    let Some(mut account) = one(work.db, id)? else {
        return Ok(());
    };
    account.condition = condition.clone();
    work.db
        .prepare_cached("UPDATE accounts SET condition = ? WHERE id = ?")?
        .execute(params![serde_json::to_string(condition)?, id.get()])?;
    tell(work, &Arc::new(account));
    Ok(())
}

fn tell(work: &mut Work<'_>, account: &Arc<Account>) {
    work.change(directory::Change::Account(account.clone()));
    work.ring(Ring::Account(account.id));
}

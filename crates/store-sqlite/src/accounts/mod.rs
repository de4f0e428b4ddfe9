//! Workspaces, their people and their accounts.

mod book;
pub mod sweep;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::params;
use sluice_model::account::Condition;
use sluice_model::id::UserId;
use sluice_model::{Account, AccountId, Timestamp, Workspace, WorkspaceId};
use sluice_store::accounts::{Change, NewAccount, NewUser};
use sluice_store::{Accounts, Epoch, Fault};

use crate::Sqlite;
use crate::error::Error;
use crate::rows;

pub use book::all;

#[async_trait]
impl Accounts for Sqlite {
    async fn add_workspace(&self, name: &str, now: Timestamp) -> Result<Workspace, Fault> {
        let name = name.to_owned();
        self.writer
            .write(1, move |work| {
                work.db
                    .prepare_cached("INSERT INTO workspaces (name, created_at) VALUES (?, ?)")?
                    .execute(params![name, now.millis()])?;
                let id = WorkspaceId(rows::made(work.db)?);
                Ok(Workspace { id, name: name.clone(), created_at: now })
            })
            .await
    }

    async fn workspaces(&self) -> Result<Vec<Workspace>, Fault> {
        self.readers
            .read(|db| {
                let mut statement = db.prepare_cached("SELECT id, name, created_at FROM workspaces ORDER BY id")?;
                let workspaces = statement.query_and_then([], |row| {
                    Ok(Workspace {
                        id: WorkspaceId(row.get("id")?),
                        name: row.get("name")?,
                        created_at: rows::time(row, "created_at")?,
                    })
                })?;
                workspaces.collect()
            })
            .await
    }

    async fn add_account(&self, new: NewAccount) -> Result<Arc<Account>, Fault> {
        self.writer.write(2, move |work| book::add(work, &new)).await
    }

    async fn account(&self, id: AccountId) -> Result<Option<Arc<Account>>, Fault> {
        Ok(self.directory.read().accounts.get(&id).cloned())
    }

    async fn accounts_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Account>>, Fault> {
        let books = self.directory.read();
        Ok(books.accounts.values().filter(|account| account.workspace == workspace).cloned().collect())
    }

    async fn all_accounts(&self) -> Result<Vec<Arc<Account>>, Fault> {
        Ok(self.directory.read().accounts.values().cloned().collect())
    }

    async fn change_account(&self, id: AccountId, change: Change) -> Result<Option<Arc<Account>>, Fault> {
        self.writer.write(1, move |work| book::change(work, id, &change)).await
    }

    async fn remove_account(&self, id: AccountId, now: Timestamp) -> Result<bool, Fault> {
        self.writer.write(64, move |work| sweep::begin(work, id, now)).await
    }

    async fn take(&self, id: AccountId) -> Result<Epoch, Fault> {
        self.writer
            .write(1, move |work| {
                let head = work.known_head(id)?;
                head.epoch = Epoch(head.epoch.0 + 1);
                let epoch = head.epoch;
                work.db
                    .prepare_cached("UPDATE accounts SET epoch = ? WHERE id = ?")?
                    .execute(params![epoch.0.cast_signed(), id.get()])?;
                Ok(epoch)
            })
            .await
    }

    async fn set_condition(&self, id: AccountId, epoch: Option<Epoch>, condition: Condition) -> Result<(), Fault> {
        self.writer.write(1, move |work| book::set_condition(work, id, epoch, &condition)).await
    }

    async fn add_user(&self, user: NewUser) -> Result<UserId, Fault> {
        self.writer
            .write(1, move |work| {
                work.db
                    .prepare_cached(
                        "INSERT INTO users (workspace, login, password, role, created_at) VALUES (?, ?, ?, ?, ?)",
                    )?
                    .execute(params![user.workspace.get(), user.login, user.password, user.role, user.at.millis()])?;
                Ok(UserId(rows::made(work.db)?))
            })
            .await
    }

    async fn count_users(&self) -> Result<u64, Fault> {
        let count = |db: &rusqlite::Connection| {
            let count: i64 = db.prepare_cached("SELECT count(*) FROM users")?.query_row([], |row| row.get(0))?;
            Ok::<_, Error>(count.unsigned_abs())
        };
        self.readers.read(count).await
    }
}

//! What connectors keep, sealed before it gets here.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use sluice_model::AccountId;
use sluice_store::{Epoch, Fault, Vault};

use crate::Sqlite;

/// Names are compared byte by byte: all that begin with the prefix stand between it and its last follower.
macro_rules! beginning_with {
    () => {
        " FROM vault WHERE account = ?1 AND name >= ?2 AND name < ?2 || char(0x10FFFF) ORDER BY name"
    };
}

#[async_trait]
impl Vault for Sqlite {
    async fn read(&self, account: AccountId, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let name = name.to_owned();
        self.look(account, move |db| {
            let mut statement = db.prepare_cached("SELECT value FROM vault WHERE account = ? AND name = ?")?;
            Ok(statement.query_row(params![account.get(), name], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn list(&self, account: AccountId, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let prefix = prefix.to_owned();
        self.look(account, move |db| {
            let mut statement = db.prepare_cached(concat!("SELECT name, value", beginning_with!()))?;
            let found = statement.query_map(params![account.get(), prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn names(&self, account: AccountId, prefix: &str) -> Result<Vec<String>, Fault> {
        let prefix = prefix.to_owned();
        self.look(account, move |db| {
            let mut statement = db.prepare_cached(concat!("SELECT name", beginning_with!()))?;
            let found = statement.query_map(params![account.get(), prefix], |row| row.get(0))?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn write(
        &self,
        account: AccountId,
        epoch: Epoch,
        changes: Vec<(String, Option<Vec<u8>>)>,
    ) -> Result<(), Fault> {
        self.writer
            .write(changes.len(), move |work| {
                work.check(account, epoch)?;
                for (name, value) in &changes {
                    match value {
                        Some(value) => work
                            .db
                            .prepare_cached("INSERT OR REPLACE INTO vault (account, name, value) VALUES (?, ?, ?)")?
                            .execute(params![account.get(), name, value])?,
                        None => work
                            .db
                            .prepare_cached("DELETE FROM vault WHERE account = ? AND name = ?")?
                            .execute(params![account.get(), name])?,
                    };
                }
                Ok(())
            })
            .await
    }
}

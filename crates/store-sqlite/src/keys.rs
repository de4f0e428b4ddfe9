//! API keys.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use serde_json::Value;
use sluice_model::{AccountId, Key, KeyId, Sealed, Timestamp, WorkspaceId};
use sluice_store::keys::NewKey;
use sluice_store::{Fault, Keys};

use crate::Sqlite;
use crate::directory::Change;
use crate::error::Result as Done;
use crate::rows;
use crate::writer::Work;

#[async_trait]
impl Keys for Sqlite {
    async fn add_key(&self, new: NewKey) -> Result<Arc<Key>, Fault> {
        self.writer.write(1, move |work| add(work, &new)).await
    }

    async fn key(&self, token_hash: &[u8; 32]) -> Result<Option<Arc<Key>>, Fault> {
        Ok(self.directory.read().keys.get(token_hash).cloned())
    }

    async fn keys_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Key>>, Fault> {
        let mut keys: Vec<_> =
            self.directory.read().keys.values().filter(|key| key.workspace == workspace).cloned().collect();
        keys.sort_by_key(|key| key.id);
        Ok(keys)
    }

    async fn set_key_settings(&self, workspace: WorkspaceId, id: KeyId, settings: Value) -> Result<bool, Fault> {
        self.writer.write(1, move |work| set_settings(work, workspace, id, &settings)).await
    }

    async fn end_key(&self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<bool, Fault> {
        self.writer.write(1, move |work| end(work, workspace, id, at)).await
    }

    async fn revoke(&self, workspace: WorkspaceId, id: KeyId) -> Result<bool, Fault> {
        self.writer
            .write(1, move |work| {
                let revoked = work
                    .db
                    .prepare_cached("DELETE FROM keys WHERE id = ? AND workspace = ?")?
                    .execute([id.get(), workspace.get()])?;
                if revoked > 0 {
                    work.change(Change::NoKey(id));
                }
                Ok(revoked > 0)
            })
            .await
    }
}

const COLUMNS: &str = "id, workspace, account, dialect, name, token_hash, prefix, scopes, settings, sealed, \
    created_at, expires_at FROM keys";

pub fn all(db: &Connection) -> Done<Vec<([u8; 32], Key)>> {
    db.prepare(&format!("SELECT {COLUMNS}"))?.query_and_then([], read)?.collect()
}

fn read(row: &Row<'_>) -> Done<([u8; 32], Key)> {
    let key = Key {
        id: KeyId(row.get("id")?),
        workspace: WorkspaceId(row.get("workspace")?),
        account: row.get::<_, Option<u32>>("account")?.map(AccountId),
        dialect: row.get("dialect")?,
        name: row.get("name")?,
        prefix: row.get("prefix")?,
        scopes: rows::json(row, "scopes")?,
        settings: rows::json(row, "settings")?,
        sealed: row.get::<_, Option<Vec<u8>>>("sealed")?.map(Sealed),
        created_at: rows::time(row, "created_at")?,
        expires_at: rows::maybe_time(row, "expires_at")?,
    };
    Ok((row.get("token_hash")?, key))
}

fn add(work: &mut Work<'_>, new: &NewKey) -> Done<Arc<Key>> {
    work.db
        .prepare_cached(
            "INSERT INTO keys (workspace, account, dialect, name, token_hash, prefix, scopes, settings, sealed, \
             created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            new.workspace.get(),
            new.account.map(AccountId::get),
            new.dialect,
            new.name,
            new.token_hash,
            new.prefix,
            serde_json::to_string(&new.scopes)?,
            serde_json::to_string(&new.settings)?,
            new.sealed.as_ref().map(|sealed| &sealed.0),
            new.at.millis(),
            new.expires_at.map(Timestamp::millis),
        ])?;
    let key = Arc::new(Key {
        id: KeyId(rows::made(work.db)?),
        workspace: new.workspace,
        account: new.account,
        dialect: new.dialect.clone(),
        name: new.name.clone(),
        prefix: new.prefix.clone(),
        scopes: new.scopes.clone(),
        settings: new.settings.clone(),
        sealed: new.sealed.clone(),
        created_at: new.at,
        expires_at: new.expires_at,
    });
    work.change(Change::Key(new.token_hash, key.clone()));
    Ok(key)
}

fn set_settings(work: &mut Work<'_>, workspace: WorkspaceId, id: KeyId, settings: &Value) -> Done<bool> {
    let changed = work
        .db
        .prepare_cached("UPDATE keys SET settings = ? WHERE id = ? AND workspace = ?")?
        .execute(params![serde_json::to_string(settings)?, id.get(), workspace.get()])?;
    told(work, id, changed)
}

fn end(work: &mut Work<'_>, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Done<bool> {
    let changed = work
        .db
        .prepare_cached("UPDATE keys SET expires_at = ? WHERE id = ? AND workspace = ?")?
        .execute(params![at.millis(), id.get(), workspace.get()])?;
    told(work, id, changed)
}

/// Has the directory hear of a key that was changed, if one was.
fn told(work: &mut Work<'_>, id: KeyId, changed: usize) -> Done<bool> {
    if changed == 0 {
        return Ok(false);
    }
    let sql = format!("SELECT {COLUMNS} WHERE id = ?");
    if let Some(found) = work.db.prepare_cached(&sql)?.query_and_then([id.get()], read)?.next() {
        let (hash, key) = found?;
        work.change(Change::Key(hash, Arc::new(key)));
    }
    Ok(true)
}

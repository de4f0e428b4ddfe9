//! The request log. Written when there is room beside what callers wait for.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use sluice_model::{AccountId, KeyId, RequestId, Timestamp, WorkspaceId};
use sluice_store::requests::Request;
use sluice_store::shelf::Page;
use sluice_store::{Fault, Requests};

use crate::Sqlite;
use crate::error::Result as Done;
use crate::readers::{Way, is_near};
use crate::rows;

#[async_trait]
impl Requests for Sqlite {
    async fn log(&self, requests: Vec<Request>) -> Result<(), Fault> {
        self.writer
            .write_later(requests.len(), move |work| requests.iter().try_for_each(|request| add(work.db, request)))
            .await
    }

    async fn request(&self, workspace: WorkspaceId, id: RequestId) -> Result<Option<Request>, Fault> {
        self.readers
            .read(move |db| {
                let sql = format!("SELECT {COLUMNS} WHERE id = ? AND workspace = ?");
                let mut statement = db.prepare_cached(&sql)?;
                statement.query_and_then(params![id.get().cast_signed(), workspace.get()], read)?.next().transpose()
            })
            .await
    }

    async fn requests(&self, workspace: WorkspaceId, refused: bool, page: Page) -> Result<Vec<Request>, Fault> {
        self.readers
            .find(Some(workspace), Way::list(is_near(page)), move |db| {
                let filter = if refused { "AND status >= 400" } else { "" };
                let sql = format!("SELECT {COLUMNS} WHERE workspace = ? {filter} ORDER BY id DESC LIMIT ? OFFSET ?");
                let (limit, offset) = rows::page(page);
                let mut statement = db.prepare_cached(&sql)?;
                statement.query_and_then(params![workspace.get(), limit, offset], read)?.collect()
            })
            .await
    }

    async fn prune_requests(&self, at: Timestamp, limit: usize) -> Result<u64, Fault> {
        self.writer.write_later(limit, move |work| prune(work.db, at, limit)).await
    }
}

const COLUMNS: &str = "id, at, workspace, account, key, dialect, endpoint, method, path, status, took_ms, address, \
    content_type, body, answer, code FROM requests";

fn read(row: &Row<'_>) -> Done<Request> {
    Ok(Request {
        id: RequestId(rows::id(row.get("id")?)?),
        at: rows::time(row, "at")?,
        workspace: row.get::<_, Option<u32>>("workspace")?.map(WorkspaceId),
        account: row.get::<_, Option<u32>>("account")?.map(AccountId),
        key: row.get::<_, Option<u32>>("key")?.map(KeyId),
        dialect: row.get("dialect")?,
        endpoint: row.get("endpoint")?,
        method: row.get("method")?,
        path: row.get("path")?,
        status: row.get("status")?,
        took_ms: row.get("took_ms")?,
        address: row.get("address")?,
        content_type: row.get("content_type")?,
        body: row.get("body")?,
        answer: row.get("answer")?,
        code: row.get("code")?,
    })
}

fn add(db: &Connection, request: &Request) -> Done<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO requests (id, at, workspace, account, key, dialect, endpoint, method, path, status, \
         took_ms, address, content_type, body, answer, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        request.id.get().cast_signed(),
        request.at.millis(),
        request.workspace.map(WorkspaceId::get),
        request.account.map(AccountId::get),
        request.key.map(KeyId::get),
        request.dialect,
        request.endpoint,
        request.method,
        request.path,
        request.status,
        request.took_ms,
        request.address,
        request.content_type,
        request.body,
        request.answer,
        request.code,
    ])?;
    Ok(())
}

/// Ids grow with time, near enough: the first that is young enough ends the search.
fn prune(db: &Connection, at: Timestamp, limit: usize) -> Done<u64> {
    let young = "SELECT ifnull((SELECT id FROM requests WHERE at >= ? ORDER BY id LIMIT 1), 9223372036854775807)";
    let young: i64 = db.prepare_cached(young)?.query_row([at.millis()], |row| row.get(0))?;
    let pruned = db
        .prepare_cached("DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE id < ? ORDER BY id LIMIT ?)")?
        .execute(params![young, rows::limit(limit)])?;
    Ok(pruned as u64)
}

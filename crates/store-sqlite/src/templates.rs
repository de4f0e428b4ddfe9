//! Templates of workspaces.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Row, params};
use sluice_model::{Template, WorkspaceId};
use sluice_store::{Fault, Templates};

use crate::Sqlite;
use crate::error::Result as Done;
use crate::rows;

#[async_trait]
impl Templates for Sqlite {
    async fn add_template(&self, new: Template) -> Result<bool, Fault> {
        self.writer
            .write(1, move |work| {
                let added = work
                    .db
                    .prepare_cached(
                        "INSERT INTO templates (workspace, name, parameter_limit, wordings, created_at, changed_at) \
                         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![
                        new.workspace.get(),
                        new.name,
                        new.parameter_limit,
                        serde_json::to_string(&new.wordings)?,
                        new.created_at.millis(),
                        new.changed_at.millis(),
                    ])?;
                Ok(added > 0)
            })
            .await
    }

    async fn template(&self, workspace: WorkspaceId, name: &str) -> Result<Option<Arc<Template>>, Fault> {
        let name = name.to_owned();
        self.readers
            .read(move |db| {
                let sql = format!("SELECT {COLUMNS} WHERE workspace = ? AND name = ?");
                let mut statement = db.prepare_cached(&sql)?;
                statement.query_and_then(params![workspace.get(), name], read)?.next().transpose()
            })
            .await
    }

    async fn templates_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Template>>, Fault> {
        self.readers
            .read(move |db| {
                let sql = format!("SELECT {COLUMNS} WHERE workspace = ? ORDER BY name");
                let mut statement = db.prepare_cached(&sql)?;
                statement.query_and_then([workspace.get()], read)?.collect()
            })
            .await
    }

    async fn change_template(&self, template: Template) -> Result<bool, Fault> {
        self.writer
            .write(1, move |work| {
                let changed = work
                    .db
                    .prepare_cached(
                        "UPDATE templates SET parameter_limit = ?, wordings = ?, changed_at = ? \
                         WHERE workspace = ? AND name = ?",
                    )?
                    .execute(params![
                        template.parameter_limit,
                        serde_json::to_string(&template.wordings)?,
                        template.changed_at.millis(),
                        template.workspace.get(),
                        template.name,
                    ])?;
                Ok(changed > 0)
            })
            .await
    }

    async fn remove_template(&self, workspace: WorkspaceId, name: &str) -> Result<bool, Fault> {
        let name = name.to_owned();
        self.writer
            .write(1, move |work| {
                let removed = work
                    .db
                    .prepare_cached("DELETE FROM templates WHERE workspace = ? AND name = ?")?
                    .execute(params![workspace.get(), name])?;
                Ok(removed > 0)
            })
            .await
    }
}

const COLUMNS: &str = "workspace, name, parameter_limit, wordings, created_at, changed_at FROM templates";

fn read(row: &Row<'_>) -> Done<Arc<Template>> {
    Ok(Arc::new(Template {
        workspace: WorkspaceId(row.get("workspace")?),
        name: row.get("name")?,
        parameter_limit: row.get("parameter_limit")?,
        wordings: rows::json(row, "wordings")?,
        created_at: rows::time(row, "created_at")?,
        changed_at: rows::time(row, "changed_at")?,
    }))
}

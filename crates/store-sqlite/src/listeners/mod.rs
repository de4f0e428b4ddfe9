//! Who wants to hear what happens.

mod book;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use sluice_model::{AccountId, Listener, ListenerId, Position, WorkspaceId};
use sluice_store::listeners::{Change, NewListener};
use sluice_store::{Fault, Listeners};

use crate::Sqlite;

pub use book::{all, past, prune_past};

#[async_trait]
impl Listeners for Sqlite {
    async fn add_listener(&self, new: NewListener) -> Result<Arc<Listener>, Fault> {
        self.writer.write(4, move |work| book::add(work, &new)).await
    }

    async fn listener(&self, id: ListenerId) -> Result<Option<Arc<Listener>>, Fault> {
        Ok(self.directory.read().listeners.get(&id).cloned())
    }

    async fn listeners_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Listener>>, Fault> {
        let books = self.directory.read();
        Ok(books.listeners.values().filter(|listener| listener.workspace == workspace).cloned().collect())
    }

    async fn all_listeners(&self) -> Result<Vec<Arc<Listener>>, Fault> {
        Ok(self.directory.read().listeners.values().cloned().collect())
    }

    async fn listener_of(&self, account: AccountId, dialect: &str) -> Result<Option<Arc<Listener>>, Fault> {
        let books = self.directory.read();
        Ok(books.own_listeners(account).find(|listener| listener.dialect == dialect).cloned())
    }

    async fn change_listener(
        &self,
        workspace: WorkspaceId,
        id: ListenerId,
        change: Change,
    ) -> Result<Option<Arc<Listener>>, Fault> {
        self.writer.write(4, move |work| book::change(work, workspace, id, &change)).await
    }

    async fn settings_at(
        &self,
        id: ListenerId,
        account: AccountId,
        position: Position,
    ) -> Result<Option<Value>, Fault> {
        let books = self.directory.read();
        let Some(listener) = books.listeners.get(&id) else {
            return Ok(None);
        };
        let then = books.past.get(&(id, account)).and_then(|past| past.range(position..).next());
        Ok(Some(then.map_or_else(|| listener.settings.clone(), |(_, settings)| settings.clone())))
    }

    async fn remove_listener(&self, workspace: WorkspaceId, id: ListenerId) -> Result<bool, Fault> {
        self.writer.write(16, move |work| book::remove(work, workspace, id)).await
    }
}

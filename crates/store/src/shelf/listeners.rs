//! Who wants to hear what happens.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_model::listener::{Off, Target};
use sluice_model::{AccountId, Listener, ListenerId, Position, Sealed, Timestamp, WorkspaceId};

use crate::Fault;

#[async_trait]
pub trait Listeners: Send + Sync {
    /// Its cursors stand at the journals' present ends.
    async fn add_listener(&self, new: NewListener) -> Result<Arc<Listener>, Fault>;

    async fn listener(&self, id: ListenerId) -> Result<Option<Arc<Listener>>, Fault>;

    async fn listeners_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Listener>>, Fault>;

    async fn all_listeners(&self) -> Result<Vec<Arc<Listener>>, Fault>;

    /// The one listener that a dialect's own settings stand for, of one account.
    async fn listener_of(&self, account: AccountId, dialect: &str) -> Result<Option<Arc<Listener>>, Fault>;

    /// Replaces what is given. `None` when the workspace has no such listener. The switches that were in force are
    /// kept with the position at which they ended, see [`Listeners::settings_at`].
    async fn change_listener(
        &self,
        workspace: WorkspaceId,
        id: ListenerId,
        change: Change,
    ) -> Result<Option<Arc<Listener>>, Fault>;

    /// The dialect's switches that were in force when an entry was written: what was wanted then is told, what was not
    /// wanted is not, whatever was switched since.
    async fn settings_at(
        &self,
        id: ListenerId,
        account: AccountId,
        position: Position,
    ) -> Result<Option<serde_json::Value>, Fault>;

    /// False when the workspace has no such listener.
    async fn remove_listener(&self, workspace: WorkspaceId, id: ListenerId) -> Result<bool, Fault>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewListener {
    pub workspace: WorkspaceId,
    pub account: Option<AccountId>,
    pub dialect: String,
    pub name: String,
    pub target: Target,
    pub events: Vec<String>,
    pub settings: serde_json::Value,
    pub secret: Option<Sealed>,
    pub at: Timestamp,
}

/// `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub name: Option<String>,
    pub target: Option<Target>,
    pub events: Option<Vec<String>>,
    pub settings: Option<serde_json::Value>,
    pub secret: Option<Option<Sealed>>,
    pub enabled: Option<bool>,
    /// Given with `enabled: Some(false)` by the gateway itself. Who switches on, or off what was on, leaves no reason behind;
    /// who switches off what is off already leaves it as it is.
    pub off: Option<Off>,
}

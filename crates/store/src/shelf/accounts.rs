//! Workspaces and their accounts, and who may speak for an account.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sluice_model::account::{Condition, Settings};
use sluice_model::{Account, AccountId, Channel, Timestamp, Workspace, WorkspaceId};

use crate::Fault;

/// Counts the times an account's session was opened anywhere; only the newest may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

#[async_trait]
pub trait Accounts: Send + Sync {
    async fn add_workspace(&self, name: &str, now: Timestamp) -> Result<Workspace, Fault>;

    async fn workspaces(&self) -> Result<Vec<Workspace>, Fault>;

    async fn add_account(&self, new: NewAccount) -> Result<Arc<Account>, Fault>;

    /// `None` when it is not there or was removed.
    async fn account(&self, id: AccountId) -> Result<Option<Arc<Account>>, Fault>;

    /// In the order of their making.
    async fn accounts_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Account>>, Fault>;

    async fn all_accounts(&self) -> Result<Vec<Arc<Account>>, Fault>;

    /// `None` when there is no such account.
    async fn change_account(&self, id: AccountId, change: Change) -> Result<Option<Arc<Account>>, Fault>;

    /// Removes the account with all that belongs to it. False when it was not there.
    async fn remove_account(&self, id: AccountId, now: Timestamp) -> Result<bool, Fault>;

    /// Takes the right to speak for the account; whoever had it before is stale from now on.
    async fn take(&self, id: AccountId) -> Result<Epoch, Fault>;

    /// Writes how the account stands. `Fault::Stale` when `epoch` is given and is not the present one.
    async fn set_condition(&self, id: AccountId, epoch: Option<Epoch>, condition: Condition) -> Result<(), Fault>;

    /// Adds a person who may use the console; `password` is an argon2 hash.
    async fn add_user(&self, user: NewUser) -> Result<sluice_model::id::UserId, Fault>;

    async fn count_users(&self) -> Result<u64, Fault>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    pub workspace: WorkspaceId,
    pub channel: Channel,
    pub connector: String,
    pub name: String,
    pub settings: Settings,
    pub at: Timestamp,
}

/// `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub settings: Option<Settings>,
}

/// A person of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    pub workspace: WorkspaceId,
    pub login: String,
    pub password: Option<String>,
    /// `owner`, `admin`, `operator`, `support`, `auditor`.
    pub role: String,
    pub at: Timestamp,
}

//! API keys, by the hash of their token.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_model::{AccountId, Key, KeyId, Scope, Sealed, Timestamp, WorkspaceId};

use crate::Fault;

#[async_trait]
pub trait Keys: Send + Sync {
    async fn add_key(&self, new: NewKey) -> Result<Arc<Key>, Fault>;

    /// `token_hash` is SHA-256 of the token. Expiry is the caller's to check. Must be cheap: every call asks it.
    async fn key(&self, token_hash: &[u8; 32]) -> Result<Option<Arc<Key>>, Fault>;

    async fn keys_of(&self, workspace: WorkspaceId) -> Result<Vec<Arc<Key>>, Fault>;

    /// Replaces the dialect's switches of a key. False when the workspace has no such key.
    async fn set_key_settings(
        &self,
        workspace: WorkspaceId,
        id: KeyId,
        settings: serde_json::Value,
    ) -> Result<bool, Fault>;

    /// The key is valid until `at` and no longer. False when the workspace has no such key.
    async fn end_key(&self, workspace: WorkspaceId, id: KeyId, at: Timestamp) -> Result<bool, Fault>;

    /// The token is no key any more from the moment this returns. False when the workspace has no such key.
    async fn revoke(&self, workspace: WorkspaceId, id: KeyId) -> Result<bool, Fault>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewKey {
    pub workspace: WorkspaceId,
    pub account: Option<AccountId>,
    pub dialect: Option<String>,
    pub name: String,
    pub token_hash: [u8; 32],
    pub prefix: String,
    pub scopes: Vec<Scope>,
    pub settings: serde_json::Value,
    pub sealed: Option<Sealed>,
    pub at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

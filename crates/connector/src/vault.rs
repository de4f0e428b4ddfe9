//! What a connector keeps for its account between sessions: sealed at rest, fenced by the session's epoch.

use async_trait::async_trait;

use crate::Closed;

#[async_trait]
pub trait Vault: Send + Sync {
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Closed>;

    /// Names starting with `prefix` and their values, by name.
    async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Closed>;

    /// The names alone, for where the values are many and not needed.
    async fn names(&self, prefix: &str) -> Result<Vec<String>, Closed> {
        Ok(self.list(prefix).await?.into_iter().map(|(name, _)| name).collect())
    }

    /// Puts (`Some`) and removes (`None`), all or nothing, durably.
    async fn write(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), Closed>;
}

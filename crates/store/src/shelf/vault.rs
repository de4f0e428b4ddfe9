//! What a connector keeps for its account: login credentials, ratchets, cursors. Opaque here, sealed by the connector's
//! surroundings before it gets here.

use async_trait::async_trait;
use sluice_model::AccountId;

use crate::{Epoch, Fault};

#[async_trait]
pub trait Vault: Send + Sync {
    async fn read(&self, account: AccountId, name: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// Names starting with `prefix` and their values, by name.
    async fn list(&self, account: AccountId, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Fault>;

    /// The names alone.
    async fn names(&self, account: AccountId, prefix: &str) -> Result<Vec<String>, Fault>;

    /// Puts (`Some`) and removes (`None`) in one commit. `Fault::Stale` when `epoch` is not the account's.
    async fn write(
        &self,
        account: AccountId,
        epoch: Epoch,
        changes: Vec<(String, Option<Vec<u8>>)>,
    ) -> Result<(), Fault>;
}

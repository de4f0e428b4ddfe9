//! The connectors' vault over the store's: everything is sealed on its way in and opened on its way out.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::Closed;
use sluice_model::AccountId;
use sluice_store::{Epoch, Fault, Store};

/// Sealing at rest, as the gateway does it.
pub trait Seal: Send + Sync {
    /// `context` says where the value belongs; what was sealed for one place cannot be opened for another.
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8>;

    /// `None` when the bytes were changed, or sealed under another key or for another place.
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// One account's vault under one epoch.
pub struct Vault {
    pub store: Arc<dyn Store>,
    pub seal: Arc<dyn Seal>,
    pub account: AccountId,
    pub epoch: Epoch,
}

impl Vault {
    fn context(&self, name: &str) -> String {
        format!("vault/{}/{name}", self.account)
    }

    fn open(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, Closed> {
        self.seal.open(&self.context(name), sealed).ok_or_else(|| {
            tracing::error!(account = %self.account, name, "a value of the vault cannot be opened: is this the master key it was sealed with?");
            Closed
        })
    }

    fn closed(&self, fault: &Fault) -> Closed {
        if *fault != Fault::Stale {
            tracing::error!(account = %self.account, %fault, "the vault cannot be used");
        }
        Closed
    }
}

#[async_trait]
impl sluice_connector::Vault for Vault {
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Closed> {
        let sealed = self
            .store
            .read(self.account, name)
            .await
            .map_err(|fault| self.closed(&fault))?;
        sealed.map(|sealed| self.open(name, &sealed)).transpose()
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Closed> {
        let sealed = self
            .store
            .list(self.account, prefix)
            .await
            .map_err(|fault| self.closed(&fault))?;
        sealed
            .into_iter()
            .map(|(name, sealed)| {
                let plain = self.open(&name, &sealed)?;
                Ok((name, plain))
            })
            .collect()
    }

    async fn write(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), Closed> {
        let sealed = changes.into_iter().map(|(name, plain)| {
            let sealed = plain.map(|plain| self.seal.seal(&self.context(&name), &plain));
            (name, sealed)
        });
        self.store
            .write(self.account, self.epoch, sealed.collect())
            .await
            .map_err(|fault| self.closed(&fault))
    }
}

//! The connectors' vault over the store's: everything is sealed on its way in and opened on its way out.

use async_trait::async_trait;
use sluice_connector::Closed;
use sluice_model::AccountId;

use crate::mandate::{Mandate, Word};

/// Sealing at rest, as the gateway does it.
pub trait Seal: Send + Sync {
    /// `context` says where the value belongs; what was sealed for one place cannot be opened for another.
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8>;

    /// `None` when the bytes were changed, or sealed under another key or for another place.
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// What others sealed and this room opens; they must name the same context.
pub mod seals {
    /// An account's proxy URL, sealed by intake.
    pub const PROXY: &str = "proxy";
}

/// One account's vault under one mandate.
pub struct Vault(pub Mandate);

/// The context in which a value of an account's vault is sealed.
pub fn sealed_for(account: AccountId, name: &str) -> String {
    format!("vault/{account}/{name}")
}

impl Vault {
    fn context(&self, name: &str) -> String {
        sealed_for(self.0.account, name)
    }

    fn open(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, Closed> {
        let plain = self.0.parts.seal.open(&self.context(name), sealed);
        plain.ok_or_else(|| {
            tracing::error!(account = %self.0.account, name, "a value of the vault cannot be opened: is this the master key it was sealed with?");
            self.0.tell(Word::Broke);
            Closed
        })
    }
}

#[async_trait]
impl sluice_connector::Vault for Vault {
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Closed> {
        let store = &self.0.parts.store;
        let sealed = self.0.read(|| store.read(self.0.account, name)).await?;
        sealed.map(|sealed| self.open(name, &sealed)).transpose()
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Closed> {
        let store = &self.0.parts.store;
        let sealed = self.0.read(|| store.list(self.0.account, prefix)).await?;
        sealed
            .into_iter()
            .map(|(name, sealed)| {
                let plain = self.open(&name, &sealed)?;
                Ok((name, plain))
            })
            .collect()
    }

    async fn names(&self, prefix: &str) -> Result<Vec<String>, Closed> {
        let store = &self.0.parts.store;
        self.0.read(|| store.names(self.0.account, prefix)).await
    }

    async fn write(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), Closed> {
        let Mandate { parts, account, epoch, .. } = &self.0;
        let seal = |(name, plain): (String, Option<Vec<u8>>)| {
            let sealed = plain.map(|plain| parts.seal.seal(&self.context(&name), &plain));
            (name, sealed)
        };
        let sealed: Vec<_> = changes.into_iter().map(seal).collect();
        let write = || parts.store.write(*account, *epoch, sealed.clone());
        self.0.write(write).await
    }
}

//! The linked device: who we are at WhatsApp, and our long-lived keys.

use async_trait::async_trait;
use sluice_connector::{Closed, Vault};
use whatsapp_rust::wacore::store::Device;
use whatsapp_rust::wacore::store::error::Result;
use whatsapp_rust::wacore::store::traits::DeviceStore;

use super::{Store, decode, encode};

/// Where the vault has it.
const DEVICE: &str = "device";

/// Whether a phone has taken this device in, by what the vault says.
pub async fn is_paired(vault: &dyn Vault) -> std::result::Result<bool, Closed> {
    let kept = vault.read(DEVICE).await?;
    Ok(kept.is_some_and(|bytes| decode::<Device>(&bytes).is_ok_and(|device| device.pn.is_some())))
}

#[async_trait]
impl DeviceStore for Store {
    async fn save(&self, device: &Device) -> Result<()> {
        self.put(DEVICE.to_owned(), encode(device)?).await
    }

    async fn load(&self) -> Result<Option<Device>> {
        self.read_as(DEVICE).await
    }

    async fn exists(&self) -> Result<bool> {
        Ok(self.read(DEVICE).await?.is_some())
    }

    /// One vault is one device; its number says nothing.
    async fn create(&self) -> Result<i32> {
        if !self.exists().await? {
            self.save(&Device::new()).await?;
        }
        Ok(1)
    }
}

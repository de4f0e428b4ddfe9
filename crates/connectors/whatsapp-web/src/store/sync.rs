//! The state that the account's devices share (contacts, archived chats): keys, versions and marks.

use async_trait::async_trait;
use whatsapp_rust::wacore::appstate::hash::HashState;
use whatsapp_rust::wacore::appstate::processor::AppStateMutationMAC;
use whatsapp_rust::wacore::store::error::Result;
use whatsapp_rust::wacore::store::traits::{AppStateSyncKey, AppSyncStore};

use super::{Kind, Store, encode, name, prefix};

/// Which key came last; beside the keys, whose names have a part.
fn latest() -> String {
    name(Kind::SyncKey, &[])
}

fn mac(collection: &str, index: &[u8]) -> String {
    name(Kind::MutationMac, &[collection, &hex::encode(index)])
}

#[async_trait]
impl AppSyncStore for Store {
    async fn get_sync_key(&self, key_id: &[u8]) -> Result<Option<AppStateSyncKey>> {
        self.read_as(&name(Kind::SyncKey, &[&hex::encode(key_id)])).await
    }

    async fn set_sync_key(&self, key_id: &[u8], key: AppStateSyncKey) -> Result<()> {
        let id = hex::encode(key_id);
        let key = encode(&key)?;
        self.write(vec![(name(Kind::SyncKey, &[&id]), Some(key)), (latest(), Some(id.into_bytes()))]).await
    }

    async fn get_version(&self, collection: &str) -> Result<HashState> {
        Ok(self.read_as(&name(Kind::Version, &[collection])).await?.unwrap_or_default())
    }

    async fn set_version(&self, collection: &str, state: HashState) -> Result<()> {
        self.put(name(Kind::Version, &[collection]), encode(&state)?).await
    }

    async fn put_mutation_macs(
        &self,
        collection: &str,
        _version: u64,
        mutations: &[AppStateMutationMAC],
    ) -> Result<()> {
        let change = |m: &AppStateMutationMAC| (mac(collection, &m.index_mac), Some(m.value_mac.clone()));
        self.write(mutations.iter().map(change).collect()).await
    }

    async fn get_mutation_mac(&self, collection: &str, index_mac: &[u8]) -> Result<Option<Vec<u8>>> {
        self.read(&mac(collection, index_mac)).await
    }

    async fn delete_mutation_macs(&self, collection: &str, index_macs: &[Vec<u8>]) -> Result<()> {
        self.write(index_macs.iter().map(|index| (mac(collection, index), None)).collect()).await
    }

    async fn clear_mutation_macs(&self, collection: &str) -> Result<()> {
        let _turn = self.turn.lock().await;
        let names = self.names(&prefix(Kind::MutationMac, &[collection])).await?;
        self.write(names.into_iter().map(|name| (name, None)).collect()).await
    }

    async fn get_latest_sync_key_id(&self) -> Result<Option<Vec<u8>>> {
        let kept = self.read(&latest()).await?;
        Ok(kept.and_then(|id| hex::decode(id).ok()))
    }
}

//! Keys and sessions of the end-to-end encryption.

use std::sync::Arc;

use async_trait::async_trait;
use whatsapp_rust::bytes::Bytes;
use whatsapp_rust::wacore::store::error::{Result, StoreError};
use whatsapp_rust::wacore::store::traits::SignalStore;

use super::{Change, Kind, Store, last_part, name, prefix};

/// Padded, so that names stand in the order of the numbers.
fn numbered(kind: Kind, id: u32) -> String {
    name(kind, &[&format!("{id:08x}")])
}

fn number_in(name: &str) -> Option<u32> {
    u32::from_str_radix(&last_part(name), 16).ok()
}

fn all_of(kind: Kind, entries: &[(Arc<str>, Bytes)]) -> Vec<Change> {
    entries.iter().map(|(address, value)| (name(kind, &[address]), Some(value.to_vec()))).collect()
}

#[async_trait]
impl SignalStore for Store {
    async fn put_identity(&self, address: &str, key: [u8; 32]) -> Result<()> {
        self.put(name(Kind::Identity, &[address]), key.to_vec()).await
    }

    async fn put_identities_batch(&self, identities: &[(Arc<str>, [u8; 32])]) -> Result<()> {
        let change = |(address, key): &(Arc<str>, [u8; 32])| (name(Kind::Identity, &[address]), Some(key.to_vec()));
        self.write(identities.iter().map(change).collect()).await
    }

    async fn load_identity(&self, address: &str) -> Result<Option<[u8; 32]>> {
        let Some(key) = self.read(&name(Kind::Identity, &[address])).await? else { return Ok(None) };
        let key = key.try_into().map_err(|_| StoreError::Validation("an identity key has 32 bytes".to_owned()))?;
        Ok(Some(key))
    }

    async fn delete_identity(&self, address: &str) -> Result<()> {
        self.remove(name(Kind::Identity, &[address])).await
    }

    async fn get_session(&self, address: &str) -> Result<Option<Bytes>> {
        Ok(self.read(&name(Kind::Session, &[address])).await?.map(Bytes::from))
    }

    async fn put_session(&self, address: &str, session: &[u8]) -> Result<()> {
        self.put(name(Kind::Session, &[address]), session.to_vec()).await
    }

    async fn put_sessions_batch(&self, sessions: &[(Arc<str>, Bytes)]) -> Result<()> {
        self.write(all_of(Kind::Session, sessions)).await
    }

    async fn delete_session(&self, address: &str) -> Result<()> {
        self.remove(name(Kind::Session, &[address])).await
    }

    async fn has_signal_state_for_user(&self, user: &str) -> Result<bool> {
        for kind in [Kind::Session, Kind::Identity] {
            // An address is `user@server` or `user:device@server`.
            for end in ['@', ':'] {
                if !self.names(&format!("{}{end}", name(kind, &[user]))).await?.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn store_prekey(&self, id: u32, record: &[u8], _uploaded: bool) -> Result<()> {
        self.put(numbered(Kind::PreKey, id), record.to_vec()).await
    }

    async fn store_prekeys_batch(&self, keys: &[(u32, Bytes)], _uploaded: bool) -> Result<()> {
        let change = |(id, record): &(u32, Bytes)| (numbered(Kind::PreKey, *id), Some(record.to_vec()));
        self.write(keys.iter().map(change).collect()).await
    }

    async fn load_prekey(&self, id: u32) -> Result<Option<Bytes>> {
        Ok(self.read(&numbered(Kind::PreKey, id)).await?.map(Bytes::from))
    }

    /// What was uploaded the device itself remembers (its counters); the mark on the single key is read by nobody.
    async fn mark_prekeys_uploaded(&self, _ids: &[u32]) -> Result<()> {
        Ok(())
    }

    async fn remove_prekey(&self, id: u32) -> Result<()> {
        self.remove(numbered(Kind::PreKey, id)).await
    }

    async fn get_max_prekey_id(&self) -> Result<u32> {
        let names = self.names(&prefix(Kind::PreKey, &[])).await?;
        Ok(names.last().and_then(|name| number_in(name)).unwrap_or(0))
    }

    async fn store_signed_prekey(&self, id: u32, record: &[u8]) -> Result<()> {
        self.put(numbered(Kind::SignedPreKey, id), record.to_vec()).await
    }

    async fn load_signed_prekey(&self, id: u32) -> Result<Option<Vec<u8>>> {
        self.read(&numbered(Kind::SignedPreKey, id)).await
    }

    async fn load_all_signed_prekeys(&self) -> Result<Vec<(u32, Vec<u8>)>> {
        let kept = self.list(&prefix(Kind::SignedPreKey, &[])).await?;
        Ok(kept.into_iter().filter_map(|(name, record)| Some((number_in(&name)?, record))).collect())
    }

    async fn remove_signed_prekey(&self, id: u32) -> Result<()> {
        self.remove(numbered(Kind::SignedPreKey, id)).await
    }

    async fn put_sender_key(&self, address: &str, record: &[u8]) -> Result<()> {
        self.put(name(Kind::SenderKey, &[address]), record.to_vec()).await
    }

    async fn put_sender_keys_batch(&self, sender_keys: &[(Arc<str>, Bytes)]) -> Result<()> {
        self.write(all_of(Kind::SenderKey, sender_keys)).await
    }

    async fn get_sender_key(&self, address: &str) -> Result<Option<Vec<u8>>> {
        self.read(&name(Kind::SenderKey, &[address])).await
    }

    async fn delete_sender_key(&self, address: &str) -> Result<()> {
        self.remove(name(Kind::SenderKey, &[address])).await
    }
}

//! What the WhatsApp library keeps between connections, in the account's vault: keys, sessions, mappings, what is not
//! acknowledged yet.
//!
//! Each value has a name of its own under a [`Kind`]; each call of the library is one read, or one write that is all or
//! nothing. Nothing is cached here, so that a quiet session costs no memory; what is used often the library caches
//! itself.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_connector::{Closed, Vault};
use tokio::sync::{Mutex, RwLock};
use whatsapp_rust::wacore::store::error::{Result, StoreError};

mod device;
mod protocol;
mod retry;
mod secrets;
mod signal;
mod sync;
#[cfg(test)]
mod tests;

pub use device::is_paired;

/// One change of the vault: `None` removes.
type Change = (String, Option<Vec<u8>>);

/// Implements all storage traits of the library.
pub struct Store {
    vault: Arc<dyn Vault>,
    /// Held over a read and the write that depends on it.
    turn: Mutex<()>,
    /// Nothing is written any more. Held for reading over each write, and for writing while all is forgotten.
    forgotten: RwLock<bool>,
}

/// The first sign of a name.
#[derive(Clone, Copy)]
enum Kind {
    Identity = b'i' as isize,
    Session = b's' as isize,
    PreKey = b'p' as isize,
    SignedPreKey = b'g' as isize,
    SenderKey = b'k' as isize,
    SyncKey = b'a' as isize,
    Version = b'v' as isize,
    MutationMac = b'm' as isize,
    SenderKeyDevice = b'd' as isize,
    Lid = b'l' as isize,
    Phone = b'n' as isize,
    BaseKey = b'b' as isize,
    Devices = b'u' as isize,
    Group = b'r' as isize,
    Token = b't' as isize,
    Sent = b'o' as isize,
    Pending = b'q' as isize,
    Secret = b'x' as isize,
}

impl Store {
    pub fn new(vault: Arc<dyn Vault>) -> Self {
        Self { vault, turn: Mutex::new(()), forgotten: RwLock::new(false) }
    }

    /// Empties the vault of this and everything else, for good: what a client still has to write is refused.
    pub async fn forget(&self) -> std::result::Result<(), Closed> {
        let mut forgotten = self.forgotten.write().await;
        *forgotten = true;
        let names = self.vault.names("").await?;
        self.vault.write(names.into_iter().map(|name| (name, None)).collect()).await
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.vault.read(name).await.map_err(gone)
    }

    async fn read_as<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        self.read(name).await?.map(|bytes| decode(&bytes)).transpose()
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>> {
        self.vault.list(prefix).await.map_err(gone)
    }

    async fn names(&self, prefix: &str) -> Result<Vec<String>> {
        self.vault.names(prefix).await.map_err(gone)
    }

    async fn write(&self, changes: Vec<Change>) -> Result<()> {
        let forgotten = self.forgotten.read().await;
        if *forgotten {
            return Err(gone(Closed));
        }
        if changes.is_empty() {
            return Ok(());
        }
        self.vault.write(changes).await.map_err(gone)
    }

    async fn put(&self, name: String, value: Vec<u8>) -> Result<()> {
        self.write(vec![(name, Some(value))]).await
    }

    async fn remove(&self, name: String) -> Result<()> {
        self.write(vec![(name, None)]).await
    }

    /// Removes all whose value is out of date; returns their number.
    async fn prune(&self, kind: Kind, is_over: impl Fn(&[u8]) -> bool + Send) -> Result<u32> {
        let _turn = self.turn.lock().await;
        let over = self.list(&prefix(kind, &[])).await?.into_iter().filter(|(_, value)| is_over(value));
        let changes: Vec<Change> = over.map(|(name, _)| (name, None)).collect();
        let removed = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        self.write(changes).await?;
        Ok(removed)
    }
}

/// The name of one thing; its parts may hold any sign.
fn name(kind: Kind, parts: &[&str]) -> String {
    let mut name = String::from(char::from(kind as u8));
    for part in parts {
        name.push('|');
        name.push_str(&escaped(part));
    }
    name
}

/// What all names begin with whose first parts are these.
fn prefix(kind: Kind, parts: &[&str]) -> String {
    name(kind, parts) + "|"
}

fn escaped(part: &str) -> Cow<'_, str> {
    if part.contains(['|', '%']) { part.replace('%', "%25").replace('|', "%7C").into() } else { part.into() }
}

fn unescaped(part: &str) -> String {
    part.replace("%7C", "|").replace("%25", "%")
}

/// The last part of a name.
fn last_part(name: &str) -> String {
    unescaped(name.rsplit('|').next().unwrap_or_default())
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| StoreError::Serialization(Box::new(error)))
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Serialization(Box::new(error)))
}

fn gone(closed: Closed) -> StoreError {
    StoreError::Connection(Box::new(closed))
}

/// Seconds of the library's own clock: its deadlines are given in it.
fn now() -> i64 {
    whatsapp_rust::wacore::time::now_secs()
}

/// A number in front of bytes, and back.
fn stamped(stamp: i64, bytes: &[u8]) -> Vec<u8> {
    [&stamp.to_le_bytes(), bytes].concat()
}

fn stamp_of(value: &[u8]) -> i64 {
    value.first_chunk().map_or(0, |stamp| i64::from_le_bytes(*stamp))
}

fn unstamped(mut value: Vec<u8>) -> Vec<u8> {
    value.drain(..value.len().min(8));
    value
}

//! The account's records in the vault.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use sluice_connector::{Closed, Home, Vault};
use sluice_model::device::Device;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Failure, MessageId};

/// Who is paired. There is one while somebody is logged in.
pub(crate) const DEVICE: &str = "device";
pub(crate) const STANDING: &str = "standing";
/// The account's own settings, as they were given.
pub(crate) const SETTINGS: &str = "settings";
pub(crate) const JOBS: &str = "job/";
pub(crate) const CHATS: &str = "chat/";
pub(crate) const EVIDENCE: &str = "evidence/";
/// Ids of happenings that were handed in, in parts.
pub(crate) const SEEN: &str = "seen/";
/// The lines that each notification showed last.
pub(crate) const NOTES: &str = "note/";

pub(crate) fn job(number: MessageId) -> String {
    format!("{JOBS}{:016x}", number.get())
}

pub(crate) fn evidence(number: u64) -> String {
    format!("{EVIDENCE}{number:016x}")
}

/// `prefix` and a name of bounded length for anything.
pub(crate) fn named(prefix: &str, what: &str) -> String {
    format!("{prefix}{:016x}", hash(&[what]))
}

/// The same for the same words, today and in another version.
pub(crate) fn hash(words: &[&str]) -> u64 {
    let mut digest = Sha256::new();
    for word in words {
        digest.update((word.len() as u64).to_be_bytes());
        digest.update(word.as_bytes());
    }
    digest.finalize().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// Our own records are made of strings, numbers, lists and maps with string keys: they always serialise.
pub(crate) fn bytes(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}

/// `None` for what is not there or of another version.
pub(crate) async fn read<T: DeserializeOwned>(vault: &dyn Vault, name: &str) -> Result<Option<T>, Closed> {
    let kept = vault.read(name).await?;
    Ok(kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// All under a prefix, by name.
pub(crate) async fn list<T: DeserializeOwned>(vault: &dyn Vault, prefix: &str) -> Result<Vec<(String, T)>, Closed> {
    let kept = vault.list(prefix).await?;
    Ok(kept.into_iter().filter_map(|(name, bytes)| Some((name, serde_json::from_slice(&bytes).ok()?))).collect())
}

pub(crate) async fn device(home: &Home) -> Result<Option<Device>, Failure> {
    read(&*home.vault, DEVICE).await.map_err(closed)
}

pub(crate) fn closed(_: Closed) -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "the account is served by another session")
}

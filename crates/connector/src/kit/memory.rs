//! The house in memory: an inbox that records, a vault and a media store that forget at the end of the test.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sluice_model::content::{self, Blob, Source};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Failure};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

use crate::{Closed, File, Inbound, Inbox, Media, Recall, Received, Vault};

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the inbox behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Open,
    Closed,
    /// Answers nothing until it is opened or closed.
    Stuck,
}

/// Keeps all that was handed in, in order.
#[derive(Debug)]
pub struct RecordingInbox {
    taken: Mutex<Vec<Inbound>>,
    mood: watch::Sender<Mood>,
}

impl Default for RecordingInbox {
    fn default() -> Self {
        Self { taken: Mutex::default(), mood: watch::Sender::new(Mood::Open) }
    }
}

impl RecordingInbox {
    pub fn open(&self) {
        self.mood.send_replace(Mood::Open);
    }

    /// Answers [`Closed`] from now on.
    pub fn close(&self) {
        self.mood.send_replace(Mood::Closed);
    }

    /// Answers nothing from now on.
    pub fn get_stuck(&self) {
        self.mood.send_replace(Mood::Stuck);
    }

    pub fn taken(&self) -> Vec<Inbound> {
        lock(&self.taken).clone()
    }

    pub fn forget(&self) {
        lock(&self.taken).clear();
    }
}

#[async_trait]
impl Inbox for RecordingInbox {
    async fn push(&self, inbound: Vec<Inbound>) -> Result<(), Closed> {
        let mood = self.mood.subscribe().wait_for(|mood| *mood != Mood::Stuck).await.map(|mood| *mood);
        let Ok(Mood::Open) = mood else { return Err(Closed) };
        lock(&self.taken).extend(inbound);
        Ok(())
    }
}

/// Nothing is read here, so everything is unread.
#[async_trait]
impl Recall for RecordingInbox {
    async fn received(&self, chat: &Address, remotes: &[String]) -> Result<Vec<Received>, Closed> {
        let received = self.taken().into_iter().filter_map(|inbound| match inbound {
            Inbound::Message(message) if !message.from_phone && message.chat == *chat => {
                Some(Received { remote: message.remote, sender: message.sender.map(|sender| sender.address) })
            }
            _ => None,
        });
        Ok(received.filter(|message| remotes.is_empty() || remotes.contains(&message.remote)).collect())
    }
}

#[derive(Debug, Default)]
pub struct MemoryVault(Mutex<BTreeMap<String, Vec<u8>>>);

#[async_trait]
impl Vault for MemoryVault {
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Closed> {
        Ok(lock(&self.0).get(name).cloned())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Closed> {
        let kept = lock(&self.0);
        Ok(kept.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(n, v)| (n.clone(), v.clone())).collect())
    }

    async fn write(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), Closed> {
        let mut kept = lock(&self.0);
        for (name, value) in changes {
            match value {
                Some(value) => drop(kept.insert(name, value)),
                None => drop(kept.remove(&name)),
            }
        }
        Ok(())
    }
}

/// Files in a folder that goes with the test.
#[derive(Debug)]
pub struct MemoryMedia {
    folder: tempfile::TempDir,
}

impl MemoryMedia {
    pub fn new() -> io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()? })
    }

    /// Lays bytes in, as an upload does.
    pub fn lay(&self, bytes: &[u8]) -> io::Result<Blob> {
        let blob = Blob { hash: hex::encode(Sha256::digest(bytes)), size: bytes.len() as u64 };
        std::fs::write(self.folder.path().join(&blob.hash), bytes)?;
        Ok(blob)
    }

    pub fn bytes(&self, blob: &Blob) -> Option<Vec<u8>> {
        std::fs::read(self.folder.path().join(&blob.hash)).ok()
    }
}

#[async_trait]
impl Media for MemoryMedia {
    async fn obtain(&self, media: &content::Media, limit: u64) -> Result<File, Failure> {
        let Source::Blob(blob) = &media.source else {
            return Err(Failure::refused(Why::MediaUnreachable, "there is no network in the kit"));
        };
        if blob.size > limit {
            return Err(Failure::refused(Why::MediaTooLarge, "the file is over the limit"));
        }
        let path = self.folder.path().join(&blob.hash);
        if !path.exists() {
            return Err(Failure::refused(Why::NotFound, "there is no such file"));
        }
        Ok(File { blob: blob.clone(), path, mime: media.mime.clone(), file_name: media.file_name.clone() })
    }

    async fn keep(&self, from: &mut (dyn AsyncRead + Unpin + Send), limit: u64) -> Result<Blob, Failure> {
        let mut bytes = Vec::new();
        let kept = from.take(limit).read_to_end(&mut bytes).await.and_then(|_| self.lay(&bytes));
        kept.map_err(|error| Failure::not_sent(Why::Unknown, Retry::BackOff, error.to_string()))
    }
}

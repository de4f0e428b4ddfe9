//! Journal entries in the words of a listener.

use std::sync::Arc;

use bytes::Bytes;
use sluice_dialect::{Dialect, Notice, Setting};
use sluice_model::content::Blob;
use sluice_model::{Account, Entry, Listener};
use sluice_store::Fault;

use crate::parts::seals;
use crate::room::Room;

/// The largest file whose bytes are put into a notice.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

/// Puts entries into one listener's words.
pub(crate) struct Teller<'a> {
    room: &'a Room,
    pub dialect: &'static dyn Dialect,
    pub listener: Arc<Listener>,
    secret: Option<String>,
    /// A kept listener is told what it wanted when the entry was written.
    as_it_was: bool,
}

impl<'a> Teller<'a> {
    /// For a listener that the store keeps, in the words of the API that asks: who takes from a queue must find there what it
    /// acknowledges by.
    pub fn of_listener(room: &'a Room, dialect: &'static dyn Dialect, listener: Arc<Listener>) -> Self {
        let secret = listener.secret.as_ref().and_then(|sealed| room.open(seals::LISTENER, sealed));
        Self { room, dialect, listener, secret, as_it_was: true }
    }

    /// For a listener that exists only as long as its stream.
    pub fn of_stream(room: &'a Room, dialect: &'static dyn Dialect, listener: Listener) -> Self {
        Self { room, dialect, listener: Arc::new(listener), secret: None, as_it_was: false }
    }

    /// The notice of the entry; `None` when the listener is not told of it.
    pub async fn notice(&self, account: &Account, entry: &Entry) -> Result<Option<Notice>, Fault> {
        let bytes = match self.dialect.needs_bytes(entry) {
            Some(blob) => self.read(blob).await?,
            None => None,
        };
        self.shape(account, entry, bytes.as_ref(), |setting| self.dialect.notice(entry, setting)).await
    }

    /// Whether the listener is told of the entry.
    pub async fn is_told(&self, account: &Account, entry: &Entry) -> Result<bool, Fault> {
        self.shape(account, entry, None, |setting| self.dialect.notice(entry, setting).is_some()).await
    }

    /// Gives `put` all that the listener's words may depend on.
    pub async fn shape<T>(
        &self,
        account: &Account,
        entry: &Entry,
        bytes: Option<&Bytes>,
        put: impl FnOnce(&Setting<'_>) -> T,
    ) -> Result<T, Fault> {
        let mut listener = Arc::clone(&self.listener);
        if self.as_it_was {
            let then = self.room.store.settings_at(listener.id, entry.account, entry.position).await?;
            if let Some(then) = then.filter(|then| *then != listener.settings) {
                Arc::make_mut(&mut listener).settings = then;
            }
        }
        Ok(put(&Setting {
            account,
            listener: &listener,
            secret: self.secret.as_deref(),
            spelling: &self.room.spelling,
            links: &self.room.links,
            bytes,
            at: self.room.clock.now(),
            attempt: 1,
        }))
    }

    async fn read(&self, blob: &Blob) -> Result<Option<Bytes>, Fault> {
        if blob.size > FILE_LIMIT {
            return Ok(None);
        }
        let Some(path) = self.room.blobs.find(blob).await? else { return Ok(None) };
        tokio::fs::read(path).await.map(|bytes| Some(bytes.into())).map_err(Fault::other)
    }
}

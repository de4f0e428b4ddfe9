//! The shelves on SQLite: one file, one machine, nothing else to install.
//!
//! Everything that writes goes through one thread ([`writer`]): what waits when a commit is done shares the next one,
//! so one sync of the disk serves as many verbs as came meanwhile; beside it another moves the log into the database.
//! Reading goes to threads of its own ([`readers`]); accounts, keys and listeners are answered out of memory
//! ([`directory`]). Files are kept beside the database ([`Files`]).
//!
//! Architecture invariants: an answer leaves the writing thread only after `COMMIT` has returned, and `COMMIT` returns
//! only after the log was synced; a disk that failed to sync is never trusted again; what moves a message costs the same,
//! however much waits or is kept.

mod accounts;
mod archive;
pub mod backup;
mod blobs;
mod deliveries;
mod directory;
mod error;
mod journal;
mod keys;
mod listeners;
mod open;
mod outbox;
mod own_ids;
mod readers;
mod requests;
mod rows;
mod sealed;
mod search;
mod templates;
#[cfg(test)]
mod tests;
mod vault;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use sluice_model::{AccountId, Spelling};
use sluice_store::{Bell, Fault, Health, Store};
use tokio::sync::watch;

pub use blobs::Files;
pub use sealed::{Place, Proof};

use directory::Directory;
use readers::{Patience, Readers, Way};
use writer::Writer;

/// How to open the store.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder; made when it is not there.
    pub dir: PathBuf,
    /// Threads that look things up, at least one; those that scan are beside them.
    pub readers: usize,
    pub bell: Bell,
    /// How ids are spelled to messengers: those of ours are turned back instead of being looked up. The same each time
    /// that a folder is opened, or messages sent before are not found by their ids at the messenger.
    pub spelling: Spelling,
}

impl Options {
    /// One thread that reads, and a bell of its own.
    pub fn new(dir: PathBuf, spelling: Spelling) -> Self {
        Self { dir, readers: 1, bell: Bell::default(), spelling }
    }
}

#[cfg(test)]
fn options(dir: &std::path::Path) -> Options {
    Options::new(dir.to_owned(), sluice_store::conformance::spelling())
}

/// All shelves in one SQLite database. Dropping the last handle finishes what waits and gives the data folder back.
#[derive(Debug)]
pub struct Sqlite {
    // Dropped in this order: the readers are gone when the writer closes the log.
    readers: Readers,
    writer: Writer,
    directory: Arc<Directory>,
    bell: Bell,
}

impl Sqlite {
    /// Locks the folder, brings the schema up to date and starts the threads. [`Fault::Newer`] when the data was
    /// written by a newer version.
    pub fn open(options: Options) -> Result<Arc<Self>, Fault> {
        let (lock, connection) = open::writer(&options)?;
        let directory = Arc::new(Directory::load(&connection)?);
        if backup::paused(&connection).map_err(error::Error::from)?.is_some() {
            tracing::warn!("these data were restored from a backup: nothing is sent until `sluice resume`");
        }
        let sweeps = accounts::sweep::begun(&connection)?;
        let writer = Writer::start(
            connection,
            open::mover(&options.dir)?,
            lock,
            options.bell.clone(),
            directory.clone(),
            sweeps,
        )?;
        let (count, bell) = (options.readers, options.bell.clone());
        let open: readers::Open = Arc::new(move || open::reader(&options));
        let readers = Readers::start(count, open, writer.breaker(), writer.crowd(), Patience::USUAL)?;
        Ok(Arc::new(Self { readers, writer, directory, bell }))
    }

    /// The same store without its threads: a verb is done when it is asked for the first time, in the order in which they are
    /// asked. For simulations, which must go the same way each time; `readers` is not heeded, and what accounts that
    /// are removed leave behind stays until the next start.
    pub fn open_in_step(options: Options) -> Result<Arc<Self>, Fault> {
        let (lock, connection) = open::writer(&options)?;
        let directory = Arc::new(Directory::load(&connection)?);
        let writer =
            Writer::in_step(connection, open::mover(&options.dir)?, lock, options.bell.clone(), directory.clone());
        let readers = Readers::in_step(open::reader(&options)?, writer.breaker());
        Ok(Arc::new(Self { readers, writer, directory, bell: options.bell }))
    }

    /// Reads what belongs to an account; nothing does when it is not there any more.
    async fn look<T, L>(&self, account: AccountId, look: L) -> Result<T, Fault>
    where
        T: Default + Send + 'static,
        L: FnOnce(&Connection) -> error::Result<T> + Send + 'static,
    {
        if !self.directory.has(account) {
            return Ok(T::default());
        }
        self.readers.read(look).await
    }

    /// As `look`, through what may be many rows.
    async fn scan<T, L>(&self, account: AccountId, look: L) -> Result<T, Fault>
    where
        T: Default + Send + 'static,
        L: FnOnce(&Connection) -> error::Result<T> + Send + 'static,
    {
        self.find(account, Way::Scan, look).await
    }

    /// A list, which is a look where an index leads to all of its page, and a scan otherwise.
    async fn list<T, L>(&self, account: AccountId, is_look: bool, look: L) -> Result<T, Fault>
    where
        T: Default + Send + 'static,
        L: FnOnce(&Connection) -> error::Result<T> + Send + 'static,
    {
        self.find(account, Way::list(is_look), look).await
    }

    async fn find<T, L>(&self, account: AccountId, way: Way, look: L) -> Result<T, Fault>
    where
        T: Default + Send + 'static,
        L: FnOnce(&Connection) -> error::Result<T> + Send + 'static,
    {
        let Some(workspace) = self.directory.workspace_of(account) else {
            return Ok(T::default());
        };
        self.readers.find(Some(workspace), way, look).await
    }

    /// Tries `open`, which says whether a key opens it, on what is sealed here.
    pub async fn prove<F>(&self, open: F) -> Result<Proof, Fault>
    where
        F: FnMut(Place<'_>, &[u8]) -> bool + Send + 'static,
    {
        self.readers.read(|db| sealed::prove(db, open)).await
    }
}

impl Store for Sqlite {
    fn bell(&self) -> &Bell {
        &self.bell
    }
}

impl Health for Sqlite {
    fn broken(&self) -> watch::Receiver<Option<Fault>> {
        self.writer.broken()
    }
}

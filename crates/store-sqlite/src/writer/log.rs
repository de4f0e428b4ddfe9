//! Moving the log into the database. SQLite would do it by itself after a commit, but everybody would wait meanwhile, and it would
//! not say when the disk failed to sync. Here a thread beside the writing one copies pages while commits go on.
//!
//! The log begins anew only when all of it is copied. Under load something is always left, so the writing thread copies the
//! last part itself, once that is little: the thread has synced the database before, and nobody waits for more.

use std::fs::File;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode};
use sluice_store::Fault;

use super::broken::Broken;
use crate::error::Error;
use crate::open;

/// Pages that are worth a copy: 4 MiB.
const WORTH: i32 = 1_024;
/// A log of so many, 32 MiB, begins anew as soon as little is left to copy ...
const LONG: i32 = 8_192;
/// ... which is one page in so many: the longer nobody waited, the longer they may.
const LITTLE: i32 = 16;
/// With so many, 256 MiB, nothing that reads for long is begun, and with so many left to copy the writer waits.
const TOO_LONG: i32 = 65_536;

/// Whether the log waits to begin anew. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Crowd(Arc<AtomicBool>);

impl Crowd {
    pub fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub fn set(&self, is_there: bool) {
        self.0.store(is_there, Ordering::Relaxed);
    }
}

/// Keeps the log short.
#[derive(Debug)]
pub struct Mover {
    copier: Arc<Copier>,
    thread: Option<Thread>,
    /// A log of so many pages is tried to begin anew.
    renew_at: i32,
    crowd: Crowd,
}

#[derive(Debug)]
struct Thread {
    wake: SyncSender<()>,
    handle: JoinHandle<()>,
}

/// What copies.
#[derive(Debug)]
pub struct Copier {
    /// Of its own. One copies at a time.
    db: Mutex<Connection>,
    /// The database, to be synced without SQLite. Dropped after all connections: closing it takes their locks away.
    file: File,
    broken: Broken,
    /// Told once, until it works again.
    in_trouble: AtomicBool,
}

impl Mover {
    /// `db` is a connection of its own, `file` the database itself, see [`crate::open::mover`].
    pub fn start((db, file): (Connection, File), broken: Broken) -> Result<Self, Fault> {
        let mut mover = Self::in_step((db, file), broken);
        let (wake, woken) = sync_channel(1);
        let copier = mover.copier.clone();
        let handle = std::thread::Builder::new()
            .name("store-mover".into())
            .spawn(move || copier.copy_when_woken(&woken))
            .map_err(Fault::other)?;
        mover.thread = Some(Thread { wake, handle });
        Ok(mover)
    }

    /// Without a thread: whoever commits copies.
    pub fn in_step((db, file): (Connection, File), broken: Broken) -> Self {
        let copier = Copier { db: Mutex::new(db), file, broken, in_trouble: AtomicBool::new(false) };
        Self { copier: Arc::new(copier), thread: None, renew_at: LONG, crowd: Crowd::default() }
    }

    /// Looks at the log after a commit of `writer`.
    pub fn tend(&mut self, writer: &Connection) {
        let Some(log) = self.copier.look(writer) else { return };
        self.crowd.set(log.pages >= TOO_LONG);
        if log.pages < LONG {
            self.renew_at = LONG;
        }
        if log.pages >= self.renew_at && log.is_nearly_copied() {
            // While the thread holds it, it is tried again after the next commit.
            if let Ok(db) = self.copier.db.try_lock() {
                self.copier.copy(&db);
                // It does not begin anew while somebody reads it.
                self.renew_at = log.pages + WORTH;
            }
        } else if log.left >= WORTH {
            self.move_on(log.left);
        }
    }

    fn move_on(&self, left: i32) {
        let Some(thread) = self.thread.as_ref().filter(|_| left < TOO_LONG) else {
            self.copier.copy(&self.copier.hold());
            return;
        };
        // Woken already is as good.
        if let Err(TrySendError::Disconnected(())) = thread.wake.try_send(()) {
            self.copier.fail(&Fault::Broken("the thread that moves the log has ended".into()));
        }
    }

    pub fn crowd(&self) -> Crowd {
        self.crowd.clone()
    }

    #[cfg(test)]
    pub fn copier(&self) -> Arc<Copier> {
        self.copier.clone()
    }

    /// Ends the thread.
    pub fn stop(&mut self) {
        if let Some(Thread { wake, handle }) = self.thread.take() {
            drop(wake);
            let _ = handle.join();
        }
    }

    /// The log stays as it is when its last connection closes.
    pub fn leave_log(&self) -> rusqlite::Result<()> {
        open::leave_log(&self.copier.hold())
    }
}

/// How the log stands.
struct Log {
    pages: i32,
    /// Pages that are not in the database yet.
    left: i32,
}

impl Log {
    fn is_nearly_copied(&self) -> bool {
        self.left <= self.pages / LITTLE
    }
}

impl Copier {
    fn copy_when_woken(&self, woken: &Receiver<()>) {
        while woken.recv().is_ok() {
            let mut before = i32::MAX;
            // Each round has less to copy than the one before it, unless the disk is slow or somebody reads what was.
            while self.round(&mut before).is_continue() {}
        }
    }

    fn round(&self, before: &mut i32) -> ControlFlow<()> {
        let db = self.hold();
        if self.copy(&db).is_none() {
            return ControlFlow::Break(());
        }
        // SQLite itself syncs only once all is copied; this leaves little to sync for whoever copies the last part.
        if let Err(error) = self.file.sync_data() {
            self.fail(&Fault::Broken(format!("the database cannot be synced: {error}")));
            return ControlFlow::Break(());
        }
        match self.look(&db) {
            Some(log) if !log.is_nearly_copied() && log.left < *before => {
                *before = log.left;
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Break(()),
        }
    }

    /// Nobody copies as long as this is held.
    pub fn hold(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies what nobody reads any more.
    fn copy(&self, db: &Connection) -> Option<Log> {
        self.checkpoint(db, CheckpointMode::PASSIVE).inspect(|_| self.in_trouble.store(false, Ordering::Relaxed))
    }

    fn look(&self, db: &Connection) -> Option<Log> {
        self.checkpoint(db, CheckpointMode::NOOP)
    }

    /// `None` where the disk is not to be trusted or refuses.
    fn checkpoint(&self, db: &Connection, mode: CheckpointMode) -> Option<Log> {
        // A later sync that succeeds says nothing about the one that failed.
        if self.broken.fault().is_some() {
            return None;
        }
        match db.wal_checkpoint_v2(None::<&str>, mode) {
            Ok((pages, moved)) => Some(Log { pages, left: pages - moved }),
            // Looked at in the middle of a commit; the next one looks again.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => None,
            Err(error) => {
                self.fail(&Error::Sql(error).into());
                None
            }
        }
    }

    fn fail(&self, fault: &Fault) {
        if !self.in_trouble.swap(true, Ordering::Relaxed) {
            tracing::error!(%fault, "the log cannot be moved into the database");
        }
        self.broken.note(fault);
    }
}

impl Drop for Mover {
    fn drop(&mut self) {
        self.stop();
    }
}

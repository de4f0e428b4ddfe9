//! One group of verbs, one transaction, one sync.

use std::sync::Arc;

use rusqlite::Connection;
use sluice_model::AccountId;
use sluice_store::{Bell, Fault};

use super::broken::Broken;
use super::heads::Heads;
use super::job::Job;
use super::log::Mover;
use super::meter::{self, Meter};
use super::work::{After, Work};
use crate::accounts::sweep;
use crate::directory::Directory;
use crate::error::Error;
use crate::open::{self, Lock};

/// The writing connection and what goes with it.
pub struct Bench {
    db: Connection,
    // Closed after the one that writes; the last one moves what is left of the log.
    mover: Mover,
    heads: Heads,
    bell: Bell,
    directory: Arc<Directory>,
    broken: Broken,
    _lock: Lock,
}

/// What is left to do after a batch.
#[derive(Debug, Default)]
pub struct Done {
    /// The sweep that was asked for is over, at least until the next start.
    pub swept: bool,
    /// Accounts to be swept from now on.
    pub sweeps: Vec<AccountId>,
}

/// How much a transaction distrusts its verbs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// Verbs refuse before they write, or not at all: nothing is spent on the exception.
    Light,
    /// Each verb can be undone by itself.
    Full,
}

/// Why a transaction was rolled back.
enum Undone {
    /// A verb failed after it had written; begin again with care.
    Spoiled,
    Lost(Fault),
}

impl From<rusqlite::Error> for Undone {
    fn from(error: rusqlite::Error) -> Self {
        Self::Lost(Error::Sql(error).into())
    }
}

impl Bench {
    pub fn new(
        db: Connection,
        lock: Lock,
        mover: Mover,
        bell: Bell,
        directory: Arc<Directory>,
        broken: Broken,
    ) -> Self {
        Self { db, mover, heads: Heads::default(), bell, directory, broken, _lock: lock }
    }

    /// Writes the batch, and a bit of the sweep. Every verb is answered after the commit, and only then.
    pub fn carry_out(&mut self, mut batch: Vec<Job>, sweep: Option<AccountId>) -> Done {
        if let Some(fault) = self.broken.fault() {
            batch.into_iter().for_each(|job| job.answer(Err(fault.clone())));
            return Done { swept: true, sweeps: Vec::new() };
        }
        let meter = Meter::start(batch.len());
        let mut outcome = self.transaction(&mut batch, sweep, Care::Light);
        if matches!(outcome, Err(Undone::Spoiled)) {
            outcome = self.transaction(&mut batch, sweep, Care::Full);
        }
        let outcome = outcome.map_err(|undone| match undone {
            Undone::Lost(fault) => fault,
            Undone::Spoiled => Fault::Other("a verb could not be undone by itself".into()),
        });
        meter.stop(outcome.is_ok());
        // Written and synced, but not to be vouched for: the mover's sync has failed meanwhile.
        let outcome = self.broken.fault().map_or(outcome, Err);
        match outcome {
            Ok((after, swept)) => {
                self.directory.apply(after.changes);
                batch.into_iter().for_each(|job| job.answer(Ok(())));
                after.rings.into_iter().for_each(|ring| self.bell.ring(ring));
                meter::count_entries(&after.entries);
                Done { swept, sweeps: after.sweeps }
            }
            Err(fault) => {
                tracing::error!(%fault, verbs = batch.len(), "a commit of the store failed");
                self.broken.note(&fault);
                batch.into_iter().for_each(|job| job.answer(Err(fault.clone())));
                // A sweep that cannot go on now goes on when the house is opened again.
                Done { swept: true, sweeps: Vec::new() }
            }
        }
    }

    fn transaction(
        &mut self,
        batch: &mut [Job],
        sweep: Option<AccountId>,
        care: Care,
    ) -> Result<(After, bool), Undone> {
        let mut after = After::default();
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let written = self.write(batch, sweep, care, &mut after).and_then(|swept| {
            self.db.execute_batch("COMMIT")?;
            Ok(swept)
        });
        if written.is_err() {
            self.heads.forget_all();
            // SQLite may have rolled back by itself already.
            if !self.db.is_autocommit()
                && let Err(error) = self.db.execute_batch("ROLLBACK")
            {
                self.broken.note(&Fault::Broken(format!("a transaction cannot be rolled back: {error}")));
            }
        }
        written.map(|swept| (after, swept))
    }

    fn write(
        &mut self,
        batch: &mut [Job],
        sweep: Option<AccountId>,
        care: Care,
        after: &mut After,
    ) -> Result<bool, Undone> {
        for job in batch {
            let (changes, mark) = (self.db.total_changes(), after.mark());
            if care == Care::Full {
                self.db.execute_batch("SAVEPOINT verb")?;
            }
            let done = job.run(&mut Work { db: &self.db, heads: &mut self.heads, after });
            if let Err(fault) = done {
                let whole = self.db.is_autocommit() || matches!(fault, Fault::Broken(_) | Fault::Full);
                if whole {
                    return Err(Undone::Lost(fault));
                }
                if care == Care::Light && self.db.total_changes() != changes {
                    return Err(Undone::Spoiled);
                }
                if fault != Fault::Stale {
                    tracing::error!(%fault, "a verb of the store failed");
                }
                if care == Care::Full {
                    self.db.execute_batch("ROLLBACK TO verb")?;
                }
                self.heads.forget_all();
                after.back_to(mark);
            }
            if care == Care::Full {
                self.db.execute_batch("RELEASE verb")?;
            }
        }
        match sweep {
            Some(account) => sweep::some(&self.db, account).map_err(|error| Undone::Lost(error.into())),
            None => Ok(false),
        }
    }

    pub fn tend_log(&mut self) {
        self.mover.tend(&self.db);
    }
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench").field("broken", &self.broken.fault()).finish_non_exhaustive()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.broken.note(&Fault::Broken("the writing thread has panicked".into()));
        }
        // Its last words may be that the disk failed.
        self.mover.stop();
        if self.broken.fault().is_some()
            && let Err(error) = open::leave_log(&self.db).and_then(|()| self.mover.leave_log())
        {
            tracing::error!(%error, "the log may be moved on at the end");
        }
    }
}

//! Moving the log into the database. SQLite would do it by itself after a commit, but would not say when the disk
//! failed to sync it.

use rusqlite::wal::CheckpointMode;
use sluice_store::Fault;

use super::batch::Bench;
use crate::error::Error;

/// Pages in the log before they are moved: 4 MiB while nobody waits, 32 MiB at the latest.
const WHILE_IDLE: i32 = 1_024;
const AT_THE_LATEST: i32 = 8_192;

impl Bench {
    pub fn move_log(&self, idle: bool) {
        // A later sync that succeeds says nothing about the one that failed.
        if self.fault().is_some() {
            return;
        }
        let most = if idle { WHILE_IDLE } else { AT_THE_LATEST };
        let moved = self.checkpoint(CheckpointMode::NOOP).and_then(|(pages, moved)| {
            if pages - moved >= most { self.checkpoint(CheckpointMode::PASSIVE).map(|_| ()) } else { Ok(()) }
        });
        if let Err(fault) = moved {
            tracing::error!(%fault, "the log cannot be moved into the database");
            self.note(&fault);
        }
    }

    /// Answers with the pages in the log and how many of them are in the database already.
    fn checkpoint(&self, mode: CheckpointMode) -> Result<(i32, i32), Fault> {
        Ok(self.db.wal_checkpoint_v2(None::<&str>, mode).map_err(Error::Sql)?)
    }
}

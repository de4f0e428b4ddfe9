//! What a read that failed means to the house.
//!
//! A page that is damaged is the trouble of whoever asks for what stands on it: that call fails, and everybody else is
//! served. Whether the disk keeps what it is given is for the writer to find out; what is wrong with the database as a whole
//! breaks the store, whoever meets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sluice_store::Fault;

use crate::error::Error;
use crate::writer::Broken;

/// Shared by all that read.
#[derive(Clone, Debug)]
pub struct Trouble {
    broken: Broken,
    /// The house's owner knows of the damage.
    told: Arc<AtomicBool>,
}

impl Trouble {
    pub fn new(broken: Broken) -> Self {
        Self { broken, told: Arc::default() }
    }

    /// The fault that the caller gets.
    pub fn of(&self, error: Error) -> Fault {
        if error.is_damage() {
            if !self.told.swap(true, Ordering::Relaxed) {
                tracing::error!(
                    %error,
                    "the database is damaged: what needs the damaged part fails, everything else goes on. Stop the gateway \
                     when you can, look with `PRAGMA integrity_check`, and restore the last good backup \
                     (docs/guide/backup.md)"
                );
            }
            return Fault::Other(format!("a damaged part of the database was asked for: {error}"));
        }
        let fault = Fault::from(error);
        self.broken.note(&fault);
        fault
    }
}

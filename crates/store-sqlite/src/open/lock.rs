//! One process at a time on one data folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use sluice_store::Fault;

/// Held as long as it lives; the system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    pub fn take(dir: &Path) -> Result<Self, Fault> {
        let path = dir.join("sluice.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Fault::Other(format!("{} cannot be opened: {error}", path.display())))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Fault::Other(format!(
                "another sluice is running on the data folder {}; stop it, or give this one a folder of its own",
                dir.display()
            ))),
            Err(TryLockError::Error(error)) => {
                Err(Fault::Other(format!("{} cannot be locked: {error}", path.display())))
            }
        }
    }
}

//! A disk that misbehaves on command: a small library between the gateway and the C library, built here with the machine's
//! `cc` and loaded into the gateway by the dynamic linker. The gateway itself is the built one, unchanged.

pub mod full;
pub mod power;
mod record;

use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use tempfile::TempDir;

use crate::shim;

/// What the disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well = 0,
    /// Nothing may grow.
    Full = 1,
    /// The database and its log cannot be synced.
    NoSync = 2,
}

/// The disk under one gateway.
pub struct Disk {
    folder: TempDir,
    library: PathBuf,
    control: std::fs::File,
}

impl Disk {
    /// A fresh, well-behaved disk.
    pub async fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let library = shim::build("disk/shim.c", folder.path()).await?;
        let path = folder.path().join("control");
        std::fs::write(&path, [0; 4096])?;
        let control = std::fs::File::options().read(true).write(true).open(path)?;
        Ok(Self { folder, library, control })
    }

    /// The data folder to give to the gateway.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the gateway needs in its environment to be on this disk.
    pub fn environment(&self) -> Vec<(String, String)> {
        let path = |path: &Path| path.display().to_string();
        vec![
            ("LD_PRELOAD".to_owned(), path(&self.library)),
            ("TRIAL_DISK_DIR".to_owned(), path(&self.data())),
            ("TRIAL_DISK_CONTROL".to_owned(), path(&self.folder.path().join("control"))),
        ]
    }

    pub fn set(&self, mood: Mood) -> Result<()> {
        Ok(self.control.write_all_at(&(mood as u32).to_ne_bytes(), 0)?)
    }

    /// How often something was made to fail, since the last [`Disk::forget`].
    pub fn failures(&self) -> Result<u64> {
        self.number(8)
    }

    /// When that happened first.
    pub fn first_failure(&self) -> Result<Option<SystemTime>> {
        let nanoseconds = self.number(16)?;
        Ok((nanoseconds > 0).then(|| SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds)))
    }

    /// Well again, with nothing counted.
    pub fn forget(&self) -> Result<()> {
        Ok(self.control.write_all_at(&[0; 24], 0)?)
    }

    fn number(&self, at: u64) -> Result<u64> {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, at)?;
        Ok(u64::from_ne_bytes(bytes))
    }
}

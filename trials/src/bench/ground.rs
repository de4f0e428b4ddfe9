//! Where the data lie while something is measured.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;
use tempfile::TempDir;

use super::peer::Peer;

/// Linux keeps this folder in memory.
const MEMORY: &str = "/dev/shm";

/// A folder for data folders.
pub struct Ground {
    root: PathBuf,
    /// What stands behind a row's name.
    pub label: &'static str,
    pub is_memory: bool,
}

/// A gateway and the folder it stands on.
pub struct House {
    pub gateway: Gateway,
    _folder: TempDir,
}

impl Ground {
    pub fn disk() -> Result<Self> {
        Ok(Self { root: std::env::temp_dir(), label: "on disk", is_memory: false })
    }

    pub fn memory() -> Result<Option<Self>> {
        let root = PathBuf::from(MEMORY);
        Ok(root.is_dir().then_some(Self { root, label: "in memory", is_memory: true }))
    }

    pub async fn gateway(&self, environment: Vec<(String, String)>) -> Result<House> {
        let folder = tempfile::tempdir_in(&self.root)?;
        let plan = Plan { data: Some(folder.path().join("data")), environment, ..Plan::default() };
        Ok(House { gateway: Gateway::start(plan).await?, _folder: folder })
    }

    pub async fn peer(&self) -> Result<Peer> {
        Peer::start(tempfile::tempdir_in(&self.root)?).await
    }

    /// How long this disk takes to make one page durable: the floor under every commit. Milliseconds, the median of
    /// a hundred, in a file that has its size already, as a log that is written over.
    pub fn sync_ms(&self) -> Result<f64> {
        sync_ms(&self.root)
    }
}

fn sync_ms(root: &Path) -> Result<f64> {
    const PAGE: usize = 4096;
    const TIMES: usize = 100;
    let mut file = tempfile::tempfile_in(root)?;
    file.write_all(&vec![0; PAGE * TIMES])?;
    file.sync_all()?;
    let mut took = Vec::with_capacity(TIMES);
    for page in 0..TIMES {
        file.seek(SeekFrom::Start((page * PAGE) as u64))?;
        file.write_all(&[1; PAGE])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took[TIMES / 2].as_secs_f64() * 1000.0)
}

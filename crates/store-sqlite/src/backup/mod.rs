//! A copy of the house's data, taken while it is at work, and the way back.
//!
//! The copy is a folder: `sluice.db` as it was at one moment, `media/` with every file that was kept by then, and, written
//! last, `manifest.json`: a folder without it is no backup. The outbox of a copy rests from the start, whichever way
//! the copy comes to life again, until somebody who knows what was sent meanwhile calls [`resume`].

mod files;
mod snapshot;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use sluice_model::Timestamp;
use sluice_store::Fault;

use crate::error::Error;
use crate::{Place, Proof, open, sealed};

pub use files::Media;

const MANIFEST: &str = "manifest.json";
/// What a file is called while it is not whole.
const UNFINISHED: &str = "sluice.db.unfinished";

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The sluice that made it.
    pub version: String,
    /// What was committed by then is in it.
    pub made_at: Timestamp,
    /// Tells master keys apart; the secrets in the copy are sealed with this one, as [`prove`] has shown.
    pub key: String,
    pub database: Database,
    pub media: Media,
}

/// The copied `sluice.db`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
}

/// Copies the data folder of a gateway, running or not, into `to`, a new or empty folder. Holds up nobody: it reads beside
/// the gateway, whose log grows until the copy of the database is done. Blocks.
pub fn take(data: &Path, to: &Path, version: &str, key: &str, now: Timestamp) -> Result<Manifest, Fault> {
    files::make_empty(to)?;
    let database = snapshot::take(&open::file(data), &open::file(to), now)?;
    // The files second: what the copied database names was kept before it was named.
    let media = files::copy_media(data, to)?;
    let manifest = Manifest { version: version.to_owned(), made_at: now, key: key.to_owned(), database, media };
    let text = serde_json::to_vec_pretty(&manifest).map_err(Fault::other)?;
    files::write(&to.join(MANIFEST), &text)?;
    Ok(manifest)
}

/// Tries `open`, which says whether a key opens it, on what is sealed in the database of a folder: a copy, or the data of a
/// gateway, running or not. Blocks.
pub fn prove(folder: &Path, open: impl FnMut(Place<'_>, &[u8]) -> bool) -> Result<Proof, Fault> {
    let file = open::file(folder);
    if !file.exists() {
        return Err(Fault::Other(format!("there is no database at {}", file.display())));
    }
    let mut database = open::bare_reader(&file).map_err(Error::from)?;
    open::refuse_newer(&mut database)?;
    Ok(sealed::prove(&database, open)?)
}

/// Reads what a copy says of itself; a folder without a manifest is no whole copy.
pub fn read(from: &Path) -> Result<Manifest, Fault> {
    let path = from.join(MANIFEST);
    let text = std::fs::read(&path)
        .map_err(|error| Fault::Other(format!("no whole backup: {} cannot be read: {error}", path.display())))?;
    serde_json::from_slice(&text).map_err(|error| Fault::Other(format!("{}: {error}", path.display())))
}

/// Brings a copy back into `data`, which holds no database. Every byte is compared with what the manifest and the files'
/// names say; the database gets its name last. Blocks.
pub fn bring_back(from: &Path, data: &Path) -> Result<Manifest, Fault> {
    let manifest = read(from)?;
    let _lock = open::Lock::take(data)?;
    let (file, unfinished) = (open::file(data), data.join(UNFINISHED));
    if file.exists() {
        return Err(Fault::Other(format!("{} is there already; nothing was changed", file.display())));
    }
    let media = files::copy_media(from, data)?;
    if (media.files, media.bytes) != (manifest.media.files, manifest.media.bytes) {
        return Err(Fault::Other(format!("the backup's files are not those of its manifest: {media:?}")));
    }
    let copied = files::copy(&open::file(from), &unfinished)?;
    if copied != manifest.database {
        return Err(Fault::Other("the backup's database is not the one of its manifest".into()));
    }
    std::fs::rename(&unfinished, &file).and_then(|()| File::open(data)?.sync_all()).map_err(Fault::other)?;
    Ok(manifest)
}

/// Since when the outbox rests; `None` when it does not.
pub fn paused(db: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    let since: Option<i64> = db.query_row("SELECT min(since) FROM pause", [], |row| row.get(0))?;
    Ok(since.map(Timestamp::from_millis))
}

/// Lets the outbox go on, whether a gateway is running on the data or not. Returns since when it rested; `None` when it
/// did not. Blocks.
pub fn resume(data: &Path) -> Result<Option<Timestamp>, Fault> {
    let file = open::file(data);
    if !file.exists() {
        return Err(Fault::Other(format!("there is no database at {}", file.display())));
    }
    let connection = open::beside(&file)?;
    let since = paused(&connection).map_err(Error::from)?;
    connection.execute_batch("DELETE FROM pause").map_err(Error::from)?;
    Ok(since)
}

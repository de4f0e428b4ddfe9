//! Copying files so that they are on disk, and the ones that were meant.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sluice_store::Fault;

use super::Database;

/// Files of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub files: u64,
    pub bytes: u64,
}

/// Bytes read at a time.
const PIECE: usize = 1024 * 1024;

/// The folder is there, for our own user, and nothing is in it.
pub fn make_empty(folder: &Path) -> Result<(), Fault> {
    let made = || -> io::Result<bool> {
        make(folder)?;
        if let Some(parent) = fs::canonicalize(folder)?.parent() {
            fs::File::open(parent)?.sync_all()?;
        }
        Ok(fs::read_dir(folder)?.next().is_none())
    };
    match made().map_err(of(folder))? {
        true => Ok(()),
        false => Err(Fault::Other(format!("{} is not empty; a backup gets a folder of its own", folder.display()))),
    }
}

/// Copies every kept file of one data folder into another. A file whose bytes are not what its name says is an error.
pub fn copy_media(from: &Path, to: &Path) -> Result<Media, Fault> {
    let (from, to) = (from.join("media"), to.join("media"));
    let mut media = Media::default();
    if from.exists() {
        copy_level(&from, &to, &mut media).map_err(of(&from))?;
    }
    Ok(media)
}

fn copy_level(from: &Path, to: &Path, media: &mut Media) -> io::Result<()> {
    make(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        // What is still being written belongs to no message yet.
        if entry.file_name() == "unfinished" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_level(&source, &target, media)?;
            continue;
        }
        let copied = copy_bytes(&source, &target)?;
        if entry.file_name().to_str() != Some(&copied.sha256) {
            return Err(io::Error::other(format!("{} is damaged: its bytes are not its name's", source.display())));
        }
        media.files += 1;
        media.bytes += copied.bytes;
    }
    File::open(to)?.sync_all()
}

/// Copies a file to a new one and has it synced.
pub fn copy(from: &Path, to: &Path) -> Result<Database, Fault> {
    copy_bytes(from, to).map_err(of(from))
}

fn copy_bytes(from: &Path, to: &Path) -> io::Result<Database> {
    let mut target = create(to)?;
    let copied = each_piece(&mut File::open(from)?, |piece| target.write_all(piece))?;
    target.sync_all()?;
    Ok(copied)
}

/// Length and hash of a file.
pub fn measure(file: &Path) -> Result<Database, Fault> {
    File::open(file).and_then(|mut file| each_piece(&mut file, |_| Ok(()))).map_err(of(file))
}

fn each_piece(from: &mut File, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Database> {
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok(Database { bytes, sha256: hex::encode(hash.finalize()) });
        }
        bytes += read as u64;
        hash.update(&piece[..read]);
        each(&piece[..read])?;
    }
}

/// Writes a new small file and has it, and its folder, synced.
pub fn write(path: &Path, text: &[u8]) -> Result<(), Fault> {
    let written = || {
        let mut file = create(path)?;
        file.write_all(text)?;
        file.sync_all()
    };
    written().map_err(of(path))?;
    sync(path)
}

/// Makes the file and its name durable.
pub fn sync(path: &Path) -> Result<(), Fault> {
    let synced = || {
        File::open(path)?.sync_all()?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    synced().map_err(of(path))
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn of(path: &Path) -> impl Fn(io::Error) -> Fault {
    move |error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
        _ => Fault::Other(format!("{}: {error}", path.display())),
    }
}

//! What the shim wrote down: the writes and syncs of the durable files; and what a loss of power would have left of them.

use std::collections::BTreeMap;
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::{Context, Result};
use rand::RngExt;
use rand::rngs::StdRng;

/// What reaches a disk whole or not at all.
const SECTOR: usize = 512;

/// A write that was not known to be on disk when the power went.
struct Write {
    offset: u64,
    /// The length of the file before it.
    size: u64,
    before: Vec<u8>,
    after: Vec<u8>,
    /// It only cut the file to `offset`.
    cuts: bool,
}

/// What the disk lost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lost {
    pub writes: usize,
    pub sectors: usize,
    pub torn: usize,
    /// Writes to the database itself, lost or not: what was moved into it out of the log.
    pub moved: usize,
}

/// Brings the durable files into a state that a loss of power could have left: all that was synced, and of each later write
/// any of its sectors, each with the chance `kept`.
pub fn lose_power(record: &Path, data: &Path, kept: f64, rng: &mut StdRng) -> Result<Lost> {
    let bytes = std::fs::read(record)?;
    let (unsynced, moved) = unsynced(&bytes);
    let mut lost = Lost { moved, ..Lost::default() };
    for (file, writes) in unsynced {
        let path = data.join(match file {
            DATABASE => "sluice.db",
            _ => "sluice.db-wal",
        });
        let file = std::fs::File::options().read(true).write(true).open(&path).with_context(|| format!("{path:?}"))?;
        for write in writes.iter().rev() {
            file.set_len(write.size)?;
            file.write_all_at(&write.before, write.offset)?;
        }
        for write in &writes {
            lost.writes += 1;
            if write.cuts {
                if rng.random_bool(kept) {
                    file.set_len(write.offset)?;
                }
                continue;
            }
            let (mut there, mut gone) = (0, 0);
            for (number, sector) in write.after.chunks(SECTOR).enumerate() {
                if rng.random_bool(kept) {
                    file.write_all_at(sector, write.offset + (number * SECTOR) as u64)?;
                    there += 1;
                } else {
                    gone += 1;
                }
            }
            lost.sectors += gone;
            lost.torn += usize::from(there > 0 && gone > 0);
        }
        file.sync_all()?;
    }
    Ok(lost)
}

const DATABASE: u8 = 3;
const HEAD: usize = 32;

/// By file, the writes after its last sync; and how many there were to the database, synced or not.
fn unsynced(mut bytes: &[u8]) -> (BTreeMap<u8, Vec<Write>>, usize) {
    let (mut files, mut moved): (BTreeMap<u8, Vec<Write>>, _) = Default::default();
    while let Some((write, what, file, rest)) = next(bytes) {
        let writes = files.entry(file).or_default();
        match what {
            2 => writes.clear(),
            _ => {
                moved += usize::from(file == DATABASE);
                writes.push(write);
            }
        }
        bytes = rest;
    }
    (files, moved)
}

/// One record; `None` at the end, which may be torn by the kill: what it was about was not done then.
fn next(bytes: &[u8]) -> Option<(Write, u8, u8, &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let short = |at: usize| Some(u32::from_ne_bytes(head.get(at..at + 4)?.try_into().ok()?) as usize);
    let long = |at: usize| Some(u64::from_ne_bytes(head.get(at..at + 8)?.try_into().ok()?));
    let (before, rest) = rest.split_at_checked(short(4)?)?;
    let (after, rest) = rest.split_at_checked(short(8)?)?;
    let write = Write {
        offset: long(16)?,
        size: long(24)?,
        before: before.to_vec(),
        after: after.to_vec(),
        cuts: head[0] == 3,
    };
    Some((write, head[0], head[1], rest))
}

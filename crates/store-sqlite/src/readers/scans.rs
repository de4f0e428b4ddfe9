//! The threads for scans. Workspaces take turns and have one at a time, so that whoever searches without end has half of
//! these threads at most, and none of the others.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use sluice_model::WorkspaceId;
use sluice_store::Fault;

use super::query::Query;
use super::turns::Turns;
use super::{Open, Result};

/// Two: the house has a core beside them on any machine that is fit for several workspaces.
const THREADS: usize = 2;

/// Negative means KiB. Who walks through a table once has little use for pages that were read before.
const CACHE: i64 = -2_048;

pub struct Scans {
    door: Arc<Door>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Door {
    inside: Mutex<Inside>,
    moved: Condvar,
}

#[derive(Default)]
struct Inside {
    turns: Turns<Option<WorkspaceId>, Query>,
    is_closed: bool,
}

impl Scans {
    /// A thread opens its connection when it has something to do: many a house never scans.
    pub fn start(open: Open) -> Result<Self, Fault> {
        let mut scans = Self { door: Arc::default(), threads: Vec::new() };
        for number in 0..THREADS {
            let (door, open) = (scans.door.clone(), open.clone());
            let thread = std::thread::Builder::new()
                .name(format!("store-scanner-{number}"))
                .spawn(move || run(&door, &open))
                .map_err(Fault::other)?;
            scans.threads.push(thread);
        }
        Ok(scans)
    }

    pub fn push(&self, whose: Option<WorkspaceId>, query: Query) {
        self.door.lock().turns.push(whose, query);
        self.door.moved.notify_one();
    }
}

fn run(door: &Door, open: &Open) {
    let mut connection = None;
    while let Some((whose, query)) = door.begin() {
        query(opened(&mut connection, open));
        door.end(whose);
    }
}

fn opened<'a>(connection: &'a mut Option<Connection>, open: &Open) -> Result<&'a mut Connection, Fault> {
    if let Some(connection) = connection {
        return Ok(connection);
    }
    let new = open()?;
    new.pragma_update(None, "cache_size", CACHE).map_err(Fault::other)?;
    Ok(connection.insert(new))
}

impl Door {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn; `None` when the door is closed.
    fn begin(&self) -> Option<(Option<WorkspaceId>, Query)> {
        let mut inside = self.lock();
        while !inside.is_closed {
            if let Some(turn) = inside.turns.begin() {
                return Some(turn);
            }
            inside = self.moved.wait(inside).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    /// Wakes nobody: the thread that has ended takes what may run now.
    fn end(&self, whose: Option<WorkspaceId>) {
        self.lock().turns.end(whose);
    }
}

impl fmt::Debug for Scans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scans").finish_non_exhaustive()
    }
}

impl Drop for Scans {
    fn drop(&mut self) {
        self.door.lock().is_closed = true;
        self.door.moved.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

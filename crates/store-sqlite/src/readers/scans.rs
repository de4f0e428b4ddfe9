//! The threads for scans. Workspaces take turns and have one search and one other scan at a time, so that whoever searches
//! without end leaves a thread to the others. Searches may take long and have all threads but one: what a count waits for
//! is other counts, never a search, be it its own workspace's or another's.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use sluice_model::WorkspaceId;
use sluice_store::Fault;

use super::query::Query;
use super::turns::Turns;
use super::{Open, Result};

/// For searches: the house has a core beside them on any machine that is fit for several workspaces.
const SEARCHES: usize = 2;
/// One more for what is over soon.
const THREADS: usize = SEARCHES + 1;

/// Negative means KiB. Who walks through a table once has little use for pages that were read before.
const CACHE: i64 = -2_048;

/// Where a scan waits. One of each line runs at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub whose: Option<WorkspaceId>,
    /// It looks for words, in each of many texts.
    pub is_search: bool,
}

impl Line {
    fn may_run_beside(&self, running: &[Self]) -> bool {
        !self.is_search || running.iter().filter(|line| line.is_search).count() < SEARCHES
    }
}

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
    turns: Turns<Line, Query>,
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

    pub fn push(&self, line: Line, query: Query) {
        self.door.lock().turns.push(line, query);
        self.door.moved.notify_one();
    }
}

fn run(door: &Door, open: &Open) {
    let mut connection = None;
    while let Some((line, query)) = door.begin() {
        query(opened(&mut connection, open));
        door.end(line);
    }
}

fn opened<'a>(connection: &'a mut Option<Connection>, open: &Open) -> Result<&'a mut Connection> {
    if let Some(connection) = connection {
        return Ok(connection);
    }
    let new = open()?;
    new.pragma_update(None, "cache_size", CACHE)?;
    Ok(connection.insert(new))
}

impl Door {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn; `None` when the door is closed.
    fn begin(&self) -> Option<(Line, Query)> {
        let mut inside = self.lock();
        while !inside.is_closed {
            if let Some(turn) = inside.turns.begin(Line::may_run_beside) {
                return Some(turn);
            }
            inside = self.moved.wait(inside).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    /// Wakes nobody: one more may run now at most, and the thread that has ended takes it.
    fn end(&self, line: Line) {
        self.lock().turns.end(line);
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

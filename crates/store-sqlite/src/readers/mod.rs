//! Threads that read. Each has its own connection and its prepared statements, and sees the last commit.
//!
//! A look finds what it wants by an index, a page of it at most; everybody needs it answered at once. A scan may walk
//! through many rows, so it goes to threads of its own ([`scans`]) and is given up when it takes too long; a search is a
//! scan that looks for words. Each ends when nobody waits for it any more ([`query`]).

mod query;
mod scans;
#[cfg(test)]
pub mod tests;
mod trouble;
mod turns;

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::Connection;
use sluice_model::WorkspaceId;
use sluice_store::Fault;
use sluice_store::shelf::Page;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::error::Result;
use crate::writer::{Broken, Crowd};
use query::Query;
use scans::{Line, Scans};
use trouble::Trouble;

/// Opens one more connection that reads.
pub type Open = Arc<dyn Fn() -> Result<Connection> + Send + Sync>;

/// How long a scan may take. The real time is meant, whichever clock the house lives by: it is a thread that is held, and
/// the log, which cannot be begun anew while somebody reads in it.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until its turn comes: every thread held by others for as long as they may, twice over.
    pub waiting: Duration,
    /// From then on: enough to look for a word in about three million messages, and nobody waits longer for a list.
    pub running: Duration,
}

impl Patience {
    pub const USUAL: Self = Self { waiting: Duration::from_secs(20), running: Duration::from_secs(10) };
}

/// How a query is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Look,
    Scan,
    Search,
}

impl Way {
    /// A look, or else a scan.
    pub const fn list(is_look: bool) -> Self {
        if is_look { Self::Look } else { Self::Scan }
    }

    /// As [`Way::list`]; the scan is a search where there are words to look for.
    pub const fn sift(is_look: bool, has_words: bool) -> Self {
        if has_words && !is_look { Self::Search } else { Self::list(is_look) }
    }
}

/// Rows from the head of a list that a look may pass over.
const NEAR: u64 = 1_000;

/// Whether the page lies so near the head of a list that a look may take it.
pub fn is_near(page: Page) -> bool {
    page.offset.saturating_add(page.limit) <= NEAR
}

#[derive(Debug)]
pub struct Readers {
    doors: Doors,
    trouble: Trouble,
}

#[derive(Debug)]
enum Doors {
    Threads {
        looks: Looks,
        scans: Scans,
        crowd: Crowd,
        patience: Patience,
    },
    /// Whoever asks reads.
    InStep(Mutex<Connection>),
}

impl Readers {
    /// Starts `count` threads for looks, at least one, and those for scans.
    pub fn start(count: usize, open: Open, broken: Broken, crowd: Crowd, patience: Patience) -> Result<Self, Fault> {
        let looks = Looks::start(count, &*open)?;
        Ok(Self {
            doors: Doors::Threads { looks, scans: Scans::start(open)?, crowd, patience },
            trouble: Trouble::new(broken),
        })
    }

    /// Without threads: each query is answered before the call returns, however long it takes.
    pub fn in_step(connection: Connection, broken: Broken) -> Self {
        Self { doors: Doors::InStep(Mutex::new(connection)), trouble: Trouble::new(broken) }
    }

    /// What an index finds.
    pub async fn read<T, L>(&self, look: L) -> Result<T, Fault>
    where
        T: Send + 'static,
        L: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let looks = match &self.doors {
            Doors::Threads { looks, .. } => looks,
            Doors::InStep(connection) => return self.here(connection, look),
        };
        let (query, answer) = query::new(look, self.trouble.clone());
        looks.push(query);
        answer.await.unwrap_or_else(|_| Err(self.gone()))
    }

    /// What may walk through many rows, in turn with other workspaces' scans. [`Fault::Slow`] when it took too long.
    pub async fn scan<T, L>(&self, whose: Option<WorkspaceId>, look: L) -> Result<T, Fault>
    where
        T: Send + 'static,
        L: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.in_turn(Line { whose, is_search: false }, look).await
    }

    /// As [`Readers::scan`], and holds up none of those.
    pub async fn search<T, L>(&self, whose: Option<WorkspaceId>, look: L) -> Result<T, Fault>
    where
        T: Send + 'static,
        L: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.in_turn(Line { whose, is_search: true }, look).await
    }

    async fn in_turn<T, L>(&self, line: Line, look: L) -> Result<T, Fault>
    where
        T: Send + 'static,
        L: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let whose = line.whose;
        let (scans, crowd, patience) = match &self.doors {
            Doors::Threads { scans, crowd, patience, .. } => (scans, crowd, patience),
            Doors::InStep(connection) => return self.here(connection, look),
        };
        if crowd.is_there() {
            return Err(given_up(whose, "the log of the database waits until nobody reads for long"));
        }
        let (begin, begun) = oneshot::channel();
        let begins_and_looks = move |db: &Connection| {
            // Nobody hears it only if the caller has gone away, which the query finds out by itself.
            let _ = begin.send(());
            look(db)
        };
        let (query, answer) = query::new(begins_and_looks, self.trouble.clone());
        scans.push(line, query);
        // One that could not begin at all has its answer already.
        if timeout(patience.waiting, begun).await.is_err() {
            return Err(given_up(whose, "its turn did not come in time"));
        }
        let answer = timeout(patience.running, answer).await;
        answer.map_err(|_| given_up(whose, "it took too long"))?.unwrap_or_else(|_| Err(self.gone()))
    }

    /// The one of these that is the query's way.
    pub async fn find<T, L>(&self, whose: Option<WorkspaceId>, way: Way, look: L) -> Result<T, Fault>
    where
        T: Send + 'static,
        L: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        match way {
            Way::Look => self.read(look).await,
            Way::Scan => self.scan(whose, look).await,
            Way::Search => self.search(whose, look).await,
        }
    }

    fn here<T>(&self, db: &Mutex<Connection>, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T, Fault> {
        let found = look(&db.lock().unwrap_or_else(PoisonError::into_inner));
        found.map_err(|error| self.trouble.of(error))
    }

    /// Nothing can be read any more, so nobody is to be told that the house stands.
    fn gone(&self) -> Fault {
        self.trouble.of(Fault::Broken("the reading threads have ended".into()).into())
    }
}

fn given_up(whose: Option<WorkspaceId>, why: &str) -> Fault {
    tracing::warn!(workspace = whose.map(WorkspaceId::get), "a list, count or search was given up: {why}");
    Fault::Slow
}

/// The threads for looks, first come, first served.
#[derive(Debug)]
struct Looks {
    queue: Option<mpsc::Sender<Query>>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Looks {
    fn start(count: usize, open: impl Fn() -> Result<Connection>) -> Result<Self, Fault> {
        let (queue, queries) = mpsc::channel::<Query>();
        let queries = Arc::new(Mutex::new(queries));
        let mut threads = Vec::new();
        for number in 0..count.max(1) {
            let (mut connection, queries) = (open()?, queries.clone());
            let thread = std::thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || {
                    while let Some(query) = next(&queries) {
                        query(Ok(&mut connection));
                    }
                })
                .map_err(Fault::other)?;
            threads.push(thread);
        }
        Ok(Self { queue: Some(queue), threads })
    }

    fn push(&self, query: Query) {
        // Who asks sees by the answer that never comes that the threads have ended.
        let _ = self.queue.as_ref().map(|queue| queue.send(query));
    }
}

/// One thread waits at the queue, the others at its door.
fn next(queries: &Mutex<mpsc::Receiver<Query>>) -> Option<Query> {
    queries.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl Drop for Looks {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

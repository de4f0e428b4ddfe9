//! Threads that read. Each has its own connection and its prepared statements, and sees the last commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rusqlite::Connection;
use sluice_store::Fault;
use tokio::sync::oneshot;

use crate::error::Result;

type Look = Box<dyn FnOnce(&Connection) + Send>;

#[derive(Debug)]
pub struct Readers {
    queue: Option<mpsc::Sender<Look>>,
    threads: Vec<std::thread::JoinHandle<()>>,
    /// Instead of threads: whoever asks reads.
    in_step: Option<Mutex<Connection>>,
}

impl Readers {
    /// Starts `count` threads, at least one.
    pub fn start(count: usize, open: impl Fn() -> Result<Connection, Fault>) -> Result<Self, Fault> {
        let (queue, looks) = mpsc::channel::<Look>();
        let looks = Arc::new(Mutex::new(looks));
        let mut threads = Vec::new();
        for number in 0..count.max(1) {
            let (connection, looks) = (open()?, looks.clone());
            let thread = std::thread::Builder::new()
                .name(format!("store-reader-{number}"))
                .spawn(move || {
                    while let Some(look) = next(&looks) {
                        look(&connection);
                    }
                })
                .map_err(Fault::other)?;
            threads.push(thread);
        }
        Ok(Self { queue: Some(queue), threads, in_step: None })
    }

    /// Without threads: each query is answered before the call returns.
    pub fn in_step(connection: Connection) -> Self {
        Self { queue: None, threads: Vec::new(), in_step: Some(Mutex::new(connection)) }
    }

    pub async fn read<T, L>(&self, look: L) -> Result<T, Fault>
    where
        T: Send + 'static,
        L: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        if let Some(connection) = &self.in_step {
            return Ok(look(&connection.lock().unwrap_or_else(PoisonError::into_inner))?);
        }
        let (reply, answer) = oneshot::channel();
        let look: Look = Box::new(move |connection| {
            // Who has gone away meanwhile is not worth a query.
            if !reply.is_closed() {
                let found = catch_unwind(AssertUnwindSafe(|| look(connection).map_err(Fault::from)));
                let _ = reply.send(found.unwrap_or_else(|_| Err(Fault::Other("a query has panicked".into()))));
            }
        });
        let sent = self.queue.as_ref().is_some_and(|queue| queue.send(look).is_ok());
        let gone = || Fault::Broken("the reading threads have ended".into());
        if !sent {
            return Err(gone());
        }
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// One thread waits at the queue, the others at its door.
fn next(looks: &Mutex<mpsc::Receiver<Look>>) -> Option<Look> {
    looks.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

//! The one thread that writes. Whatever waits when a commit is done shares the next one: the slower the disk, the
//! larger the groups, and nobody waits for company.

mod batch;
mod broken;
mod heads;
mod job;
mod log;
mod meter;
#[cfg(test)]
pub mod tests;
mod thread;
mod work;

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use sluice_store::{Bell, Fault};
use tokio::sync::{mpsc, oneshot, watch};

use crate::directory::Directory;
use crate::error::Result;
use crate::open::Lock;
use job::{Job, Task};
use log::Mover;

pub use broken::Broken;
pub use log::Crowd;
pub use work::Work;

/// Verbs that may wait for a commit before accepting is refused.
const WAITING: usize = 4096;
/// Batches of the request log that may wait before their writer waits too.
const WAITING_LATER: usize = 64;

/// The way to the writing thread; it ends, and the data folder is free again, when this is dropped.
#[derive(Debug)]
pub struct Writer {
    queues: Option<Queues>,
    /// Instead of the thread: whoever asks writes.
    in_step: Option<Box<Mutex<batch::Bench>>>,
    broken: Broken,
    crowd: Crowd,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug)]
struct Queues {
    now: mpsc::Sender<Job>,
    /// Taken along when there is room, so that keeping a log delays nobody.
    later: mpsc::Sender<Job>,
}

impl Writer {
    pub fn start(
        connection: Connection,
        mover: (Connection, File),
        lock: Lock,
        bell: Bell,
        directory: Arc<Directory>,
        sweeps: Vec<sluice_model::AccountId>,
    ) -> Result<Self, Fault> {
        let (now, now_jobs) = mpsc::channel(WAITING);
        let (later, later_jobs) = mpsc::channel(WAITING_LATER);
        let broken = Broken::default();
        let seen = broken.clone();
        let inbox = thread::Inbox::new(now_jobs, later_jobs, sweeps)?;
        let mover = Mover::start(mover, broken.clone())?;
        let crowd = mover.crowd();
        let bench = batch::Bench::new(connection, lock, mover, bell, directory, broken);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || thread::run(inbox, bench))
            .map_err(Fault::other)?;
        Ok(Self { queues: Some(Queues { now, later }), in_step: None, broken: seen, crowd, thread: Some(thread) })
    }

    /// Without a thread: each verb is written, and its bell rung, before the call returns.
    pub fn in_step(
        connection: Connection,
        mover: (Connection, File),
        lock: Lock,
        bell: Bell,
        directory: Arc<Directory>,
    ) -> Self {
        let broken = Broken::default();
        let seen = broken.clone();
        let mover = Mover::in_step(mover, broken.clone());
        let crowd = mover.crowd();
        let bench = batch::Bench::new(connection, lock, mover, bell, directory, broken);
        Self { queues: None, in_step: Some(Box::new(Mutex::new(bench))), broken: seen, crowd, thread: None }
    }

    pub fn broken(&self) -> watch::Receiver<Option<Fault>> {
        self.broken.subscribe()
    }

    /// For whoever reads what this writes: a disk that cannot be read breaks the store as well.
    pub fn breaker(&self) -> Broken {
        self.broken.clone()
    }

    /// For whoever reads for long: the log cannot begin anew meanwhile.
    pub fn crowd(&self) -> Crowd {
        self.crowd.clone()
    }

    /// Refuses with [`Fault::Full`] at once when too much waits. `rows` is about how much it writes.
    pub async fn at_once<T, V>(&self, rows: usize, verb: V) -> Result<T, Fault>
    where
        T: Send + 'static,
        V: FnMut(&mut Work<'_>) -> Result<T> + Send + 'static,
    {
        let (job, answer) = Task::boxed(rows, verb);
        let Some(job) = self.not_in_step(job) else { return self.answer(answer).await };
        self.queues()?.now.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Fault::Full,
            mpsc::error::TrySendError::Closed(_) => gone(),
        })?;
        self.answer(answer).await
    }

    /// Waits for its turn.
    pub async fn write<T, V>(&self, rows: usize, verb: V) -> Result<T, Fault>
    where
        T: Send + 'static,
        V: FnMut(&mut Work<'_>) -> Result<T> + Send + 'static,
    {
        let (job, answer) = Task::boxed(rows, verb);
        let Some(job) = self.not_in_step(job) else { return self.answer(answer).await };
        self.queues()?.now.send(job).await.map_err(|_| gone())?;
        self.answer(answer).await
    }

    /// Waits for a commit with room to spare.
    pub async fn write_later<T, V>(&self, rows: usize, verb: V) -> Result<T, Fault>
    where
        T: Send + 'static,
        V: FnMut(&mut Work<'_>) -> Result<T> + Send + 'static,
    {
        let (job, answer) = Task::boxed(rows, verb);
        let Some(job) = self.not_in_step(job) else { return self.answer(answer).await };
        self.queues()?.later.send(job).await.map_err(|_| gone())?;
        self.answer(answer).await
    }

    /// Carries the job out here, if that is how this works.
    fn not_in_step(&self, job: Job) -> Option<Job> {
        let Some(bench) = &self.in_step else { return Some(job) };
        let mut bench = bench.lock().unwrap_or_else(PoisonError::into_inner);
        bench.carry_out(vec![job], None);
        bench.tend_log();
        None
    }

    fn queues(&self) -> Result<&Queues, Fault> {
        self.queues.as_ref().ok_or_else(gone)
    }

    async fn answer<T>(&self, answer: oneshot::Receiver<Result<T, Fault>>) -> Result<T, Fault> {
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn gone() -> Fault {
    Fault::Broken("the writing thread has ended".into())
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Without senders the thread finishes what waits and ends.
        self.queues = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

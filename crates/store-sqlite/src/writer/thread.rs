//! The thread's round: take what waits, write it, answer.

use std::collections::VecDeque;

use sluice_model::AccountId;
use sluice_store::Fault;
use tokio::sync::mpsc::Receiver;

use super::batch::Bench;
use super::job::Job;

/// One transaction takes at most so many verbs, and about so many rows: what waits behind it must not wait long.
const VERBS: usize = 1024;
const ROWS: usize = 4096;
/// Of these, so many at most for what can wait.
const LATER_ROWS: usize = 512;

/// What waits to be written.
pub struct Inbox {
    now: Receiver<Job>,
    later: Receiver<Job>,
    /// Removed accounts that still have rows.
    sweeps: VecDeque<AccountId>,
    waiting: tokio::runtime::Runtime,
}

pub fn run(mut inbox: Inbox, mut bench: Bench) {
    while let Some(batch) = inbox.next() {
        let sweep = inbox.sweeps.front().copied();
        let done = bench.carry_out(batch, sweep);
        if done.swept {
            inbox.sweeps.pop_front();
        }
        inbox.sweeps.extend(done.sweeps);
        bench.tend_log();
    }
}

impl Inbox {
    pub fn new(now: Receiver<Job>, later: Receiver<Job>, sweeps: Vec<AccountId>) -> Result<Self, Fault> {
        // Only to wait on two channels at once; it has no timer and no I/O.
        let waiting = tokio::runtime::Builder::new_current_thread().build().map_err(Fault::other)?;
        Ok(Self { now, later, sweeps: sweeps.into(), waiting })
    }

    /// `None` when all senders are gone and nothing is left.
    fn next(&mut self) -> Option<Vec<Job>> {
        let first = if self.sweeps.is_empty() { Some(self.wait()?) } else { None };
        let mut batch: Vec<Job> = first.into_iter().collect();
        let mut rows = batch.iter().map(|job| job.rows()).sum();
        take(&mut self.now, &mut batch, &mut rows, ROWS);
        let mut later_rows = 0;
        take(&mut self.later, &mut batch, &mut later_rows, LATER_ROWS);
        let all_gone = batch.is_empty() && self.now.is_closed() && self.later.is_closed();
        (!all_gone).then_some(batch)
    }

    fn wait(&mut self) -> Option<Job> {
        let Self { now, later, waiting, .. } = self;
        waiting.block_on(async {
            tokio::select! {
                biased;
                Some(job) = now.recv() => Some(job),
                Some(job) = later.recv() => Some(job),
                else => None,
            }
        })
    }
}

fn take(queue: &mut Receiver<Job>, batch: &mut Vec<Job>, rows: &mut usize, limit: usize) {
    while *rows < limit && batch.len() < VERBS {
        let Ok(job) = queue.try_recv() else { return };
        *rows += job.rows();
        batch.push(job);
    }
}

//! Head of line: the next entry waits until the one ahead of it is delivered or given up.
//!
//! Each attempt is on disk before the next request goes out. That costs a commit per event, which is far faster than
//! the 50 events a second of contract greenapi.md §5.3, and a crash repeats one event at most.

use sluice_model::delivery::State;
use sluice_model::{Position, Timestamp};
use sluice_store::Fault;

use super::page::{self, Job};
use super::retry::retry;
use super::{Ended, Ground, Key, Lane, Rest, Word, sooner};
use crate::attempt::Tried;
use crate::report::Reports;

/// Entries read at a time: they go out one by one, so few are enough.
const PAGE: usize = 64;

/// Deliveries to repeat that are looked up at a time.
const REPEATS: usize = 64;

pub async fn run(mut lane: Lane) -> Ended {
    let heeded = *lane.word.borrow_and_update();
    let mut line = match Line::new(lane, heeded).await {
        Ok(line) => line,
        Err(fault) => {
            return Ended { rest: Err(fault), heeded };
        }
    };
    let rest = line.run().await;
    line.reports.flush(line.reached).await;
    Ended { rest, heeded: line.heeded }
}

struct Line {
    lane: Lane,
    heeded: Word,
    reports: Reports,
    /// Everything up to here is done with.
    reached: Position,
    /// When a delivery is due, as far as is known.
    due: Option<Timestamp>,
    /// The head may have been tried before.
    resumed: bool,
}

/// What became of the head.
enum Head {
    Done,
    WaitsUntil(Timestamp),
}

impl Line {
    async fn new(lane: Lane, heeded: Word) -> Result<Self, Fault> {
        let rest = lane.start().await?;
        Ok(Self {
            heeded,
            reports: Reports::new(lane.ground.clone(), rest.cursor),
            reached: rest.cursor,
            due: rest.due,
            resumed: rest.due.is_some(),
            lane,
        })
    }

    async fn run(&mut self) -> Result<Option<Rest>, Fault> {
        if let Some(rest) = self.lane.known.filter(|rest| rest.blocked && rest.due > Some(self.now())) {
            return Ok(Some(rest));
        }
        loop {
            if !self.heed().await? {
                return Ok(None);
            }
            self.repeat().await?;
            let page = page::read(self.ground(), self.reached, PAGE).await?;
            if page.jobs.is_empty() {
                return Ok(Some(Rest { cursor: self.reached, due: self.due, blocked: false }));
            }
            for job in page.jobs {
                if let Head::WaitsUntil(next) = self.tell(&job).await? {
                    let due = sooner(self.due, Some(next));
                    return Ok(Some(Rest { cursor: self.reached, due, blocked: true }));
                }
                self.reached = job.entry.position;
                self.reports.begin(self.reached, false);
                let told = *self.lane.word.borrow();
                if told.over || told.shelves != self.heeded.shelves {
                    break;
                }
            }
        }
    }

    /// Takes note of what the dispatcher has said; false when this lane must end.
    async fn heed(&mut self) -> Result<bool, Fault> {
        let told = *self.lane.word.borrow_and_update();
        let shelves_changed = told.shelves != self.heeded.shelves;
        self.heeded = told;
        if told.over {
            return Ok(false);
        }
        if shelves_changed {
            self.due = Some(Timestamp::default());
            self.reports.flush(self.reached).await;
            let Key { listener, account } = self.ground().key;
            let stored = self.ground().tools.store().cursor(listener, account).await?;
            // Somebody has rewound it: the line begins anew from there.
            return Ok(stored == self.reports.confirmed());
        }
        Ok(true)
    }

    /// Tells the head of the line, once.
    async fn tell(&mut self, job: &Job) -> Result<Head, Fault> {
        let mut attempts = 0;
        if std::mem::take(&mut self.resumed) {
            let delivery = self.ground().tools.store().delivery(self.ground().key.listener, job.entry.id()).await?;
            if let Some(delivery) = delivery.filter(|delivery| delivery.state == State::Waiting) {
                if delivery.next_at > self.now() {
                    return Ok(Head::WaitsUntil(delivery.next_at));
                }
                attempts = delivery.attempts;
            }
        }
        let Some(tried) = self.ground().attempt(&job.frame, &job.entry, attempts + 1).await else {
            return Ok(Head::Done);
        };
        let next_at = tried.attempt.next_at;
        let reached = if next_at.is_some() { self.reached } else { job.entry.position };
        self.write_down(tried, reached).await;
        Ok(next_at.map_or(Head::Done, Head::WaitsUntil))
    }

    /// Returns when the attempt is on disk.
    async fn write_down(&mut self, tried: Tried, reached: Position) {
        let gone = tried.gone;
        self.reports.add(tried);
        self.reports.flush(reached).await;
        if gone {
            self.lane.ground.switch_off(&mut self.lane.word).await;
        }
    }

    /// Sends again what was asked for again behind the line. It does not hold up the line when it fails.
    async fn repeat(&mut self) -> Result<(), Fault> {
        let Key { listener, account } = self.ground().key;
        while self.due.is_some_and(|due| due <= self.now()) {
            let (found, next) = self.ground().tools.store().due(listener, account, self.now(), REPEATS).await?;
            let (mut repeated, reached) = (false, self.reached);
            // The head is due, too, and is told in its turn.
            for delivery in found.into_iter().filter(|delivery| delivery.position <= reached) {
                if self.lane.word.borrow().over {
                    return Ok(());
                }
                let tried = retry(self.ground(), &delivery).await?;
                self.write_down(tried, reached).await;
                repeated = true;
            }
            // There may be more, and what failed just now is due again some time.
            self.due = if repeated { Some(Timestamp::default()) } else { next };
        }
        Ok(())
    }

    fn ground(&self) -> &Ground {
        &self.lane.ground
    }

    fn now(&self) -> Timestamp {
        self.lane.ground.tools.clock().now()
    }
}

//! Independent: each entry has its own attempts. The first ones keep the order within a chat, and chats go side by side;
//! what failed comes back at its time and holds up nobody.
//!
//! Reports are written while further requests are under way. The cursor in the store follows the entries that were all
//! tried once, in the same commit as their attempts: a crash repeats only what was not written down.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sluice_model::delivery::{Delivery, State};
use sluice_model::listener::Target;
use sluice_model::{Position, Timestamp};
use sluice_store::Fault;
use tokio::task::{JoinError, JoinSet};

use super::chats::{Chat, Chats};
use super::page::{self, Job};
use super::retry::retry;
use super::{Ended, Key, Lane, Rest, Word, sooner};
use crate::attempt::Tried;
use crate::cursor::Prefix;
use crate::report::{Reports, Written};
use crate::silence;

/// Entries read at a time.
const PAGE: usize = 256;

/// Entries between the cursor and the last one read: so much may have been tried already when a crash ended a lane, and
/// so far a slow chat may fall behind before the others wait.
const AHEAD: usize = 512;

/// As [`AHEAD`], where messages name their own places: what others wrote while one of them hangs is still told.
const AHEAD_OF_A_PLACE: usize = 4096;

/// Attempts not yet on disk before no more are made.
const UNWRITTEN: usize = 1024;

/// First attempts to one server under way at once, where messages name their own places.
const AT_A_PLACE: u64 = 4;

/// After the store could not be read.
const AFTER_FAULT: Duration = Duration::from_secs(1);

pub async fn run(mut lane: Lane) -> Ended {
    let heeded = *lane.word.borrow_and_update();
    match Flow::new(lane, heeded).await {
        Ok(mut flow) => {
            let rest = flow.run().await;
            Ended { rest, heeded: flow.heeded }
        }
        Err(fault) => Ended { rest: Err(fault), heeded },
    }
}

struct Flow {
    lane: Lane,
    heeded: Word,
    reports: Reports,
    prefix: Prefix,
    chats: Chats<Job>,
    /// Requests under way.
    flights: JoinSet<Landed>,
    retries: usize,
    /// Being tried again, or tried and not yet written down.
    retrying: HashSet<Position>,
    /// The journal may hold more.
    more: bool,
    /// When a delivery is due, as far as is known.
    due: Option<Timestamp>,
    /// Entries between the cursor and the last one read, at most.
    ahead: usize,
    /// So many of the entries to come may have been tried before.
    resumed: usize,
    /// Nothing new is begun.
    over: bool,
    fault: Option<Fault>,
}

/// In whose order the job goes: its chat's; at a place that its message names, its chat's among a few there, so that
/// no place has many requests under way.
fn row_of(job: &Job) -> Chat {
    let chat = Chat::of(job.entry.event.chat());
    match (&job.frame.listener.target, job.frame.place(&job.entry)) {
        (Target::PerMessage, Some(place)) => chat.among(AT_A_PLACE, silence::names(place).1),
        _ => chat,
    }
}

/// A request that came back.
enum Landed {
    First { chat: Chat, position: Position, tried: Option<Tried> },
    Retry { position: Position, tried: Result<Tried, Fault> },
}

impl Flow {
    async fn new(lane: Lane, heeded: Word) -> Result<Self, Fault> {
        let rest = lane.start().await?;
        let per_message = lane.ground.listener.target == Target::PerMessage;
        let ahead = if per_message { AHEAD_OF_A_PLACE } else { AHEAD };
        Ok(Self {
            heeded,
            reports: Reports::new(lane.ground.clone(), rest.cursor),
            prefix: Prefix::new(rest.cursor),
            chats: Chats::new(),
            flights: JoinSet::new(),
            retries: 0,
            retrying: HashSet::new(),
            more: true,
            due: rest.due,
            ahead,
            resumed: if lane.known.is_none() { ahead } else { 0 },
            over: false,
            fault: None,
            lane,
        })
    }

    async fn run(&mut self) -> Result<Option<Rest>, Fault> {
        loop {
            if let Err(fault) = self.look().await {
                // What is under way must still be written down.
                self.fault = Some(fault);
                self.end();
            }
            self.launch();
            let idle = self.flights.is_empty() && self.chats.none_ready() && !self.more;
            self.reports.begin(self.prefix.reached(), idle);
            if idle && !self.reports.is_writing() {
                break;
            }
            self.wait().await;
        }
        match self.fault.take() {
            Some(fault) => Err(fault),
            None if self.over => Ok(None),
            None => Ok(Some(Rest { cursor: self.prefix.reached(), due: self.due, blocked: false })),
        }
    }

    /// Takes note of what the dispatcher has said and reads what is to be done.
    async fn look(&mut self) -> Result<(), Fault> {
        self.heed().await?;
        if self.over {
            return Ok(());
        }
        if self.retry_at().is_some_and(|due| due <= self.now()) {
            self.look_for_retries().await?;
        }
        // Fewer, larger pages: not before half of what was read is through.
        if self.more && self.prefix.spread() <= self.ahead - PAGE {
            self.read_on().await?;
        }
        Ok(())
    }

    async fn heed(&mut self) -> Result<(), Fault> {
        let told = *self.lane.word.borrow_and_update();
        self.more |= told.journal != self.heeded.journal;
        self.heeded.journal = told.journal;
        if told.over {
            self.heeded = told;
            self.end();
        }
        // While a write is under way the cursor may stand here or there.
        if !self.over && told.shelves != self.heeded.shelves && !self.reports.is_writing() {
            self.heeded.shelves = told.shelves;
            self.due = Some(Timestamp::default());
            let Key { listener, account } = self.lane.ground.key;
            let stored = self.lane.ground.tools.store().cursor(listener, account).await?;
            if stored != self.reports.confirmed() {
                // Somebody has rewound it: the lane begins anew from there.
                self.end();
            }
        }
        Ok(())
    }

    async fn look_for_retries(&mut self) -> Result<(), Fault> {
        let Key { listener, account } = self.lane.ground.key;
        let limit = self.most_retries() + self.retrying.len();
        let (found, next) = self.lane.ground.tools.store().due(listener, account, self.now(), limit).await?;
        self.due = if found.len() == limit { Some(Timestamp::default()) } else { next };
        for delivery in found {
            if self.retrying.insert(delivery.position) {
                self.launch_retry(delivery);
            }
        }
        Ok(())
    }

    async fn read_on(&mut self) -> Result<(), Fault> {
        let ground = self.lane.ground.clone();
        let page = page::read(&ground, self.prefix.read_to(), PAGE).await?;
        self.more = page.full;
        for job in page.jobs {
            let position = job.entry.position;
            let waits = self.is_waiting(&job).await?;
            self.prefix.begin(position);
            if waits {
                self.prefix.finish(position);
            } else {
                self.chats.add(row_of(&job), job);
            }
        }
        Ok(())
    }

    /// Whether the entry was tried before this lane began and comes back at its own time.
    async fn is_waiting(&mut self, job: &Job) -> Result<bool, Fault> {
        if self.due.is_none() && self.retrying.is_empty() {
            self.resumed = 0;
        }
        if self.resumed == 0 {
            return Ok(false);
        }
        self.resumed -= 1;
        let ground = &self.lane.ground;
        let delivery = ground.tools.store().delivery(ground.key.listener, job.entry.id()).await?;
        Ok(delivery.is_some_and(|delivery| delivery.state == State::Waiting))
    }

    /// When to look for deliveries that are due, if there is room for them.
    fn retry_at(&self) -> Option<Timestamp> {
        let room = self.retries < self.most_retries() && self.reports.pending() < UNWRITTEN;
        self.due.filter(|_| room && !self.over)
    }

    /// First attempts, as many as may be under way.
    fn launch(&mut self) {
        while self.flights.len() < self.most_flights() && self.reports.pending() < UNWRITTEN {
            let Some((chat, job)) = self.chats.take() else {
                break;
            };
            let ground = self.lane.ground.clone();
            self.flights.spawn(async move {
                let tried = ground.attempt(&job.frame, &job.entry, 1).await;
                Landed::First { chat, position: job.entry.position, tried }
            });
        }
    }

    fn launch_retry(&mut self, delivery: Delivery) {
        self.retries += 1;
        let ground = self.lane.ground.clone();
        self.flights.spawn(async move {
            let tried = retry(&ground, &delivery).await;
            Landed::Retry { position: delivery.position, tried }
        });
    }

    async fn wait(&mut self) {
        let ground: Arc<_> = self.lane.ground.clone();
        let retry_at = self.retry_at();
        tokio::select! {
            Some(landed) = self.flights.join_next() => {
                self.land(landed).await;
                while let Some(landed) = self.flights.try_join_next() {
                    self.land(landed).await;
                }
            }
            Some(written) = self.reports.written() => self.note(written),
            changed = self.lane.word.changed() => if changed.is_err() { self.end() },
            () = ground.tools.clock().sleep_until(retry_at.unwrap_or(Timestamp::NEVER)), if retry_at.is_some() => {}
        }
    }

    async fn land(&mut self, landed: Result<Landed, JoinError>) {
        let tried = match landed {
            Ok(Landed::First { chat, position, tried }) => {
                self.prefix.finish(position);
                self.chats.back(chat);
                tried
            }
            Ok(Landed::Retry { position, tried }) => {
                self.retries -= 1;
                match tried {
                    Ok(tried) => Some(tried),
                    Err(fault) => {
                        tracing::warn!(%fault, "a delivery cannot be read, trying again");
                        self.retrying.remove(&position);
                        self.due = sooner(self.due, Some(self.now().plus(AFTER_FAULT)));
                        None
                    }
                }
            }
            // A panic is a bug of this room: the dispatcher tells it and begins the lane anew.
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => None,
            },
        };
        if let Some(tried) = tried {
            let gone = tried.gone;
            self.reports.add(tried);
            // Once is enough, however many of its requests are under way.
            if gone && !self.over {
                self.end();
                self.lane.ground.switch_off(&mut self.lane.word).await;
            }
        }
    }

    fn note(&mut self, written: Written) {
        self.due = sooner(self.due, written.soonest);
        for position in written.positions {
            self.retrying.remove(&position);
        }
    }

    /// Begins nothing new.
    fn end(&mut self) {
        self.over = true;
        self.more = false;
        self.chats.clear();
    }

    /// No more than have a place: what waits for one goes out even when the lane is told to end.
    fn most_flights(&self) -> usize {
        self.lane.ground.share.open().max(1)
    }

    /// New events do not wait behind a heap of old failures.
    fn most_retries(&self) -> usize {
        self.most_flights().div_ceil(2)
    }

    fn now(&self) -> Timestamp {
        self.lane.ground.tools.clock().now()
    }
}

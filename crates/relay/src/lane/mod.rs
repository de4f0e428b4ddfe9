//! A lane: one listener's way through one account's journal.
//!
//! A lane runs while there is something to do now and then ends, saying when the next delivery is due: waiting costs
//! no task. So each start resumes from what the store knows, and a start after a crash is nothing special.

mod chats;
mod head;
mod independent;
mod page;
mod retry;

use std::sync::Arc;
use std::time::Duration;

use sluice_dialect::Dialect;
use sluice_model::delivery::{Queue, Schedule};
use sluice_model::listener::{Off, Target};
use sluice_model::{AccountId, Entry, Listener, ListenerId, Position, Timestamp};
use sluice_store::{Fault, listeners};
use sluice_telemetry::brief::{NAME, brief};
use tokio::sync::watch;

use crate::attempt::{Frame, Tried, attempt};
use crate::parts::Tools;
use crate::share::{Share, pass};

/// What is shown of a listener that was switched off.
const GONE: &str = "the receiver answered 410: it wants to hear no more";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub listener: ListenerId,
    pub account: AccountId,
}

/// What the dispatcher tells a running lane. Counters, so that nothing told between two looks is missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Additions to the journal.
    pub journal: u64,
    /// Changes that may have moved the cursor or put up a delivery.
    pub shelves: u64,
    /// Begin nothing new, write down what is under way, and end.
    pub over: bool,
}

/// Where a lane came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rest {
    pub cursor: Position,
    /// When a delivery is due again.
    pub due: Option<Timestamp>,
    /// The head of the line waits for `due`, so more entries change nothing.
    pub blocked: bool,
}

/// How a lane ended.
pub(crate) struct Ended {
    /// `None`: it must look at the store again.
    pub rest: Result<Option<Rest>, Fault>,
    /// The last word that it heeded.
    pub heeded: Word,
}

/// What a lane stands on; its attempts share it.
pub(crate) struct Ground {
    pub tools: Arc<Tools>,
    pub key: Key,
    pub listener: Arc<Listener>,
    pub dialect: &'static dyn Dialect,
    pub schedule: Schedule,
    /// How many requests may be under way to this listener, over all its accounts.
    pub share: Arc<Share>,
}

pub(crate) struct Lane {
    pub ground: Arc<Ground>,
    pub word: watch::Receiver<Word>,
    /// Where this lane rested last, if nothing but the journal can have changed since.
    pub known: Option<Rest>,
}

impl Lane {
    pub async fn run(self) -> Ended {
        match self.ground.schedule.queue {
            Queue::HeadOfLine => head::run(self).await,
            Queue::Independent => independent::run(self).await,
        }
    }

    /// Where to go on from. Where nothing is known, deliveries may be due at once.
    async fn start(&self) -> Result<Rest, Fault> {
        let Key { listener, account } = self.ground.key;
        match self.known {
            Some(rest) => Ok(rest),
            None => {
                let cursor = self.ground.tools.store().cursor(listener, account).await?;
                Ok(Rest { cursor, due: Some(Timestamp::default()), blocked: false })
            }
        }
    }
}

impl Ground {
    /// One attempt, when the listener, its workspace and the house have room; each lets pass in order of coming.
    async fn attempt(&self, frame: &Frame, entry: &Entry, number: u32) -> Option<Tried> {
        if frame.listener.target == Target::PerMessage {
            return self.attempt_where_it_says(frame, entry, number).await;
        }
        self.attempt_in_turn(frame, entry, number).await
    }

    /// One attempt at the message's own place, unless that place is silent.
    async fn attempt_where_it_says(&self, frame: &Frame, entry: &Entry, number: u32) -> Option<Tried> {
        let (clock, silence) = (self.tools.clock(), &self.tools.silence);
        // One account's silent place says nothing about another's, though it may be the same server.
        let place = &format!("{} {}", entry.account, frame.place(entry)?);
        if !silence.admits(place, clock.now()) {
            return Some(Tried::held_back(&self.tools, frame, entry, number, clock.now()));
        }
        let tried = self.attempt_in_turn(frame, entry, number).await;
        silence.note(place, tried.as_ref().is_none_or(|tried| tried.attempt.status.is_some()), clock.now());
        tried
    }

    async fn attempt_in_turn(&self, frame: &Frame, entry: &Entry, number: u32) -> Option<Tried> {
        let place = self.share.take().await;
        // Last, so that whoever waits for anything holds no place of the house.
        let door = pass(&self.tools.door).await;
        let tried = attempt(&self.tools, frame, entry, number).await;
        drop(door);
        self.share.give_back(place, tried.as_ref().is_none_or(|tried| tried.attempt.status.is_some()));
        tried
    }

    /// The receiver has said that it wants to hear no more: switches its listener off, and waits until the dispatcher
    /// has heard the bell, so that nothing is sent in between.
    async fn switch_off(&self, word: &mut watch::Receiver<Word>) {
        let shelves = word.borrow().shelves;
        let off = Off { since: self.tools.clock().now(), reason: GONE.to_owned() };
        let change = listeners::Change { enabled: Some(false), off: Some(off), ..listeners::Change::default() };
        let (workspace, id) = (self.listener.workspace, self.listener.id);
        match self.tools.store().change_listener(workspace, id, change).await {
            Ok(_) => {
                let name = brief(&self.listener.name, NAME);
                tracing::info!(listener = %id, name, "the receiver answered 410: its listener is switched off");
                // An error says that the dispatcher is gone; then this lane ends anyway.
                let _ = word.wait_for(|word| word.over || word.shelves != shelves).await;
            }
            // The next 410 tries it again.
            Err(fault) => tracing::warn!(%fault, listener = %id, "a listener cannot be switched off"),
        }
    }

    /// About so much of the world's time, after a fault.
    pub async fn pause(&self, span: Duration) {
        let clock = self.tools.clock();
        clock.sleep(self.tools.parts.dice.jitter(span) * clock.speed()).await;
    }
}

/// The earlier of two moments that may not come.
fn sooner(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

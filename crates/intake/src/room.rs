//! What every call may touch, and how much of it is in use.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sluice_clock::{Clock, Dice};
use sluice_dialect::{Dialect, Links, Router};
use sluice_model::id::Mint;
use sluice_model::{Id, Sealed, Spelling, Timestamp};
use sluice_store::asks::Asks;
use sluice_store::{Blobs, Store};
use sluice_telemetry::names;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::guesses::Guesses;
use crate::log::Ledger;
use crate::parts::{Parts, Seal, TestCall};
use crate::rates::Rates;
use crate::{ConnectorCatalog, Limits};

pub(crate) struct Room {
    pub store: Arc<dyn Store>,
    pub blobs: Arc<dyn Blobs>,
    pub asks: Arc<dyn Asks>,
    pub dialects: &'static [&'static dyn Dialect],
    pub router: Router,
    pub spelling: Spelling,
    pub links: Links,
    pub clock: Clock,
    pub dice: Dice,
    pub seal: Arc<dyn Seal>,
    pub connectors: Arc<ConnectorCatalog>,
    pub rates: Rates,
    pub guesses: Guesses,
    pub limits: Limits,
    pub order_life: Duration,
    pub tester: Arc<dyn TestCall>,
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    pub ledger: Ledger,
    /// Cancelled when the gateway begins to drain: nothing new is begun, nobody waits any longer.
    pub closing: CancellationToken,
    /// What was begun and must be finished.
    pub begun: TaskTracker,
    /// One listener of an account's own is made at a time, or two first calls would make two.
    pub making_own: tokio::sync::Mutex<()>,
    mint: Arc<Mutex<Mint>>,
    in_flight: AtomicUsize,
}

impl Room {
    pub fn new(parts: Parts) -> Self {
        Self {
            ledger: Ledger::new(),
            router: Router::new(parts.dialects),
            rates: Rates::new(parts.dialects, parts.limits.method_rates),
            guesses: Guesses::default(),
            store: parts.store,
            blobs: parts.blobs,
            asks: parts.asks,
            dialects: parts.dialects,
            spelling: parts.spelling,
            links: parts.links,
            clock: parts.clock,
            dice: parts.dice,
            seal: parts.seal,
            connectors: parts.connectors,
            limits: parts.limits,
            order_life: parts.order_life,
            tester: parts.tester,
            metrics: parts.metrics,
            closing: CancellationToken::new(),
            begun: TaskTracker::new(),
            making_own: tokio::sync::Mutex::default(),
            mint: parts.mint,
            in_flight: AtomicUsize::new(0),
        }
    }

    pub fn mint(&self, now: Timestamp) -> Id {
        self.mint.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }

    pub fn mint_many(&self, count: usize, now: Timestamp) -> Vec<Id> {
        let mut mint = self.mint.lock().unwrap_or_else(PoisonError::into_inner);
        (0..count).map(|_| mint.next(now)).collect()
    }

    pub fn seal(&self, context: &str, plain: &str) -> Sealed {
        Sealed(self.seal.seal(context, plain.as_bytes()))
    }

    /// `None` when it cannot be opened, which is said in the log: the master key was changed.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Option<String> {
        let plain = self.seal.open(context, &sealed.0).and_then(|plain| String::from_utf8(plain).ok());
        if plain.is_none() {
            tracing::error!(context, "a sealed secret cannot be opened; was the master key changed?");
        }
        plain
    }

    pub fn dialect(&self, name: &str) -> Option<&'static dyn Dialect> {
        self.dialects.iter().copied().find(|dialect| dialect.name() == name)
    }

    /// Leave to work on a request; `None` when the room is full or closing.
    pub fn admit(self: &Arc<Self>) -> Option<Admitted> {
        // The token is taken before the look, so that a drain that begins in between waits for this one.
        let token = self.begun.token();
        if self.closing.is_cancelled() {
            return None;
        }
        Some(Admitted { _token: token, slot: Some(self.slot()?) })
    }

    /// `None` when as many requests are worked on as may be.
    fn slot(self: &Arc<Self>) -> Option<Slot> {
        let slot = Slot { room: Arc::clone(self) };
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!(names::INTAKE_REQUESTS_IN_FLIGHT).increment(1.0);
        (before < self.limits.requests_in_flight).then_some(slot)
    }
}

/// Held while a request is worked on; the drain waits for it.
pub(crate) struct Admitted {
    _token: TaskTrackerToken,
    slot: Option<Slot>,
}

impl Admitted {
    /// From here on the request only waits, and others may be worked on in its place.
    pub fn only_waits(&mut self) {
        self.slot = None;
    }

    /// It is worked on again; false when there is no room for that.
    pub fn goes_on(&mut self, room: &Arc<Room>) -> bool {
        self.slot = room.slot();
        self.slot.is_some()
    }
}

struct Slot {
    room: Arc<Room>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.room.in_flight.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!(names::INTAKE_REQUESTS_IN_FLIGHT).decrement(1.0);
    }
}

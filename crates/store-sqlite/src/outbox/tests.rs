//! What a verb costs must not grow with what waits. Counted in steps of SQLite's own machine, not in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use sluice_model::{Order, Timestamp};
use sluice_store::Epoch;
use sluice_store::conformance::World;
use sluice_store::outbox::{Claim, Outcome, Settled, Submission};

use super::{accept, claim, end, settle};
use crate::error::Result;
use crate::open;
use crate::writer::Work;
use crate::writer::tests::directly;
use crate::{Sqlite, options};

/// A connection that counts its steps.
struct Counted {
    db: Connection,
    steps: Arc<AtomicU64>,
    _lock: open::Lock,
    _folder: tempfile::TempDir,
    /// Not accepted yet: into the lane that is long, and into one of its own.
    spare: [Order; 2],
    epoch: Epoch,
    now: Timestamp,
}

impl Counted {
    /// `count` orders in one lane and as many in lanes of their own, all due.
    async fn with(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::new(Sqlite::open(options(folder.path())).unwrap()).await;
        let mut orders: Vec<_> = (0..count).map(|_| world.order("111", "in line")).collect();
        orders.extend((0..count).map(|n| world.order(&format!("2{n:06}"), "alone")));
        world.accept(orders).await;
        let spare = [world.order("111", "one more"), world.order("333", "another")];
        let (epoch, now) = (world.epoch, world.now);
        drop(world);
        let (lock, mut db) = open::writer(&options(folder.path())).unwrap();
        let steps = Arc::new(AtomicU64::new(0));
        let counter = steps.clone();
        let count = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            false
        };
        db.progress_handler(1, Some(count)).unwrap();
        Self { db, steps, _lock: lock, _folder: folder, spare, epoch, now }
    }

    fn steps<T>(&self, verb: impl FnOnce(&mut Work<'_>) -> Result<T>) -> (u64, T) {
        let before = self.steps.load(Ordering::Relaxed);
        let answer = directly(&self.db, verb).unwrap();
        (self.steps.load(Ordering::Relaxed) - before, answer)
    }

    /// The steps of each verb in turn.
    fn round(&self) -> Vec<(&'static str, u64)> {
        let mut costs = Vec::new();
        let account = self.spare[0].account;
        let submission =
            Submission { orders: self.spare.to_vec(), unsendable: Vec::new(), idempotency: None, at: self.now };
        costs.push(("accept", self.steps(|work| accept::all(work, &[submission])).0));
        let claim = Claim { account, epoch: self.epoch, limit: 5, now: self.now };
        let (cost, claimed) = self.steps(|work| claim::some(work, &claim));
        assert_eq!(claimed.orders.len(), 5);
        costs.push(("claim", cost));
        let outcome = Outcome::Sent { remote: None, alias: None };
        let settled: Vec<_> = (claimed.orders.into_iter())
            .map(|order| Settled { order, epoch: self.epoch, at: self.now, outcome: outcome.clone() })
            .collect();
        costs.push(("settle", self.steps(|work| settle::all(work, &settled)).0));
        let wish = [self.spare[0].id()];
        let (cost, cancelled) = self.steps(|work| end::cancel(work, account, &wish, self.now));
        assert_eq!(cancelled, wish);
        costs.push(("cancel", cost));
        costs.push(("expire none", self.steps(|work| end::expire(work, self.now, 5)).0));
        let late = Timestamp::from_seconds(self.now.seconds() + 86_400);
        let (cost, expired) = self.steps(|work| end::expire(work, late, 5));
        assert_eq!(expired, 5);
        costs.push(("expire", cost));
        let (cost, recovered) = self.steps(|work| settle::recover(work, account, self.epoch, true, self.now));
        assert_eq!(recovered, 0);
        costs.push(("recover", cost));
        costs
    }
}

#[tokio::test]
async fn no_verb_costs_more_when_much_waits() {
    let (few, many) = (Counted::with(10).await.round(), Counted::with(3_000).await.round());
    for ((verb, few), (_, many)) in few.into_iter().zip(many) {
        assert!(many < few + few / 2 + 50, "{verb} took {few} steps with little waiting, {many} with much");
    }
}

//! What the courier counts, under the names that `sluice-telemetry` keeps.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use sluice_model::account::State;
use sluice_store::outbox::Outcome;
use sluice_telemetry::names::{self, label};

pub fn claimed(connector: &'static str, orders: usize) {
    counter!(names::COURIER_ORDERS_CLAIMED, label::CONNECTOR => connector).increment(orders as u64);
}

pub fn settled(connector: &'static str, outcome: &'static str) {
    counter!(names::COURIER_ORDERS_SETTLED, label::CONNECTOR => connector, label::OUTCOME => outcome).increment(1);
}

pub fn attempted(connector: &'static str, outcome: &'static str, took: Duration) {
    histogram!(names::COURIER_ATTEMPT_SECONDS, label::CONNECTOR => connector, label::OUTCOME => outcome)
        .record(took.as_secs_f64());
}

pub fn asked(connector: &'static str, answered: bool) {
    let outcome = if answered { "answered" } else { "failed" };
    counter!(names::COURIER_ASKS, label::CONNECTOR => connector, label::OUTCOME => outcome).increment(1);
}

pub fn reopened(connector: &'static str) {
    counter!(names::COURIER_SESSION_RESTARTS, label::CONNECTOR => connector).increment(1);
}

/// The word for an outcome in metrics and logs.
pub const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { .. } => "retried",
        Outcome::Failed { .. } => "failed",
        Outcome::Uncertain { .. } => "uncertain",
    }
}

/// One account's place in the gauge of sessions by state; it leaves with its keeper, however that ends.
pub struct Counted {
    connector: &'static str,
    state: State,
}

impl Counted {
    pub fn new(connector: &'static str, state: State) -> Self {
        let counted = Self { connector, state };
        counted.gauge().increment(1.0);
        counted
    }

    pub fn turn(&mut self, state: State) {
        self.gauge().decrement(1.0);
        self.state = state;
        self.gauge().increment(1.0);
    }

    fn gauge(&self) -> metrics::Gauge {
        gauge!(names::COURIER_SESSIONS, label::CONNECTOR => self.connector, label::STATE => self.state.name())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.gauge().decrement(1.0);
    }
}

//! What is still to happen, by its hour; of one hour, in the order in which it was planned.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use sluice_model::Timestamp;

use super::parcel::Parcel;

#[derive(Debug, Default)]
pub(crate) struct Timetable {
    due: BinaryHeap<Due>,
    planned: u64,
}

#[derive(Debug)]
struct Due {
    at: Timestamp,
    turn: u64,
    parcel: Parcel,
    line: u64,
}

impl Timetable {
    /// `line` is the ledger's line that it follows from.
    pub fn plan(&mut self, at: Timestamp, line: u64, parcel: Parcel) {
        self.planned += 1;
        self.due.push(Due { at, turn: self.planned, parcel, line });
    }

    pub fn next_at(&self) -> Option<Timestamp> {
        self.due.peek().map(|due| due.at)
    }

    /// The next thing whose hour has come.
    pub fn take_due(&mut self, now: Timestamp) -> Option<(Parcel, u64)> {
        self.next_at().filter(|at| *at <= now)?;
        self.due.pop().map(|due| (due.parcel, due.line))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives its greatest first, and the earliest is wanted first.
        (other.at, other.turn).cmp(&(self.at, self.turn))
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

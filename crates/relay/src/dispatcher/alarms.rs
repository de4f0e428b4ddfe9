//! When which lane has something to do again.

use std::collections::{BTreeSet, HashMap};

use sluice_model::Timestamp;

use crate::lane::Key;

#[derive(Default)]
pub struct Alarms {
    by_time: BTreeSet<(Timestamp, Key)>,
    by_lane: HashMap<Key, Timestamp>,
}

impl Alarms {
    /// A lane has one alarm at most; the last one counts.
    pub fn set(&mut self, key: Key, at: Timestamp) {
        self.clear(key);
        self.by_time.insert((at, key));
        self.by_lane.insert(key, at);
    }

    pub fn clear(&mut self, key: Key) {
        if let Some(at) = self.by_lane.remove(&key) {
            self.by_time.remove(&(at, key));
        }
    }

    /// The moment of the next alarm.
    pub fn next(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the next alarm that rings by `now`.
    pub fn ringing(&mut self, now: Timestamp) -> Option<Key> {
        let (_, key) = self.by_time.first().copied().filter(|(at, _)| *at <= now)?;
        self.clear(key);
        Some(key)
    }

    /// The lanes that have an alarm.
    pub fn lanes(&self) -> impl Iterator<Item = Key> + use<'_> {
        self.by_lane.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use sluice_model::{AccountId, ListenerId};

    use super::*;

    #[test]
    fn the_last_alarm_of_a_lane_counts_and_rings_once() {
        let key = |account| Key { listener: ListenerId(1), account: AccountId(account) };
        let at = Timestamp::from_seconds;
        let mut alarms = Alarms::default();
        for (account, seconds) in [(1, 30), (2, 20), (3, 10), (1, 15), (3, 40)] {
            alarms.set(key(account), at(seconds));
        }
        alarms.clear(key(2));
        assert_eq!((alarms.next(), alarms.lanes().count()), (Some(at(15)), 2));
        assert_eq!(alarms.ringing(at(14)), None);
        assert_eq!((alarms.ringing(at(100)), alarms.ringing(at(100))), (Some(key(1)), Some(key(3))));
        assert_eq!((alarms.ringing(at(100)), alarms.next()), (None, None));
    }
}

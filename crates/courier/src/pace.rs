//! How long to wait: growing pauses, the gap between two sends, and how often to look without being called.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_clock::{Clock, Dice};
use sluice_model::Timestamp;
use sluice_model::ability::{Pace, Stage};
use sluice_model::account::Settings;

/// The `nth` pause (from 1) of a row that doubles from `first` up to `most`, then shifted by up to a tenth.
pub fn doubling(first: Duration, most: Duration, nth: u32, dice: &Dice) -> Duration {
    let times = 1_u32.checked_shl(nth.saturating_sub(1)).unwrap_or(u32::MAX);
    dice.jitter(first.saturating_mul(times).min(most))
}

/// A row of doubling pauses that can begin anew.
#[derive(Clone, Debug)]
pub struct Pauses {
    first: Duration,
    most: Duration,
    taken: u32,
}

impl Pauses {
    pub const fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, taken: 0 }
    }

    pub fn next(&mut self, dice: &Dice) -> Duration {
        self.taken = self.taken.saturating_add(1);
        doubling(self.first, self.most, self.taken, dice)
    }

    pub const fn reset(&mut self) {
        self.taken = 0;
    }
}

/// Keeps an account's sends apart; it outlives the session, so that a reconnect is no way around it.
#[derive(Debug, Default)]
pub struct Gap(Mutex<Timestamp>);

impl Gap {
    /// The next send may begin now or then.
    pub fn ends_at(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A send began at `at`: the next one follows after `gap` and up to a tenth of it more.
    pub fn begin(&self, at: Timestamp, gap: Duration, dice: &Dice) {
        let more = dice.below(u64::try_from(gap.as_millis()).unwrap_or(0) / 10 + 1);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at.plus(gap + Duration::from_millis(more));
    }
}

/// What an account keeps to now: its owner's gap between two sends, where one is set; otherwise its messenger's pace for
/// the time since it was logged in.
pub fn stage(settings: &Settings, logged_in_at: Option<Timestamp>, pace: Pace, now: Timestamp) -> Stage {
    let own = Stage { from: Duration::ZERO, gap: settings.send_gap(), new_chats_a_day: None };
    if own.gap.is_zero() { pace.at(now.since(logged_in_at.unwrap_or(now))) } else { own }
}

/// How often to look at a shelf without having heard the bell: each second, but on a fast clock not more often than the
/// machine can bear.
pub fn beat(clock: &Clock) -> Duration {
    Duration::from_secs(1).max(world(clock, Duration::from_millis(20)))
}

/// `span` of the clock, but long enough that real work gets done in it on a fast clock too.
pub fn limit(clock: &Clock, span: Duration) -> Duration {
    span.max(world(clock, Duration::from_secs(5)))
}

/// A span of the world, in the clock's measure.
pub fn world(clock: &Clock, span: Duration) -> Duration {
    span.saturating_mul(clock.speed())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let (dice, mut pauses) = (Dice::seeded(1), Pauses::new(SECOND, 300 * SECOND));
        let near = |span: Duration, seconds: u32| {
            assert!(
                span >= SECOND * seconds * 9 / 10 && span <= SECOND * seconds * 11 / 10,
                "{span:?}, not {seconds} s"
            );
        };
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            near(pauses.next(&dice), seconds);
        }
        (0..100).for_each(|_| near(pauses.next(&dice), 300));
        pauses.reset();
        near(pauses.next(&dice), 1);
    }

    #[test]
    fn the_gap_is_never_shorter_than_asked_and_at_most_a_tenth_longer() {
        let (dice, gap) = (Dice::seeded(2), Gap::default());
        for second in 0..200 {
            let at = Timestamp::from_seconds(second * 10);
            gap.begin(at, 5 * SECOND, &dice);
            let kept = gap.ends_at().since(at);
            assert!(kept >= 5 * SECOND && kept <= 5 * SECOND + SECOND / 2, "{kept:?}");
        }
    }

    #[test]
    fn a_new_login_is_slow_and_its_owner_may_know_better() {
        const DAY: u64 = 86_400;
        const fn from(days: u64, gap: u64, new_chats_a_day: Option<u32>) -> Stage {
            let (from, gap) = (Duration::from_secs(days * DAY), Duration::from_secs(gap));
            Stage { from, gap, new_chats_a_day }
        }
        const PACE: Pace = Pace(&[from(0, 15, Some(20)), from(3, 6, Some(80)), from(30, 2, None)]);
        let of_owner = |send_gap_ms| Settings { send_gap_ms, ..Settings::default() };
        let now = Timestamp::from_seconds(100 * DAY as i64);
        let after = |days: u64| Some(now.minus(Duration::from_secs(days * DAY)));
        for (logged_in_at, gap, new_chats) in [
            (None, 15, Some(20)),
            (after(0), 15, Some(20)),
            (after(2), 15, Some(20)),
            (after(3), 6, Some(80)),
            (after(29), 6, Some(80)),
            (after(30), 2, None),
            (after(99), 2, None),
        ] {
            let stage = stage(&of_owner(0), logged_in_at, PACE, now);
            assert_eq!((stage.gap, stage.new_chats_a_day), (gap * SECOND, new_chats), "{logged_in_at:?}");
        }
        let own = stage(&of_owner(1), after(0), PACE, now);
        assert_eq!((own.gap, own.new_chats_a_day), (Duration::from_millis(1), None));
        let free = stage(&of_owner(0), None, Pace::FREE, now);
        assert_eq!((free.gap, free.new_chats_a_day), (Duration::ZERO, None));
    }

    #[test]
    fn a_fast_clock_is_not_looked_at_more_often_than_fifty_times_a_real_second() {
        assert_eq!(beat(&Clock::manual(Timestamp::default())), SECOND);
        assert_eq!(beat(&Clock::fast(10)), SECOND);
        assert_eq!(beat(&Clock::fast(1000)), 20 * SECOND);
        assert_eq!(limit(&Clock::fast(1000), 60 * SECOND), 5000 * SECOND);
    }
}

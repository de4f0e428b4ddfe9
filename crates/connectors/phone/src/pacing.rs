//! When the next message may go out: like a person, and not more of them than a new number may send (contract §9.7). Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_clock::Dice;
use sluice_model::Timestamp;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pacing {
    /// Between two sends, least and most, seconds.
    pub gap_s: [u32; 2],
    /// The gap is multiplied by something between these.
    pub jitter: [f64; 2],
    pub gap_max_s: u32,
    /// Before an answer in a chat that has just written, least and most, seconds.
    pub reply_gap_s: [u32; 2],
    /// The gap grows by this factor with each so many messages of the last hour.
    pub slow_down: f64,
    pub slow_down_every: u32,
    /// New chats a day, while the phone is paired for up to 3, 7, 14 days, and from then on.
    pub daily_new_chats: [u32; 4],
    /// Hours of the phone's wall clock from which, and to which, nothing is sent; the same hour twice switches it off.
    pub quiet_h: [u32; 2],
    /// Minutes that the phone's wall clock is ahead of UTC, unless the phone says it.
    pub utc_offset_min: i32,
    /// So many failures in a row give the phone a pause.
    pub breaker_failures: u32,
    /// The first pause; it doubles up to `breaker_max_s`.
    pub breaker_s: u32,
    pub breaker_max_s: u32,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            gap_s: [20, 35],
            jitter: [0.8, 1.5],
            gap_max_s: 300,
            reply_gap_s: [3, 8],
            slow_down: 1.5,
            slow_down_every: 10,
            daily_new_chats: [20, 50, 100, 150],
            quiet_h: [21, 7],
            utc_offset_min: 0,
            breaker_failures: 5,
            breaker_s: 300,
            breaker_max_s: 3_600,
        }
    }
}

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

impl Pacing {
    /// As fast as the phone can, at any hour: for tests and demonstrations. The breaker stays.
    pub fn unhindered() -> Self {
        Self { gap_s: [0, 0], reply_gap_s: [0, 0], daily_new_chats: [u32::MAX; 4], quiet_h: [0, 0], ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let row = |[least, most]: [u32; 2]| least <= most && most <= 86_400;
        if !row(self.gap_s) || !row(self.reply_gap_s) {
            return Err("a gap is two numbers of seconds, the smaller first");
        }
        let [least, most] = self.jitter;
        if !(0.0..=10.0).contains(&least) || !(least..=10.0).contains(&most) {
            return Err("jitter is two factors from 0 to 10, the smaller first");
        }
        if !(1.0..=10.0).contains(&self.slow_down) || self.slow_down_every == 0 {
            return Err("slow_down is a factor from 1 to 10, slow_down_every at least 1");
        }
        if self.quiet_h.iter().any(|hour| *hour > 24) {
            return Err("quiet_h is two hours from 0 to 24");
        }
        if self.utc_offset_min.abs() > 14 * 60 {
            return Err("utc_offset_min is at most 840");
        }
        if self.breaker_failures == 0 || self.breaker_s == 0 || self.breaker_s > self.breaker_max_s {
            return Err("breaker_failures and breaker_s are at least 1, breaker_max_s no less than breaker_s");
        }
        Ok(())
    }

    /// What the next send of a chat that did not write has to wait, after `sends` of the last hour.
    pub fn gap(&self, sends: usize, dice: &Dice) -> Duration {
        let [least, most] = self.jitter;
        // In thousandths, because dice are whole numbers.
        let factor = least + (most - least) * dice.below(1_001) as f64 / 1_000.0;
        let steps = u32::try_from(sends).unwrap_or(u32::MAX) / self.slow_down_every;
        let slower = self.slow_down.powi(i32::try_from(steps.min(64)).unwrap_or(64));
        let seconds = self.between(self.gap_s, dice).as_secs_f64() * factor * slower;
        Duration::from_secs_f64(seconds.min(self.gap_max_s.into()))
    }

    /// What an answer to a chat that has just written has to wait.
    pub fn reply_gap(&self, dice: &Dice) -> Duration {
        self.between(self.reply_gap_s, dice)
    }

    fn between(&self, [least, most]: [u32; 2], dice: &Dice) -> Duration {
        let span = u64::from(most.saturating_sub(least)) * 1_000;
        Duration::from_millis(u64::from(least) * 1_000 + dice.below(span + 1))
    }

    /// New chats that a phone of this age may begin in one day.
    pub fn daily_cap(&self, paired_at: Timestamp, now: Timestamp) -> u32 {
        let days = now.since(paired_at).as_secs() / 86_400;
        let row = match days {
            0..=2 => 0,
            3..=6 => 1,
            7..=13 => 2,
            _ => 3,
        };
        self.daily_new_chats[row]
    }

    /// The day that it is at the phone, counted from 1970.
    pub fn day(&self, now: Timestamp, offset_min: Option<i32>) -> i64 {
        self.wall(now, offset_min).div_euclid(DAY)
    }

    pub fn next_day(&self, now: Timestamp, offset_min: Option<i32>) -> Timestamp {
        let wall = self.wall(now, offset_min);
        Timestamp::from_millis(now.millis() + DAY - wall.rem_euclid(DAY))
    }

    /// When the quiet hours that it is in end.
    pub fn quiet_until(&self, now: Timestamp, offset_min: Option<i32>) -> Option<Timestamp> {
        let [from, to] = self.quiet_h.map(|hour| i64::from(hour) * HOUR);
        let time = self.wall(now, offset_min).rem_euclid(DAY);
        let quiet = if from <= to { (from..to).contains(&time) } else { time >= from || time < to };
        quiet.then(|| Timestamp::from_millis(now.millis() + (to - time).rem_euclid(DAY)))
    }

    /// The pause after the breaker fell for the `nth` time (from 0) without a success in between.
    pub fn breaker_pause(&self, nth: u32) -> Duration {
        let seconds = self.breaker_s.saturating_mul(1_u32.checked_shl(nth).unwrap_or(u32::MAX));
        Duration::from_secs(seconds.min(self.breaker_max_s).into())
    }

    fn wall(&self, now: Timestamp, offset_min: Option<i32>) -> i64 {
        now.millis() + i64::from(offset_min.unwrap_or(self.utc_offset_min)) * 60_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text_hour: i64, minute: i64) -> Timestamp {
        // 2026-11-20T00:00:00Z
        Timestamp::from_seconds(1_795_132_800 + text_hour * 3_600 + minute * 60)
    }

    #[test]
    fn the_gap_is_a_persons_and_grows_with_the_hours_messages() {
        let (pacing, dice) = (Pacing::default(), Dice::seeded(3));
        for _ in 0..500 {
            let gap = pacing.gap(0, &dice).as_secs_f64();
            assert!((16.0..=52.5).contains(&gap), "{gap}");
            let slower = pacing.gap(20, &dice).as_secs_f64();
            assert!((36.0..=118.2).contains(&slower), "{slower}");
            assert!(pacing.gap(200, &dice) <= Duration::from_secs(300));
            let reply = pacing.reply_gap(&dice).as_secs_f64();
            assert!((3.0..=8.0).contains(&reply), "{reply}");
        }
        assert_eq!(Pacing::unhindered().gap(500, &dice), Duration::ZERO);
    }

    #[test]
    fn an_older_phone_may_begin_more_chats() {
        let pacing = Pacing::default();
        let days = |days: u64| pacing.daily_cap(at(0, 0), at(0, 0).plus(Duration::from_secs(days * 86_400)));
        assert_eq!([0, 2, 3, 6, 7, 13, 14, 400].map(days), [20, 20, 50, 50, 100, 100, 150, 150]);
    }

    #[test]
    fn the_night_is_the_phones_own() {
        let pacing = Pacing::default();
        assert_eq!(pacing.quiet_until(at(20, 59), None), None);
        assert_eq!(pacing.quiet_until(at(21, 0), None), Some(at(31, 0)));
        assert_eq!(pacing.quiet_until(at(6, 30), None), Some(at(7, 0)));
        assert_eq!(pacing.quiet_until(at(7, 0), None), None);
        // Three hours ahead of UTC it is night at six in the evening, by Greenwich.
        assert_eq!(pacing.quiet_until(at(18, 0), Some(180)), Some(at(28, 0)));
        assert_eq!(pacing.quiet_until(at(5, 0), Some(180)), None);
        assert_eq!(Pacing { quiet_h: [0, 0], ..pacing.clone() }.quiet_until(at(3, 0), None), None);
        assert_eq!(Pacing { quiet_h: [12, 14], ..pacing }.quiet_until(at(13, 0), None), Some(at(14, 0)));
    }

    #[test]
    fn a_day_ends_at_the_phones_midnight() {
        let pacing = Pacing::default();
        assert_eq!(pacing.next_day(at(10, 0), Some(180)), at(21, 0));
        assert_eq!(pacing.day(at(20, 59), Some(180)) + 1, pacing.day(at(21, 0), Some(180)));
    }

    #[test]
    fn the_breakers_pause_doubles_up_to_an_hour() {
        let pacing = Pacing::default();
        assert_eq!(
            [0, 1, 2, 3, 4, 40].map(|nth| pacing.breaker_pause(nth).as_secs()),
            [300, 600, 1_200, 2_400, 3_600, 3_600]
        );
    }

    #[test]
    fn nonsense_is_no_pacing() {
        for nonsense in [
            Pacing { gap_s: [9, 3], ..Pacing::default() },
            Pacing { jitter: [f64::NAN, 1.0], ..Pacing::default() },
            Pacing { slow_down: 0.0, ..Pacing::default() },
            Pacing { slow_down_every: 0, ..Pacing::default() },
            Pacing { quiet_h: [25, 3], ..Pacing::default() },
            Pacing { breaker_s: 0, ..Pacing::default() },
        ] {
            assert!(nonsense.check().is_err(), "{nonsense:?}");
        }
        assert_eq!(Pacing::default().check(), Ok(()));
    }
}

use proptest::prelude::*;
use sluice_model::delivery::{Pauses, Queue, Success};

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

/// Contract wappi.md §3.1: 0, 5, 10, 20, 30 minutes.
const WAPPI: Schedule = Schedule {
    queue: Queue::Independent,
    pauses: Pauses::Listed(&[
        Duration::from_secs(300),
        Duration::from_secs(600),
        Duration::from_secs(1200),
        Duration::from_secs(1800),
    ]),
    success: Success::Exactly200,
    timeout: Duration::from_secs(10),
    heeds_receiver: false,
};

const HEEDING: Schedule = Schedule { success: Success::Any2xx, heeds_receiver: true, ..WAPPI };

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + seconds)
}

fn reply(status: u16) -> Option<Reply<'static>> {
    Some(Reply { status, retry_after: None })
}

#[test]
fn a_listed_schedule_is_followed_to_the_second_and_ends() {
    let mut now = at(0);
    let mut attempts = Vec::new();
    for number in 1.. {
        attempts.push(now.since(at(0)).as_secs() / 60);
        match after_attempt(&WAPPI, at(-9), number, now, reply(500), LATEST) {
            Next::Retry(next) => now = next,
            other => {
                assert_eq!(other, Next::GiveUp);
                break;
            }
        }
    }
    assert_eq!(attempts, [0, 5, 15, 35, 65]);
}

#[test]
fn pauses_are_spread_by_up_to_a_tenth_where_the_schedule_says_so() {
    const SPREAD: Schedule = Schedule { pauses: Pauses::Spread(&[MINUTE, Duration::from_secs(600)]), ..HEEDING };
    let next = |attempts, late| after_attempt(&SPREAD, at(0), attempts, at(0), reply(500), late);
    assert_eq!([0, 50, LATEST].map(|late| next(1, late)), [60, 63, 66].map(|due| Next::Retry(at(due))));
    assert_eq!((next(2, LATEST), next(3, LATEST)), (Next::Retry(at(660)), Next::GiveUp));
    let asked = Some(Reply { status: 429, retry_after: Some("65") });
    assert_eq!(
        [0, LATEST].map(|late| after_attempt(&SPREAD, at(0), 1, at(0), asked, late)),
        [65, 66].map(|due| Next::Retry(at(due)))
    );
}

#[test]
fn only_what_the_schedule_counts_is_delivered() {
    for (status, exact, any) in [(200, true, true), (201, false, true), (204, false, true), (301, false, false)] {
        let delivered = |schedule| after_attempt(schedule, at(0), 1, at(0), reply(status), 0) == Next::Delivered;
        assert_eq!((delivered(&WAPPI), delivered(&HEEDING)), (exact, any), "{status}");
    }
    assert_eq!(after_attempt(&WAPPI, at(0), 1, at(0), None, 0), Next::Retry(at(300)));
}

#[test]
fn gone_switches_off_only_where_the_receiver_is_heeded() {
    assert_eq!(after_attempt(&HEEDING, at(0), 1, at(0), reply(410), 0), Next::Gone);
    assert_eq!(after_attempt(&WAPPI, at(0), 1, at(0), reply(410), 0), Next::Retry(at(300)));
}

#[test]
fn a_pause_asked_for_lengthens_and_never_shortens() {
    let ask = |schedule, text| {
        after_attempt(schedule, at(0), 1, at(0), Some(Reply { status: 429, retry_after: Some(text) }), 0)
    };
    assert_eq!(ask(&HEEDING, "900"), Next::Retry(at(900)));
    assert_eq!(ask(&HEEDING, " 7 "), Next::Retry(at(300)));
    assert_eq!(ask(&HEEDING, "soon"), Next::Retry(at(300)));
    assert_eq!(ask(&HEEDING, "-900"), Next::Retry(at(300)));
    assert_eq!(ask(&HEEDING, "99999999999999999999999"), Next::Retry(at(86_400)));
    assert_eq!(ask(&WAPPI, "900"), Next::Retry(at(300)));
}

#[test]
fn a_date_is_a_pause_until_then() {
    let now = Timestamp::from_seconds(784_111_777 - 120);
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(2 * MINUTE));
    assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now.plus(3 * MINUTE)), Some(Duration::ZERO));
    assert_eq!(retry_after("Tue, 06 Nov 2294 08:49:37 GMT", now), Some(LONGEST_PAUSE));
}

proptest! {
    #[test]
    fn a_retry_lies_ahead_and_any_header_is_survived(text in ".{0,40}", status in 100_u16..600, attempts in 1_u32..8, late in 0..=LATEST) {
        let reply = Some(Reply { status, retry_after: Some(&text) });
        if let Next::Retry(next) = after_attempt(&HEEDING, at(0), attempts, at(5), reply, late) {
            prop_assert!(next > at(5) && next <= at(5).plus(LONGEST_PAUSE));
        }
    }
}

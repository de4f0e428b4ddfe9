//! What an attempt leads to. Pure.

use std::time::Duration;

use sluice_model::Timestamp;
use sluice_model::delivery::{Pauses, Schedule, State};

/// A receiver may ask for a pause, but not for ever.
const LONGEST_PAUSE: Duration = Duration::from_secs(86_400);

/// The longest [`after_attempt`]'s `late` may be, in thousandths of a pause.
pub const LATEST: u32 = 100;

/// 410: it wants to hear no more (RFC 9110 §15.5.11).
const GONE: u16 = 410;

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    pub status: u16,
    /// The header's value: seconds or a date (RFC 9110 §10.2.3).
    pub retry_after: Option<&'a str>,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Delivered,
    Retry(Timestamp),
    /// All attempts are used up.
    GiveUp,
    /// The receiver wants to hear no more: its listener is switched off.
    Gone,
}

impl Next {
    pub const fn state(self) -> State {
        match self {
            Self::Delivered => State::Delivered,
            Self::Retry(_) => State::Waiting,
            Self::GiveUp | Self::Gone => State::Undelivered,
        }
    }

    pub const fn retry_at(self) -> Option<Timestamp> {
        match self {
            Self::Retry(at) => Some(at),
            _ => None,
        }
    }
}

/// What follows an attempt that ended at `at`, the `attempts`th; `since` is when the event happened. No `reply` when
/// nothing came back. Pauses are counted from the end of an attempt, so that a receiver that answers late is not
/// called again at once; where the schedule spreads them, they are lengthened by `late` thousandths.
pub fn after_attempt(
    schedule: &Schedule,
    since: Timestamp,
    attempts: u32,
    at: Timestamp,
    reply: Option<Reply<'_>>,
    late: u32,
) -> Next {
    let status = reply.map(|reply| reply.status);
    if status.is_some_and(|status| schedule.success.counts(status)) {
        return Next::Delivered;
    }
    if schedule.heeds_receiver && status == Some(GONE) {
        return Next::Gone;
    }
    let Some(next) = schedule.next(attempts, since, at) else {
        return Next::GiveUp;
    };
    let next = match schedule.pauses {
        Pauses::Spread(_) => next.plus(next.since(at) * late / 1000),
        Pauses::Listed(_) | Pauses::Every { .. } => next,
    };
    let wish = reply.and_then(|reply| reply.retry_after).filter(|_| schedule.heeds_receiver);
    let wished = wish.and_then(|text| retry_after(text, at)).map_or(at, |pause| at.plus(pause));
    Next::Retry(next.max(wished))
}

/// The pause that a `Retry-After` asks for, at most a day; `None` when it cannot be read.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let pause = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds is a long pause, too.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let date = jiff::fmt::rfc2822::parse(text).ok()?;
        Timestamp::from_seconds(date.timestamp().as_second()).since(now)
    };
    Some(pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests;

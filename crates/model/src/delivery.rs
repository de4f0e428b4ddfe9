//! The life of a webhook delivery: schedules, attempts, states.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AccountId, EventId, ListenerId, Position, Timestamp};

/// How a dialect's webhooks are delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub queue: Queue,
    pub pauses: Pauses,
    pub success: Success,
    /// How long the receiver may take over its whole answer.
    pub timeout: Duration,
    /// A `Retry-After` of the receiver lengthens the pause, a 410 ends the listener.
    pub heeds_receiver: bool,
}

/// In what order deliveries of one account go to one listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// The next waits until this one is delivered or given up.
    HeadOfLine,
    /// Each has its own attempts; first attempts keep the order within a chat.
    Independent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pauses {
    /// The pause before the second attempt, the third, and so on; then it is given up.
    Listed(&'static [Duration]),
    /// As listed, each lengthened by up to a tenth: what failed together does not come back together.
    Spread(&'static [Duration]),
    /// The same pause each time until the event is so old.
    Every { pause: Duration, until: Duration },
}

/// Which HTTP status counts as delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Success {
    Exactly200,
    Any2xx,
}

impl Success {
    pub const fn counts(self, status: u16) -> bool {
        match self {
            Self::Exactly200 => status == 200,
            Self::Any2xx => status >= 200 && status < 300,
        }
    }
}

impl Schedule {
    /// When to try again after `attempts` attempts, the last of which was at `last`; `None` means give up.
    /// `since` is when the event happened. The earliest, where pauses are [`Pauses::Spread`].
    pub fn next(&self, attempts: u32, since: Timestamp, last: Timestamp) -> Option<Timestamp> {
        match self.pauses {
            Pauses::Listed(pauses) | Pauses::Spread(pauses) => {
                let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
                pauses.get(index).map(|pause| last.plus(*pause))
            }
            Pauses::Every { pause, until } => {
                let next = last.plus(pause);
                (next <= since.plus(until)).then_some(next)
            }
        }
    }
}

/// A delivery that did not succeed at once; what succeeds at once leaves only its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub listener: ListenerId,
    pub account: AccountId,
    pub position: Position,
    pub state: State,
    pub attempts: u32,
    /// When the next attempt is due, while `Waiting`.
    pub next_at: Timestamp,
}

impl Delivery {
    pub const fn event(&self) -> EventId {
        EventId::of(self.account, self.position)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Between attempts.
    Waiting,
    Delivered,
    /// All attempts used up, or its listener is gone.
    Undelivered,
}

impl State {
    pub const ALL: [State; 3] = [Self::Waiting, Self::Delivered, Self::Undelivered];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One call to a listener's URL, kept so that a support person can see what the receiver answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub listener: ListenerId,
    pub account: AccountId,
    pub position: Position,
    /// Counted from 1.
    pub number: u32,
    pub at: Timestamp,
    /// Milliseconds until the answer or the trouble.
    pub took_ms: u32,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The first bytes of the answer, or the words of the trouble.
    pub answer: String,
    /// The state this attempt left the delivery in.
    pub state: State,
    /// When the next attempt is due, while it waits.
    pub next_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn schedule(pauses: Pauses) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses,
            success: Success::Exactly200,
            timeout: Duration::from_secs(5),
            heeds_receiver: false,
        }
    }

    #[test]
    fn a_listed_schedule_makes_one_attempt_more_than_it_has_pauses() {
        let listed = schedule(Pauses::Listed(&[MINUTE, MINUTE, MINUTE]));
        let start = Timestamp::from_seconds(0);
        assert_eq!(listed.next(3, start, start), Some(start.plus(MINUTE)));
        assert_eq!(listed.next(4, start, start), None);
    }

    proptest! {
        #[test]
        fn every_schedule_moves_forward_and_ends(pause in 1_u64..600, until in 1_u64..5_000) {
            let every = schedule(Pauses::Every { pause: Duration::from_secs(pause), until: Duration::from_secs(until) });
            let start = Timestamp::from_seconds(1_000);
            let (mut last, mut attempts) = (start, 1);
            while let Some(next) = every.next(attempts, start, last) {
                prop_assert!(next > last);
                last = next;
                attempts += 1;
                prop_assert!(attempts < 5_002, "it does not end");
            }
            prop_assert!(last.since(start) <= Duration::from_secs(until));
        }
    }
}

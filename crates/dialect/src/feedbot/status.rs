//! What became of a message, in Feedbot's three numbers and a reason (contract §6).

use std::time::Duration;

use serde_json::Value;
use sluice_model::command::Wish;
use sluice_model::failure::Why;
use sluice_model::message::{Kept, Trouble};
use sluice_model::{Address, State, Timestamp};

use super::read::VALID_UNTIL;

/// As long an outcome that nobody knows counts as still on its way (contract phone.md §8).
const DOUBT: Duration = Duration::from_secs(3600);

const TIME_PASSED: &str = "INVALIDATION_TIME_PASSED";

/// What is taken and cannot be sent: it fails at once, with its reason (contract §3.1, §5).
pub fn unsendable(wish: &Wish, now: Timestamp) -> Option<Trouble> {
    let trouble = |why, note: &str| Some(Trouble { why, note: note.to_owned() });
    match wish.chat {
        Address::Phone(_) if valid_until(wish.memo.as_ref()).is_some_and(|end| end <= now) => {
            trouble(Why::TooLate, "its invalidationTime had passed when it came in")
        }
        Address::Phone(_) => None,
        _ => trouble(Why::InvalidRecipient, "its phone is not a number of 8 to 15 digits"),
    }
}

fn valid_until(memo: Option<&Value>) -> Option<Timestamp> {
    memo?.get(VALID_UNTIL)?.as_i64().map(Timestamp::from_millis)
}

/// `-1` with why, `0` or `1`.
pub fn of(kept: &Kept, now: Timestamp) -> (i8, Option<&'static str>) {
    match kept.state {
        State::Sent | State::Delivered | State::Read | State::Received => (1, None),
        State::Waiting if is_over(kept, now) => (-1, Some(TIME_PASSED)),
        State::Waiting | State::Claimed => (0, None),
        State::Uncertain if now.since(kept.state_at) < DOUBT => (0, None),
        State::Uncertain => (-1, Some("UNKNOWN")),
        State::Cancelled => (-1, Some("CANCELLED")),
        State::Expired if valid_until(kept.message.origin.memo()).is_some() => (-1, Some(TIME_PASSED)),
        State::Expired => (-1, Some("SENDER_OFFLINE_TOO_LONG")),
        State::Failed => (-1, Some(reason(kept.trouble.as_ref().map_or(Why::Unknown, |trouble| trouble.why)))),
    }
}

/// It is not sent any more, even if nobody has looked at it yet.
fn is_over(kept: &Kept, now: Timestamp) -> bool {
    valid_until(kept.message.origin.memo()).is_some_and(|end| end <= now)
}

/// Upstream's words are not known; these are ours (contract §6).
const fn reason(why: Why) -> &'static str {
    match why {
        Why::NotOnMessenger => "NOT_ON_WHATSAPP",
        Why::InvalidRecipient => "INVALID_PHONE",
        Why::TooLate => TIME_PASSED,
        Why::MediaUnreachable | Why::MediaTooLarge | Why::MediaUnsupported => "IMAGE_DOWNLOAD_FAILED",
        Why::LoggedOut | Why::Disconnected => "SENDER_OFFLINE_TOO_LONG",
        _ => "UNKNOWN",
    }
}

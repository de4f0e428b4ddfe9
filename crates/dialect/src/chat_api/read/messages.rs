//! Messages by their numbers and by pages; what waits to be sent.

use sluice_model::command::{EntryQuery, Query, Slice};
use sluice_model::{Command, Position, Refusal, Timestamp};

use crate::Call;
use crate::chat_api::arguments::{self, Arguments};

/// Upstream's length of a list.
const LENGTH: u64 = 100;
/// Where upstream has none.
const MOST: u64 = 10_000;
const MOST_OF_PAGE: u64 = 1_000;

/// Those behind `lastMessageNumber`, or with `last` the newest hundred.
pub fn since(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let number = last_number(&arguments)?;
    let last = arguments.flag("last") == Some(true);
    let limit = match arguments.count("limit")?.unwrap_or(LENGTH) {
        0 => MOST,
        limit => limit.min(MOST),
    };
    let moment = |name| {
        let seconds = arguments.count(name)?.filter(|seconds| *seconds > 0);
        Ok(seconds.map(|seconds| Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))))
    };
    Ok(Command::Entries(EntryQuery {
        after: (!last).then_some(number),
        chat: arguments.chat_if_any()?,
        since: moment("min_time")?,
        until: moment("max_time")?,
        limit: usize::try_from(if last { limit.min(LENGTH) } else { limit }).unwrap_or(usize::MAX),
    }))
}

/// What the caller has seen; nothing at first.
pub fn last_number(arguments: &Arguments) -> Result<Position, Refusal> {
    let number = arguments.count("lastMessageNumber")?.unwrap_or(0);
    let number = u32::try_from(number).map_err(|_| Refusal::invalid("lastMessageNumber", "is none of ours"))?;
    Ok(Position(number))
}

/// Newest first. Pages count from 0.
pub fn history(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let count = arguments.count("count")?.unwrap_or(LENGTH).clamp(1, MOST_OF_PAGE);
    let page = page_of(&arguments)?;
    let page = Slice { offset: page.saturating_mul(count).min(1 << 40), limit: count };
    Ok(Command::Messages(Query { chat: arguments.chat_if_any()?, ..Query::all(page) }))
}

pub fn page_of(arguments: &Arguments) -> Result<u64, Refusal> {
    Ok(arguments.count("page")?.unwrap_or(0).min(1 << 30))
}

pub fn queue(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Queue(Slice::first(LENGTH)))
}

pub fn clear_queue(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Cancel(None))
}

/// Actions are carried out at once here: there is no queue of them.
pub fn nothing(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Nothing)
}

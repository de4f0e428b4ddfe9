//! Chats (contract §2.8).

use std::time::Duration;

use serde_json::Value;
use sluice_model::command::{DialogQuery, Slice};
use sluice_model::{Ask, Command, Refusal};

use super::body::fields;
use super::{channel, flag, page};
use crate::Call;
use crate::wappi::address;

const MOST: u64 = 1000;
/// Ids of one filter.
const MOST_IDS: usize = 1000;
/// `limit` and `offset` count days there, so that a list of them has no pages.
const MOST_OF_DAYS: u64 = 10_000;
const TYPING_MS: u32 = 20_000;
const DAY: u64 = 86_400;

/// Those of `{"filter":{"ids":["79.."]}}` in the body, or all. Deleted ones with `show_all` only.
pub fn all(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let ids = fields.value("filter").and_then(|filter| filter.get("ids"));
    let ids = match ids {
        None | Some(Value::Null) => &[],
        Some(Value::Array(ids)) => ids.as_slice(),
        Some(_) => return Err(Refusal::invalid("ids", "must be a list of strings")),
    };
    if ids.len() > MOST_IDS {
        return Err(Refusal::invalid("ids", format!("holds more than {MOST_IDS}")));
    }
    let read = |id: &Value| match id {
        Value::String(id) => address::read(channel(call), "ids", id),
        Value::Number(id) => address::read(channel(call), "ids", &id.to_string()),
        _ => Err(Refusal::invalid("ids", "must be a list of strings")),
    };
    let chats = ids.iter().map(read).collect::<Result<_, _>>()?;
    let deleted = (!flag(call, "show_all")).then_some(false);
    let oldest_first = call.query("order") == Some("asc");
    Ok(Command::Dialogs(DialogQuery { chats, deleted, oldest_first, ..DialogQuery::all(page(call, 200, MOST)?) }))
}

pub fn filter(call: &Call) -> Result<Command, Refusal> {
    let search = call.query("client_name").map(str::to_owned);
    Ok(Command::Dialogs(DialogQuery { search, ..DialogQuery::all(page(call, 200, MOST)?) }))
}

/// The chats whose last message is between `offset` and `offset + limit` days old.
pub fn of_days(call: &Call) -> Result<Command, Refusal> {
    let days = page(call, 20, 3650)?;
    let ago = |days: u64| call.at.minus(Duration::from_secs(days.saturating_mul(DAY)));
    let shown = |name| (!flag(call, name)).then_some(false);
    Ok(Command::Dialogs(DialogQuery {
        since: Some(ago(days.offset.saturating_add(days.limit))),
        // What comes in while the call is answered is as new as can be.
        until: (days.offset > 0).then(|| ago(days.offset)),
        archived: shown("is_archived"),
        deleted: shown("is_deleted"),
        oldest_first: call.query("order") == Some("asc"),
        ..DialogQuery::all(Slice::first(MOST_OF_DAYS))
    }))
}

/// The older API's list of what is to be read.
pub fn unread(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Dialogs(DialogQuery { unread: true, ..DialogQuery::all(page(call, MOST, MOST)?) }))
}

pub fn archive(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Archive { chat: fields(call)?.recipient(call)?, on: true }))
}

pub fn unarchive(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Archive { chat: fields(call)?.recipient(call)?, on: false }))
}

pub fn delete(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::DeleteChat { chat: fields(call)?.recipient(call)? }))
}

/// Ends by itself after 20 seconds.
pub fn typing(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Typing { chat: fields(call)?.recipient(call)?, recording: false, for_ms: TYPING_MS }))
}

pub fn typing_ends(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Typing { chat: fields(call)?.recipient(call)?, recording: false, for_ms: 0 }))
}

/// The older API's way to mark a chat read, all of it.
pub fn seen(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::MarkRead { chat: fields(call)?.recipient(call)?, remotes: Vec::new() }))
}

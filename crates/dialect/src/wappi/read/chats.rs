//! Chats (contract §2.8).

use sluice_model::command::Slice;
use sluice_model::{Ask, Command, Refusal};

use super::body::fields;
use super::page;
use crate::Call;

const MOST: u64 = 1000;
/// Where rows are picked from all chats, so many are looked through.
pub const LOOKED_THROUGH: u64 = 10_000;
const TYPING_MS: u32 = 20_000;

/// With a `filter` in the body the rows are picked in the answer.
pub fn all(call: &Call) -> Result<Command, Refusal> {
    let page =
        if wanted_ids(call)?.is_empty() { page(call, 200, MOST)? } else { Slice::first(LOOKED_THROUGH) };
    Ok(Command::Dialogs { search: None, page })
}

/// The `ids` of `{"filter":{"ids":["79.."]}}`; empty means every chat.
pub fn wanted_ids(call: &Call) -> Result<Vec<String>, Refusal> {
    let fields = fields(call)?;
    let ids = fields.value("filter").and_then(|filter| filter.get("ids")).and_then(|ids| ids.as_array());
    let texts = ids.into_iter().flatten().filter_map(|id| id.as_str());
    Ok(texts.map(str::to_owned).collect())
}

pub fn filter(call: &Call) -> Result<Command, Refusal> {
    let search = call.query("client_name").map(str::to_owned);
    Ok(Command::Dialogs { search, page: page(call, 200, MOST)? })
}

/// The chats with something in them between `offset` and `offset + limit` days ago; picked in the answer.
pub fn of_days(call: &Call) -> Result<Command, Refusal> {
    days(call)?;
    Ok(Command::Dialogs { search: None, page: Slice::first(LOOKED_THROUGH) })
}

/// `offset` and `limit`, in days.
pub fn days(call: &Call) -> Result<(u64, u64), Refusal> {
    let days = page(call, 20, 3650)?;
    Ok((days.offset, days.limit))
}

pub fn archive(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Archive { chat: fields(call)?.recipient(call)?, on: true }))
}

pub fn unarchive(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Archive { chat: fields(call)?.recipient(call)?, on: false }))
}

/// No connector deletes chats; the words are those of upstream's own failure.
pub fn delete(call: &Call) -> Result<Command, Refusal> {
    fields(call)?.recipient(call)?;
    Err(Refusal::Conflict("deleteChat error".to_owned()))
}

/// Ends by itself after 20 seconds.
pub fn typing(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Typing {
        chat: fields(call)?.recipient(call)?,
        recording: false,
        for_ms: TYPING_MS,
    }))
}

pub fn typing_ends(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Typing { chat: fields(call)?.recipient(call)?, recording: false, for_ms: 0 }))
}

/// The older API's way to mark a chat read, all of it.
pub fn seen(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::MarkRead { chat: fields(call)?.recipient(call)?, remotes: Vec::new() }))
}

//! Reading messages (contract §2.7).

use sluice_model::command::{Query, Slice};
use sluice_model::{Command, Refusal};

use super::body::fields;
use super::{channel, flag, page, required};
use crate::Call;
use crate::wappi::{address, ids, times};

/// One answer's most rows.
pub const MOST: u64 = 1000;

/// `order=desc` and anything else but `asc` means newest first; `reverse` turns it round.
pub fn of_chat(call: &Call) -> Result<Command, Refusal> {
    let chat = address::read(channel(call), "chat_id", required(call, "chat_id")?)?;
    let mark_read = flag(call, "mark_all");
    listed(call, Query { chat: Some(chat), mark_read, ..Query::all(page(call, 50, MOST)?) })
}

pub fn all(call: &Call) -> Result<Command, Refusal> {
    listed(call, Query::all(page(call, 400, MOST)?))
}

fn listed(call: &Call, query: Query) -> Result<Command, Refusal> {
    let since = call
        .query("date")
        .map(|text| times::read(text).ok_or_else(|| Refusal::invalid("date", "must be YYYY-mm-ddTHH:MM:ss")));
    let oldest_first = (call.query("order") == Some("asc")) != flag(call, "reverse");
    Ok(Command::Messages(Query { since: since.transpose()?, oldest_first, ..query }))
}

/// What was sent through the API.
pub fn history(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Messages(Query { by_api: true, ..Query::all(page(call, 200, MOST)?) }))
}

pub fn search(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let recipient = fields.text("recipient")?;
    let chat = recipient.map(|text| address::read(channel(call), "recipient", &text)).transpose()?;
    Ok(Command::Messages(Query { chat, search: Some(fields.required("body")?), ..Query::all(Slice::first(200)) }))
}

pub fn one(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Message(ids::which(&call.spelling, channel(call), required(call, "message_id")?)))
}

pub fn media(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::MessageFile(ids::which(&call.spelling, channel(call), required(call, "message_id")?)))
}

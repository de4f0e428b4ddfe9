//! Chats.

use sluice_model::ask::GroupCall;
use sluice_model::command::{DialogQuery, Slice};
use sluice_model::{Ask, Command, Refusal};

use super::messages;
use crate::Call;
use crate::chat_api::{address, arguments};

const MOST: u64 = 1_000;
/// Seconds.
const TYPING: u64 = 5;
const LONGEST_TYPING: u64 = 60;

/// Newest first; without a `limit` as many as one answer holds.
pub fn all(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let limit = match arguments.count("limit")?.unwrap_or(0) {
        0 => MOST,
        limit => limit.min(MOST),
    };
    let offset = messages::page_of(&arguments)?.saturating_mul(limit);
    Ok(Command::Dialogs(DialogQuery::all(Slice { offset, limit })))
}

/// Of a group the messenger is asked, because it knows the members.
pub fn one(call: &Call) -> Result<Command, Refusal> {
    let chat = arguments::read(call)?.chat()?;
    if chat.is_group() {
        return Ok(Command::Ask(Ask::Group { call: GroupCall::Info { group: chat } }));
    }
    Ok(Command::Chat(chat))
}

pub fn read(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::MarkRead { chat: arguments::read(call)?.chat()?, remotes: Vec::new() }))
}

pub fn typing(call: &Call) -> Result<Command, Refusal> {
    show(call, false)
}

pub fn recording(call: &Call) -> Result<Command, Refusal> {
    show(call, true)
}

/// For so many seconds; with `on` false it ends.
fn show(call: &Call, recording: bool) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let seconds = arguments.count("duration")?.unwrap_or(TYPING).clamp(1, LONGEST_TYPING);
    let on = arguments.flag("on").unwrap_or(true);
    let for_ms = if on { u32::try_from(seconds * 1000).unwrap_or(u32::MAX) } else { 0 };
    Ok(Command::Ask(Ask::Typing { chat: arguments.chat()?, recording, for_ms }))
}

pub fn remove(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::DeleteChat { chat: arguments::read(call)?.chat()? }))
}

pub fn check(call: &Call) -> Result<Command, Refusal> {
    let phone = arguments::read(call)?.required("phone")?;
    Ok(Command::Ask(Ask::Check { who: vec![address::read("phone", &phone)?] }))
}

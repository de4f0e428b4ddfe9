//! Journals and queues (contract greenapi.md §2.4, §2.5) and received files.

use std::time::Duration;

use sluice_model::command::{Query, Queue, Slice, Which};
use sluice_model::{Address, Command, Refusal, Timestamp};

use super::fields::Fields;
use super::sending::ID_LIMIT;
use crate::Call;

/// A day: what is told when the caller does not say.
const MINUTES: u64 = 1_440;

/// What the vendor keeps of messages and statuses, as far as its documents go.
const MOST_MINUTES: u64 = 30 * 1_440;

/// Rows of a list over time.
const ROWS: u64 = 10_000;

/// Rows of a chat's history when the caller does not say.
const HISTORY: u32 = 100;

/// The part of the outgoing queue that is shown.
const QUEUE: u64 = 500;

pub fn get_chat_history(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let chat = fields.chat(call.account()?.channel)?;
    let count = fields.whole("count", 1..=10_000)?.unwrap_or(HISTORY);
    Ok(Command::Messages(Query { chat: Some(chat), ..Query::all(Slice::first(u64::from(count))) }))
}

pub fn get_message(call: &Call) -> Result<Command, Refusal> {
    named(call).map(Command::Message)
}

pub fn download_file(call: &Call) -> Result<Command, Refusal> {
    named(call).map(Command::MessageFile)
}

fn named(call: &Call) -> Result<Which, Refusal> {
    let fields = Fields::of(call)?;
    fields.chat(call.account()?.channel)?;
    Ok(Which::Remote(fields.required("idMessage", ID_LIMIT)?))
}

pub fn last_incoming_messages(call: &Call) -> Result<Command, Refusal> {
    Ok(over_time(call, true, None))
}

pub fn last_outgoing_messages(call: &Call) -> Result<Command, Refusal> {
    Ok(over_time(call, false, None))
}

pub fn last_incoming_calls(call: &Call) -> Result<Command, Refusal> {
    let (since, limit) = (since(call), ROWS as usize);
    Ok(Command::Calls { since, limit })
}

/// Nobody calls out of here.
pub fn last_outgoing_calls(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Nothing)
}

pub fn get_incoming_statuses(call: &Call) -> Result<Command, Refusal> {
    Ok(over_time(call, true, Some(Address::Story)))
}

pub fn get_outgoing_statuses(call: &Call) -> Result<Command, Refusal> {
    Ok(over_time(call, false, Some(Address::Story)))
}

fn over_time(call: &Call, incoming: bool, chat: Option<Address>) -> Command {
    let since = Some(since(call));
    Command::Messages(Query { chat, incoming: Some(incoming), since, ..Query::all(Slice::first(ROWS)) })
}

/// `minutes` out of the query, or out of the body that some SDKs send with a GET: `{"minutes":60}` or `60`
/// (contract §0.6).
fn since(call: &Call) -> Timestamp {
    let body: serde_json::Value = call.json().unwrap_or_default();
    let in_body = || body.get("minutes").unwrap_or(&body).as_u64();
    let minutes = call.query("minutes").and_then(|text| text.trim().parse().ok()).or_else(in_body);
    call.at.minus(Duration::from_secs(minutes.unwrap_or(MINUTES).min(MOST_MINUTES) * 60))
}

pub fn show_messages_queue(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Queue(Slice::first(QUEUE)))
}

pub fn clear_messages_queue(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Cancel(None))
}

pub fn get_messages_count(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Queue(Slice::first(1)))
}

pub fn get_webhooks_count(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::CountWaitingEntries { queue: Queue::Own })
}

pub fn clear_webhooks_queue(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::ClearEntries { queue: Queue::Own })
}

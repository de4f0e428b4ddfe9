//! From calls to commands.

pub mod body;
pub mod chats;
pub mod contacts;
pub mod file;
pub mod groups;
pub mod login;
pub mod messages;
pub mod profile;
pub mod remark;
pub mod send;
pub mod tasks;
pub mod webhook;

use sluice_model::command::Slice;
use sluice_model::{Channel, Command, Refusal};

use super::{platform, table};
use crate::Call;

/// Reads any call of this dialect by the row that it belongs to.
pub fn any(call: &Call) -> Result<Command, Refusal> {
    let row = call.endpoint.and_then(|endpoint| table::row_named(endpoint.name)).ok_or(Refusal::PathUnknown)?;
    platform::check(call)?;
    (row.read)(call)
}

/// For calls whose answer is all that they are for.
pub fn nothing(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Nothing)
}

/// The messenger that the call speaks to.
fn channel(call: &Call) -> Channel {
    platform::of(call).unwrap_or(Channel::Whatsapp)
}

fn required<'c>(call: &'c Call, name: &'static str) -> Result<&'c str, Refusal> {
    call.query(name).ok_or(Refusal::Missing(name))
}

/// A whole number out of the query; `None` when it is absent or, as some clients send it, empty.
fn number(call: &Call, name: &'static str) -> Result<Option<u64>, Refusal> {
    let Some(text) = call.query(name) else {
        return Ok(None);
    };
    text.trim().parse().map(Some).map_err(|_| Refusal::invalid(name, "is not a whole number"))
}

fn flag(call: &Call, name: &str) -> bool {
    matches!(call.query(name), Some("true" | "True" | "1"))
}

/// No list is as long.
const FURTHEST: u64 = 1 << 40;

/// `limit` and `offset`. `most` bounds what one answer may hold.
fn page(call: &Call, default: u64, most: u64) -> Result<Slice, Refusal> {
    let limit = number(call, "limit")?.unwrap_or(default).clamp(1, most);
    Ok(Slice { offset: number(call, "offset")?.unwrap_or(0).min(FURTHEST), limit })
}

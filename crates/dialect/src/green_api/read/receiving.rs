//! Receiving methods (contract greenapi.md §2.3, §5.1) and the debug publish.

use std::time::Duration;

use sluice_model::command::Queue;
use sluice_model::id::Position;
use sluice_model::{Command, Refusal};

use super::fields::Fields;
use crate::green_api::ids;
use crate::{Call, Named};

/// Seconds that a poll may wait, and waits when the caller does not say.
const WAIT: (u64, u64) = (5, 60);

pub fn receive(call: &Call) -> Result<Command, Refusal> {
    let (least, most) = WAIT;
    let asked = call.query("receiveTimeout").and_then(|text| text.trim().parse().ok());
    // Out of range means the nearest bound: what the vendor does there is not known.
    let wait = Duration::from_secs(asked.unwrap_or(least).clamp(least, most));
    Ok(Command::Receive { queue: Queue::Own, wait, limit: 1 })
}

pub fn delete(call: &Call) -> Result<Command, Refusal> {
    confirm(call.param("receipt"))
}

/// The number comes as the body: `7` from the Python SDK's async client (contract §0.7), perhaps `{"receiptId":7}`.
pub fn delete_by_body(call: &Call) -> Result<Command, Refusal> {
    let body: serde_json::Value = call.json().unwrap_or_default();
    let receipt = body.get("receiptId").unwrap_or(&body);
    confirm(receipt.as_str().map_or_else(|| receipt.to_string(), str::to_owned).as_str())
}

fn confirm(receipt: &str) -> Result<Command, Refusal> {
    let number: u64 = receipt.parse().map_err(|_| Refusal::invalid("receiptId", "must be a Number"))?;
    // A number too great to be a receipt of ours confirms nothing and is answered so.
    let upto = u32::try_from(number).map_or(Position::START, Position);
    Ok(Command::Confirm { queue: Queue::Own, upto })
}

/// Lays a notification into the instance's own queue. One that names another instance is refused: a caller may only
/// write into the queue that the token is for.
pub fn publish(call: &Call) -> Result<Command, Refusal> {
    let body = serde_json::Value::Object(Fields::of(call)?.members().clone());
    if body["typeWebhook"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::Missing("typeWebhook"));
    }
    let named = &body["instanceData"]["idInstance"];
    let own = Named::Account(call.account()?.id);
    if !named.is_null() && ids::account(named.as_str().unwrap_or(&named.to_string())) != own {
        return Err(Refusal::invalid("instanceData.idInstance", "must be the instance that is called"));
    }
    Ok(Command::Publish { body })
}

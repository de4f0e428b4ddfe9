//! Receiving methods (contract greenapi.md §2.3, §5.1).

use http::StatusCode;
use serde_json::{Value, json};
use sluice_model::outcome::Told;

use crate::Reply;

/// The head of the queue, or exactly `null`: clients compare the four bytes (contract §0.2).
pub fn entry(told: Option<&Told>) -> Reply {
    // The notification is put in as it is, so that a poll and a webhook show the same bytes.
    let body = told.map_or_else(
        || "null".to_owned(),
        |told| format!(r#"{{"receiptId":{},"body":{}}}"#, told.event.position(), told.body),
    );
    Reply::bytes(StatusCode::OK, "application/json", body)
}

pub fn deleted(moved: bool) -> Value {
    let reason = if moved { "" } else { "There is no such notification at the head of the queue" };
    json!({"result": moved, "reason": reason})
}

pub fn published() -> Value {
    json!({"published": true})
}

//! What was taken to be sent.

use serde_json::json;
use sluice_model::Outcome;
use sluice_model::outcome::Accepted;

use super::ok;
use crate::chat_api::{address, arguments, ids};
use crate::{Call, Reply};

/// Of several that were forwarded the first is told.
pub fn queued(call: &Call, outcome: Outcome) -> Option<Reply> {
    let accepted = first(outcome)?;
    // It was read before, or there would be nothing to answer.
    let chat = arguments::read(call).ok()?.chat().ok()?;
    Some(ok(&json!({
        "sent": true,
        "message": format!("Sent to {}", address::write(&chat, None)),
        "id": ids::of_accepted(&call.spelling, &chat, accepted.id, accepted.remote.as_deref()),
        "queueNumber": ids::queue_number(accepted.id),
    })))
}

/// The deletion is a message of its own, whose id is of no use to anybody.
pub fn deleted(call: &Call, outcome: Outcome) -> Option<Reply> {
    let accepted = first(outcome)?;
    let id = arguments::read(call).ok()?.required("messageId").ok()?;
    let queue_number = ids::queue_number(accepted.id);
    Some(ok(&json!({"sent": true, "message": "Message is being deleted", "id": id, "queueNumber": queue_number})))
}

fn first(outcome: Outcome) -> Option<Accepted> {
    match outcome {
        Outcome::Accepted(accepted) => accepted.into_iter().next(),
        _ => None,
    }
}

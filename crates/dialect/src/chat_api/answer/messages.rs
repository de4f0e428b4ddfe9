//! Lists of messages, and what waits to be sent.

use serde_json::{Value, json};
use sluice_model::{Entry, Event, Order, Outcome};

use super::ok;
use crate::chat_api::shown::{self, Frame};
use crate::chat_api::{address, arguments, ids, read};
use crate::{Call, Reply};

pub fn since(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Stretch { entries, end } = outcome else { return None };
    let frame = Frame::of_call(call, call.account().ok()?);
    let messages: Vec<Value> = entries.iter().filter_map(|entry| message(entry, &frame)).collect();
    Some(ok(&json!({"messages": messages, "lastMessageNumber": end.get()})))
}

fn message(entry: &Entry, frame: &Frame<'_>) -> Option<Value> {
    match &entry.event {
        Event::MessageReceived { message } | Event::MessagePosted { message } => {
            shown::message(message, Some(entry.position), frame)
        }
        _ => None,
    }
}

pub fn history(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Messages { messages, .. } = outcome else { return None };
    let frame = Frame::of_call(call, call.account().ok()?);
    let messages: Vec<Value> = messages.iter().filter_map(|kept| shown::message(&kept.message, None, &frame)).collect();
    let page = read::messages::page_of(&arguments::read(call).ok()?).ok()?;
    Some(ok(&json!({"messages": messages, "page": page})))
}

pub fn queue(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Queue { orders, total } = outcome else { return None };
    let frame = Frame::of_call(call, call.account().ok()?);
    let rows: Vec<Value> = orders.iter().map(|order| queued(order, &frame)).collect();
    Some(ok(&json!({"totalMessages": total, "first100": rows})))
}

/// `metadata` is JSON inside of a text, as one client reads it. When it was last tried is not kept.
fn queued(order: &Order, frame: &Frame<'_>) -> Value {
    let message = &order.message;
    let metadata = json!({
        "messageId": ids::of_message(frame.spelling, message),
        "chatId": address::write(&message.chat, message.chat_alias.as_ref()),
        "attempts": order.attempt,
    });
    json!({
        "id": ids::queue_number(message.id),
        "body": shown::body(&message.content, frame),
        "type": shown::kind_of_queued(&message.content),
        "last_try": null,
        "metadata": metadata.to_string(),
    })
}

pub fn queue_cleared(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Cancelled(ids) = outcome else { return None };
    let message = format!("Outbound messages queue is cleared: {} messages", ids.len());
    Some(ok(&json!({"message": message, "messageTextsExample": []})))
}

pub fn no_actions(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(&json!({"totalActions": 0, "first100": []})))
}

pub fn no_actions_cleared(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(&json!({"message": "Actions queue is empty", "actionsExample": []})))
}

//! Tasks and the queue (contract §2.13).

use serde_json::Value;
use sluice_model::content::{Content, MediaKind};
use sluice_model::message::Kept;
use sluice_model::{Address, Channel, Message, Order, Outcome, State};

use crate::wappi::{address, errors, ids, platform, profile_of, shown, times};
use crate::{Call, Reply};

use super::Body;

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Message(kept) = outcome else {
        return None;
    };
    Some(Body::default().and("status", "done").and("task", task(call, &kept)).ok())
}

pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Messages { messages, .. } = outcome else {
        return None;
    };
    let tasks: Vec<Value> = messages.iter().map(|kept| task(call, kept)).collect();
    Some(Body::default().and("status", "done").and("tasks", tasks).ok())
}

/// `null`, not an empty list, when nothing waits.
pub fn queue(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Queue { orders, .. } = outcome else {
        return None;
    };
    let rows: Vec<Value> = orders.iter().enumerate().map(|(place, order)| waiting(call, order, place == 0)).collect();
    let tasks = if rows.is_empty() { Value::Null } else { rows.into() };
    Some(Body::default().and("status", "done").and("tasks", tasks).ok())
}

pub fn purged(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let whatsapp = platform::of(call) == Some(Channel::Whatsapp);
    let detail = (!whatsapp).then_some("Successfully cleared the queue");
    Some(Body::default().maybe("detail", detail).and("status", "done").ok())
}

fn waiting(call: &Call, order: &Order, first: bool) -> Value {
    head(call, &order.message)
        .and("timeout_from", 0)
        .and("timeout_to", 0)
        .and("command_start", times::rfc3339(order.due_at))
        .and("response", Value::Null)
        .and("is_first", first)
        .value()
}

fn task(call: &Call, kept: &Kept) -> Value {
    let response = response(call, kept);
    head(call, &kept.message).and("command_start", times::rfc3339(kept.message.at)).and("response", response).value()
}

/// What was asked for.
fn head(call: &Call, message: &Message) -> Body {
    let channel = platform::of(call).unwrap_or(Channel::Whatsapp);
    let media = shown::media(&message.content);
    Body::default()
        .and("task_id", ids::task(&call.spelling, message.id))
        .and("command", if message.chat == Address::Story { "sendStory" } else { command(&message.content) })
        .and("recipient", address::write(channel, &message.chat, message.chat_alias.as_ref()))
        .and("uuid", profile_of(call))
        .and("body", shown::text(&message.content).unwrap_or_default())
        .maybe("mime", media.map(|media| media.mime.clone()))
        .maybe("caption", media.and_then(|media| media.caption.clone()))
        .maybe("file_name", media.and_then(|media| media.file_name.clone()))
}

/// `null` while nothing has come of it: clients poll for that.
fn response(call: &Call, kept: &Kept) -> Value {
    if kept.state.is_open() {
        return Value::Null;
    }
    let why = kept.trouble.as_ref().map(|trouble| trouble.why);
    let failed = matches!(kept.state, State::Failed | State::Expired | State::Cancelled | State::Uncertain);
    let detail = kept.trouble.as_ref().map(|trouble| errors::messengers_words(call, trouble.why, &trouble.note));
    Body::task(if failed { "error" } else { "done" }, kept.message.at)
        .and("detail", detail.unwrap_or_default())
        .and("task_id", ids::task(&call.spelling, kept.message.id))
        .and("command_end", times::rfc3339(kept.state_at))
        .and("uuid", profile_of(call))
        .and("message_id", ids::of_message(&call.spelling, &kept.message))
        .and("delivery_status", shown::status(kept.state, why))
        .value()
}

/// The word in `command` and `task_name`.
pub const fn command(content: &Content) -> &'static str {
    match content {
        Content::Media(media) => match media.kind {
            MediaKind::Image | MediaKind::Sticker => "sendImage",
            MediaKind::Video | MediaKind::VideoNote => "sendVideo",
            MediaKind::Audio | MediaKind::Voice => "sendAudio",
            MediaKind::Document => "sendDocument",
        },
        Content::Location(_) => "sendLocation",
        Content::Contacts { .. } => "sendContact",
        Content::Poll(_) => "createPoll",
        Content::Reaction { .. } => "sendReaction",
        Content::Edit { .. } => "editMessage",
        Content::Delete { .. } => "deleteMessage",
        Content::Buttons(_) => "sendButtons",
        _ => "sendMessage",
    }
}

//! Journals and queues (contract greenapi.md §2.4, §2.5, §2.8) and received files.

use std::collections::HashSet;

use serde_json::{Value, json};
use sluice_model::content::{Blob, Source};
use sluice_model::failure::Why;
use sluice_model::message::{Kept, State};
use sluice_model::{Address, Content, Entry, Event, Message, Order};

use crate::Call;
use crate::green_api::content::{TextForm, flat, is_plain, quoted};
use crate::green_api::frame::Frame;
use crate::green_api::members::Members;
use crate::green_api::{address, ids, stage};

/// As they come; `None` when the caller asked for a message of another chat.
pub fn message(call: &Call, frame: &Frame<'_>, kept: &Kept) -> Option<Value> {
    let body: Value = call.json().unwrap_or_default();
    let asked = body["chatId"].as_str().and_then(|text| address::read(text, frame.channel()));
    let chats = [Some(&kept.message.chat), kept.message.chat_alias.as_ref()];
    asked.is_none_or(|chat| chats.contains(&Some(&chat))).then(|| row(frame, kept).into())
}

pub fn messages(frame: &Frame<'_>, all: &[Kept]) -> Value {
    Value::Array(all.iter().map(|kept| row(frame, kept).into()).collect())
}

/// Stories are a list of their own.
pub fn without_stories(frame: &Frame<'_>, all: &[Kept]) -> Value {
    let chats = all.iter().filter(|kept| kept.message.chat != Address::Story);
    Value::Array(chats.map(|kept| row(frame, kept).into()).collect())
}

fn row(frame: &Frame<'_>, kept: &Kept) -> Members {
    let message = &kept.message;
    let id = ids::of_message(message, frame.spelling);
    let chat = frame.chat(&message.chat, message.chat_alias.as_ref());
    let about = |wanted: bool| match &message.content {
        Content::Edit { target, .. } if wanted => target.remote.clone(),
        Content::Delete { target, .. } if !wanted => target.remote.clone(),
        _ => String::new(),
    };
    Members::default()
        .with("type", if message.is_outgoing() { "outgoing" } else { "incoming" })
        .with("idMessage", id.as_str())
        .with("timestamp", message.at.seconds())
        .and(content(frame, kept, &id))
        // A story is listed under its author (contract §6).
        .with("chatId", if message.chat == Address::Story { author(frame, message) } else { chat.clone() })
        .with_some("quotedMessage", message.quoted.as_ref().map(|quote| quoted(frame, quote, &chat)))
        .and(if message.is_outgoing() { sent(kept) } else { sender(frame, message, &chat) })
        .with("isForwarded", message.forwarded > 0)
        .with("forwardingScore", message.forwarded)
        .with("isEdited", kept.edited.is_some())
        .with("isDeleted", kept.deleted)
        .with("editedMessageId", about(true))
        .with("deletedMessageId", about(false))
}

/// The newest text where it was edited.
fn content(frame: &Frame<'_>, kept: &Kept, id: &str) -> Members {
    let message = &kept.message;
    let mut content = message.content.clone();
    match (&mut content, &kept.edited) {
        (Content::Text(text), Some(edited)) => text.text.clone_from(edited),
        (Content::Media(media), Some(edited)) => media.caption = Some(edited.clone()),
        _ => {}
    }
    let plain = matches!(&content, Content::Text(text) if is_plain(message, text));
    flat(frame, &content, message.forwarded, if plain { TextForm::Plain } else { TextForm::Extended }, id)
}

fn author(frame: &Frame<'_>, message: &Message) -> String {
    message.sender.as_ref().map_or_else(|| frame.wid(), |sender| frame.person(sender))
}

fn sender(frame: &Frame<'_>, message: &Message, chat: &str) -> Members {
    let party = message.sender.as_ref();
    let name = party.and_then(|party| party.name.as_deref()).unwrap_or_default();
    let saved_name = party.and_then(|party| party.saved_name.as_deref()).unwrap_or_default();
    Members::default()
        .with("senderId", party.map_or_else(|| chat.to_owned(), |party| frame.person(party)))
        .with("senderName", name)
        .with("senderContactName", saved_name)
}

fn sent(kept: &Kept) -> Members {
    let status = match kept.state {
        State::Waiting | State::Claimed => "pending",
        State::Sent => "sent",
        State::Delivered => "delivered",
        State::Read => "read",
        State::Received => "",
        State::Failed | State::Expired | State::Cancelled | State::Uncertain => {
            match kept.trouble.as_ref().map(|trouble| trouble.why) {
                Some(Why::NotOnMessenger) => "noAccount",
                Some(Why::NotInGroup) => "notInGroup",
                _ => "failed",
            }
        }
    };
    Members::default().with("statusMessage", status).with("sendByApi", kept.message.origin.is_api())
}

/// A row a call, newest first, as it stood last. `entries` are its stages, newest first.
pub fn calls(frame: &Frame<'_>, entries: &[Entry]) -> Value {
    let mut seen = HashSet::new();
    let row = |entry: &Entry| {
        let Event::CallReceived { call } = &entry.event else { return None };
        seen.insert(call.remote.clone()).then(|| {
            json!({
                "type": "incoming",
                "idMessage": call.remote,
                "timestamp": entry.at.seconds(),
                "typeMessage": "incomingCall",
                "chatId": frame.person(&call.from),
                "isVideo": call.video,
                "status": stage::of_call(call.stage),
                "isGroup": false,
            })
        })
    };
    Value::Array(entries.iter().filter_map(row).collect())
}

pub fn file(call: &Call, blob: &Blob, mime: &str, name: Option<&str>) -> Value {
    json!({"downloadUrl": call.links.file(blob, mime, name, call.at)})
}

/// The outgoing queue.
pub fn queue(frame: &Frame<'_>, orders: &[Order]) -> Value {
    let row = |order: &Order| {
        let (kind, body) = waiting(frame, order);
        let told = Members::default().with("messageID", ids::of_message(&order.message, frame.spelling));
        Value::from(told.with("type", kind).with("body", body))
    };
    Value::Array(orders.iter().map(row).collect())
}

/// The method that the message came by, and what it said.
fn waiting(frame: &Frame<'_>, order: &Order) -> (&'static str, Members) {
    let message = &order.message;
    let chat = frame.chat(&message.chat, message.chat_alias.as_ref());
    let is_story = message.chat == Address::Story;
    let body = Members::default().with("chatId", chat);
    match &message.content {
        _ if message.forwarded > 0 => ("ForwardMessages", body),
        Content::Text(text) => {
            let told = body
                .with("message", text.text.as_str())
                .with("linkPreview", text.link_preview.unwrap_or(true))
                .with("typingTime", order.typing_ms.map_or(Value::Null, Value::from));
            (if is_story { "sendTextStatus" } else { "sendMessage" }, told)
        }
        Content::Media(media) => {
            let url = match &media.source {
                Source::Url(url) => url.clone(),
                Source::Blob(blob) => frame.links.file(blob, &media.mime, media.file_name.as_deref(), frame.at),
                Source::Inline { .. } | Source::Remote(_) => String::new(),
            };
            let told = body
                .with("urlFile", url)
                .with("fileName", media.file_name.as_deref().unwrap_or_default())
                .with("caption", media.caption.as_deref().unwrap_or_default())
                .with("archive", false);
            let is_voice = media.kind == sluice_model::content::MediaKind::Voice;
            match (is_story, is_voice) {
                (false, _) => ("sendFileByUrl", told),
                (true, false) => ("sendMediaStatus", told),
                (true, true) => ("sendVoiceStatus", told),
            }
        }
        Content::Poll(poll) => ("sendPoll", body.with("message", poll.question.as_str())),
        Content::Location(place) => {
            ("sendLocation", body.with("latitude", place.latitude).with("longitude", place.longitude))
        }
        Content::Contacts { .. } => ("sendContact", body),
        Content::Edit { target, text } => {
            ("editMessage", body.with("idMessage", target.remote.as_str()).with("message", text.as_str()))
        }
        Content::Delete { target, .. } => ("deleteMessage", body.with("idMessage", target.remote.as_str())),
        Content::Buttons(buttons) => ("sendInteractiveButtons", body.with("body", buttons.body.as_str())),
        Content::Template(template) => ("sendTemplate", body.with("templateId", template.id.as_str())),
        other => ("sendMessage", body.with("message", other.words())),
    }
}

pub fn count(count: u64) -> Value {
    json!({"count": count})
}

pub fn queue_cleared() -> Value {
    json!({"isCleared": true})
}

pub fn webhooks_cleared() -> Value {
    json!({"isCleared": true, "reason": ""})
}

/// Told with a 200, and with the seconds until it may be asked again (contract §2.5).
pub fn webhooks_not_cleared(left: u64) -> Value {
    json!({"isCleared": false, "reason": "Too many requests", "leftTime": left})
}

//! A message as lists and webhooks show it (contract §2).

use serde_json::{Map, Value, json};
use sluice_model::content::{Content, Media, MediaKind, Quoted, Source};
use sluice_model::event::Call;
use sluice_model::{Account, Message, Position, Spelling, Timestamp};

use super::{address, ids};
use crate::{Links, Setting};

/// What a message is shown with.
pub struct Frame<'a> {
    pub account: &'a Account,
    pub spelling: &'a Spelling,
    pub links: &'a Links,
    /// When the links in it begin.
    pub at: Timestamp,
}

impl<'a> Frame<'a> {
    pub fn of_call(call: &'a crate::Call, account: &'a Account) -> Self {
        Self { account, spelling: &call.spelling, links: &call.links, at: call.at }
    }

    /// Links begin with the event, so that every attempt shows the same bytes.
    pub fn of_setting(setting: &'a Setting<'_>, at: Timestamp) -> Self {
        Self { account: setting.account, spelling: setting.spelling, links: setting.links, at }
    }
}

/// The word in `type`; `None` for what is said about another message, for which upstream has no word: clients that know the
/// list alone would break at another one.
const fn kind(content: &Content) -> Option<&'static str> {
    Some(match content {
        Content::Media(media) => match media.kind {
            MediaKind::Image | MediaKind::Sticker => "image",
            MediaKind::Video | MediaKind::VideoNote => "video",
            MediaKind::Audio => "audio",
            MediaKind::Voice => "ptt",
            MediaKind::Document => "document",
        },
        Content::Location(_) => "location",
        Content::Contacts { cards } => match cards.len() {
            1 => "vcard",
            _ => "multi_vcard",
        },
        Content::Text(_)
        | Content::Poll(_)
        | Content::Buttons(_)
        | Content::ButtonReply(_)
        | Content::GroupInvite(_)
        | Content::Template(_)
        | Content::Unreadable { .. } => "chat",
        Content::Vote(_) | Content::Reaction { .. } | Content::Edit { .. } | Content::Delete { .. } => return None,
    })
}

/// Words, a link to the file, or a place; empty for what cannot be read.
pub fn body(content: &Content, frame: &Frame<'_>) -> String {
    match content {
        Content::Media(media) => link(media, frame),
        Content::Location(place) => format!("{};{}", place.latitude, place.longitude),
        Content::Contacts { cards } => {
            let cards: Vec<&str> = cards.iter().map(|card| card.vcard.as_str()).collect();
            cards.join("\n")
        }
        Content::Poll(poll) => {
            let options = poll.options.iter().map(|option| format!("\n- {option}"));
            format!("{}{}", poll.question, options.collect::<String>())
        }
        Content::GroupInvite(invite) => {
            let caption = invite.caption.as_ref().map(|caption| format!("{caption}\n")).unwrap_or_default();
            format!("{caption}https://chat.whatsapp.com/{}", invite.code)
        }
        Content::Template(template) => template.rendered.as_ref().unwrap_or(&template.id).clone(),
        other => other.words().to_owned(),
    }
}

/// Empty while the file is at the messenger still.
fn link(media: &Media, frame: &Frame<'_>) -> String {
    match &media.source {
        Source::Blob(blob) => frame.links.file(blob, &media.mime, media.file_name.as_deref(), frame.at),
        Source::Url(url) => url.clone(),
        Source::Inline { .. } | Source::Remote(_) => String::new(),
    }
}

/// `None` for what upstream has no word for. `number` is the message's place in the journal, where it is known.
pub fn message(message: &Message, number: Option<Position>, frame: &Frame<'_>) -> Option<Value> {
    let kind = kind(&message.content)?;
    let (mine, own) = (message.is_outgoing(), address::own(frame.account));
    let chat = address::write(&message.chat, message.chat_alias.as_ref());
    let sender = message.sender.as_ref();
    let author = if mine { own.clone() } else { sender.map_or_else(|| chat.clone(), address::of_party) };
    let name = if mine {
        frame.account.condition.push_name.clone()
    } else {
        sender.and_then(|party| party.name.clone().or(party.saved_name.clone()))
    };
    // In a chat of two the chat is the person.
    let chat_name = message.chat_name.clone().or_else(|| name.clone().filter(|_| !mine && !message.chat.is_group()));
    let caption = match &message.content {
        Content::Media(media) => media.caption.clone(),
        _ => None,
    };
    let mut members = members(json!({
        "id": ids::of_message(frame.spelling, message),
        "body": body(&message.content, frame),
        "type": kind,
        "fromMe": mine,
        "self": i32::from(mine && chat == own),
        "isForwarded": i32::from(message.forwarded > 0),
        "author": author,
        "time": message.at.seconds(),
        "chatId": chat,
        "senderName": name,
        "chatName": chat_name,
        "caption": caption,
        "quotedMsgBody": null,
        "quotedMsgId": null,
        "quotedMsgType": null,
    }));
    if let Some(quoted) = &message.quoted {
        members.extend(quote(quoted, &chat, frame));
    }
    if let Some(number) = number {
        members.insert("messageNumber".to_owned(), json!(number.get()));
    }
    Some(Value::Object(members))
}

fn quote(quoted: &Quoted, chat: &str, frame: &Frame<'_>) -> Map<String, Value> {
    let content = quoted.content.as_deref();
    members(json!({
        "quotedMsgBody": content.map(|content| body(content, frame)),
        "quotedMsgId": format!("{}_{chat}_{}", quoted.target.from_me, quoted.target.remote),
        "quotedMsgType": content.and_then(kind),
    }))
}

/// A call, which upstream showed among the messages.
pub fn call(call: &Call, number: Position, at: Timestamp) -> Value {
    let chat = address::of_party(&call.from);
    json!({
        "id": format!("false_{chat}_{}", call.remote),
        "body": "[Call]",
        "type": "call_log",
        "fromMe": false,
        "self": 0,
        "isForwarded": 0,
        "author": chat,
        "time": at.seconds(),
        "chatId": chat,
        "senderName": call.from.name,
        "chatName": call.from.name,
        "caption": null,
        "quotedMsgBody": null,
        "quotedMsgId": null,
        "quotedMsgType": null,
        "messageNumber": number.get(),
    })
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The word in `type` of something that waits to be sent.
pub fn kind_of_queued(content: &Content) -> &'static str {
    kind(content).unwrap_or("chat")
}

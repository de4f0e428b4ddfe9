//! Incoming messages, as enterprise gateways post them (contract §3). Every value is a text: the vendor's own receiver
//! reads nothing else.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Map, Value};
use sluice_model::content::{Content, Media, Source};
use sluice_model::{Entry, Event, Message};

use crate::{Notice, Setting};

pub fn notice(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    let body = match &entry.event {
        Event::MessageReceived { message } => received(message, entry, setting)?,
        Event::DebugPublished { dialect, body } if dialect == "whatsmate" => body.clone(),
        _ => return None,
    };
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Some(Notice { body: body.to_string(), headers })
}

fn received(message: &Message, entry: &Entry, setting: &Setting<'_>) -> Option<Value> {
    let words = words(&message.content, entry, setting)?;
    let number = match &message.sender {
        Some(party) => party.phone().unwrap_or_else(|| party.address.value()),
        None => message.chat.value(),
    };
    let mut body = Map::new();
    let mut add = |name: &str, value: &str| drop(body.insert(name.to_owned(), Value::from(value)));
    add("instance_id", &setting.account.id.to_string());
    add("gateway_number", setting.account.condition.phone.as_deref().unwrap_or_default());
    add("number", number);
    add("message", &words);
    // A bot that answered `number` would answer the person alone.
    if message.chat.is_group() {
        add("group_name", message.chat_name.as_deref().unwrap_or_default());
    }
    Some(Value::Object(body))
}

/// What a person would read; a file is told by its link. `None` for what is said about another message.
fn words(content: &Content, entry: &Entry, setting: &Setting<'_>) -> Option<String> {
    match content {
        Content::Media(media) => {
            let lines = [media.caption.clone(), link(media, entry, setting)];
            Some(lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
        }
        Content::Location(place) => Some(format!("{},{}", place.latitude, place.longitude)),
        Content::Contacts { cards } => {
            let lines = cards.iter().map(|card| match &card.phone {
                Some(phone) => format!("{} +{phone}", card.display_name),
                None => card.display_name.clone(),
            });
            Some(lines.collect::<Vec<_>>().join("\n"))
        }
        other if other.stands_alone() => Some(other.words().to_owned()),
        _ => None,
    }
}

/// Links begin with the event, so that every attempt shows the same bytes.
fn link(media: &Media, entry: &Entry, setting: &Setting<'_>) -> Option<String> {
    match &media.source {
        Source::Blob(blob) => Some(setting.links.file(blob, &media.mime, media.file_name.as_deref(), entry.at)),
        Source::Url(url) => Some(url.clone()),
        Source::Inline { .. } | Source::Remote(_) => None,
    }
}

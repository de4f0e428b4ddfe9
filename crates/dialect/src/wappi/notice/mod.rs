//! What webhooks tell (contract §3). `timestamp` is RFC 3339 here and `time` is unix; answers have it the other way round.

mod account;
mod call;
mod message;
mod status;

use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use sluice_model::content::{Blob, Content, Source};
use sluice_model::message::Message;
use sluice_model::{Entry, Event, State, Timestamp};

use super::answer::Body;
use super::{ids, switches, times};
use crate::{Notice, Setting};

pub fn notice(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    let messages = shaped(entry, setting)?;
    let body = match &entry.event {
        Event::DebugPublished { .. } => messages,
        _ => Body::default().and("messages", messages).value(),
    };
    Some(Notice { body: body.to_string(), headers: headers(setting) })
}

/// What stands in `messages`: a list, except for delivery statuses and calls (contract §3.1).
fn shaped(entry: &Entry, setting: &Setting<'_>) -> Option<Value> {
    let wanted = switches::types(Some(&setting.listener.settings));
    let wants = |wh_type: &str| wanted.contains(&wh_type);
    let at = entry.at;
    match &entry.event {
        Event::MessageReceived { message } => {
            wants("incoming_message").then(|| list(message::shaped("incoming_message", message, setting)))
        }
        Event::MessagePosted { message } => {
            let wh_type = if message.origin.is_api() { "outgoing_message_api" } else { "outgoing_message_phone" };
            wants(wh_type).then(|| list(message::shaped(wh_type, message, setting)))
        }
        Event::MessageSent { mark, .. } => delivery(wants, mark, State::Sent, None, at, setting),
        Event::MessageDelivered { mark } => delivery(wants, mark, State::Delivered, None, at, setting),
        Event::MessageRead { mark } => delivery(wants, mark, State::Read, None, at, setting),
        Event::MessageFailed { mark, trouble, .. } => {
            delivery(wants, mark, State::Failed, Some(trouble.why), at, setting)
        }
        Event::MessageExpired { mark } => delivery(wants, mark, State::Expired, None, at, setting),
        Event::MessageCancelled { mark } => delivery(wants, mark, State::Cancelled, None, at, setting),
        Event::MessageUncertain { mark, .. } => delivery(wants, mark, State::Uncertain, None, at, setting),
        Event::AccountConnected { .. }
        | Event::AccountDisconnected { .. }
        | Event::AccountLoggedOut { .. }
        | Event::AccountBlocked { .. } => account::shaped(&entry.event, wants, at, setting).map(list),
        Event::CallReceived { call } => wants("incoming_call").then(|| call::shaped(call, at, setting)),
        Event::DebugPublished { dialect, body } => (dialect == "wappi").then(|| body.clone()),
        Event::MessageRetried { .. }
        | Event::GroupChanged { .. }
        | Event::ContactChanged { .. }
        | Event::PresenceChanged { .. } => None,
    }
}

fn delivery(
    wants: impl Fn(&str) -> bool,
    mark: &sluice_model::message::Mark,
    state: State,
    why: Option<sluice_model::failure::Why>,
    at: Timestamp,
    setting: &Setting<'_>,
) -> Option<Value> {
    wants("delivery_status").then(|| status::shaped(mark, state, why, at, setting))
}

fn list(one: Value) -> Value {
    Value::Array(vec![one])
}

/// The phrase that the owner set comes back as it is, so that the receiver knows who calls.
fn headers(setting: &Setting<'_>) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    if let Some(mut phrase) = setting.secret.and_then(|phrase| HeaderValue::from_str(phrase).ok()) {
        phrase.set_sensitive(true);
        headers.insert(AUTHORIZATION, phrase);
    }
    headers
}

fn profile(setting: &Setting<'_>) -> String {
    ids::profile(setting.spelling, setting.account.id)
}

fn times_of(body: Body, at: Timestamp) -> Body {
    body.and("timestamp", times::rfc3339(at)).and("time", at.seconds())
}

/// The file whose bytes stand in `body`.
pub fn needs_bytes(entry: &Entry) -> Option<&Blob> {
    match &entry.event {
        Event::MessageReceived { message } | Event::MessagePosted { message } => kept_file(message),
        _ => None,
    }
}

fn kept_file(message: &Message) -> Option<&Blob> {
    match &message.content {
        Content::Media(media) => match &media.source {
            Source::Blob(blob) => Some(blob),
            _ => None,
        },
        _ => None,
    }
}

//! What a listener is told, in GREEN-API's words (contract greenapi.md §3).

mod message;
mod status;

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;
use sluice_model::listener::Target;
use sluice_model::{Entry, Event};

use super::frame::Frame;
use super::members::Members;
use super::{NAME, instance};
use crate::{Notice, Setting};

/// How long a notification waits to be asked for (contract §5.1); a webhook's end is in the schedule.
const KEPT: Duration = Duration::from_secs(24 * 3600);

pub fn notice(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    if setting.listener.target == Target::Pull && setting.at.since(entry.at) > KEPT {
        return None;
    }
    let body: Value = match &entry.event {
        Event::DebugPublished { dialect, body } => (dialect == NAME).then(|| body.clone())?,
        event => told(&Frame::of(entry, setting), event)?.into(),
    };
    Some(Notice { body: body.to_string(), headers: headers(setting.secret) })
}

fn told(frame: &Frame<'_>, event: &Event) -> Option<Members> {
    match event {
        Event::MessageReceived { message } => message::incoming(frame, message),
        Event::MessagePosted { message } => message::outgoing(frame, message),
        Event::MessageSent { mark, .. } => status::reached(frame, mark, "sent"),
        Event::MessageDelivered { mark } => status::reached(frame, mark, "delivered"),
        Event::MessageRead { mark } => status::reached(frame, mark, "read"),
        Event::MessageFailed { mark, trouble, .. } => status::failed(frame, mark, trouble),
        Event::MessageExpired { mark } => status::expired(frame, mark),
        Event::MessageUncertain { mark, note, .. } => status::uncertain(frame, mark, note),
        Event::CallReceived { call } => status::call(frame, call),
        Event::AccountConnected { .. } => status::state(frame, instance::AUTHORIZED),
        Event::AccountLoggedOut { .. } => status::state(frame, instance::NOT_AUTHORIZED),
        Event::AccountBlocked { .. } => status::state(frame, instance::BLOCKED),
        Event::ContactChanged { party, avatar_url: Some(url) } => status::avatar(frame, party, url),
        // A reconnecting instance stays authorized, an attempt that will be repeated is no status, a message taken back
        // was never there, and there is no word for a change of a group or a name, nor for presence.
        Event::AccountDisconnected { .. }
        | Event::MessageRetried { .. }
        | Event::MessageCancelled { .. }
        | Event::GroupChanged { .. }
        | Event::ContactChanged { avatar_url: None, .. }
        | Event::PresenceChanged { .. }
        | Event::DebugPublished { .. } => None,
    }
}

fn headers(token: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    if let Some(mut value) = token.and_then(authorization) {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers
}

/// A bare token is shown as `Bearer`; one that names its scheme goes as it is (contract §5.4).
fn authorization(token: &str) -> Option<HeaderValue> {
    let value = match token {
        "" => return None,
        token if token.starts_with("Bearer ") || token.starts_with("Basic ") => token.to_owned(),
        token => format!("Bearer {token}"),
    };
    HeaderValue::from_str(&value).ok()
}

/// The members in front of every notification but a status.
fn envelope(frame: &Frame<'_>, kind: &str, seconds: i64) -> Members {
    Members::default().with("typeWebhook", kind).with("instanceData", frame.instance_data()).with("timestamp", seconds)
}

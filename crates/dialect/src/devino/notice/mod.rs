//! What is posted: statuses to the address that each message named (contract §7), and what customers write to the
//! listener's (contract §12).

mod card;
mod incoming;
mod status;

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use sluice_model::listener::Target;
use sluice_model::{Entry, Event};

use crate::{Notice, Setting};

pub use status::callback;

pub fn notice(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    let body = match (&setting.listener.target, &entry.event) {
        (Target::PerMessage, _) => Value::Array(vec![status::shaped(entry)?]),
        (_, Event::MessageReceived { message }) if setting.listener.wants(entry.event.name()) => {
            incoming::shaped(message, setting)?
        }
        _ => return None,
    };
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Some(Notice { body: body.to_string(), headers })
}

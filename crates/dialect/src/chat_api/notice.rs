//! Webhooks: new messages, and receipts where they are switched on (contract §2).

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use sluice_model::event::CallStage;
use sluice_model::message::{Mark, Message};
use sluice_model::{Entry, Event};

use super::shown::{self, Frame};
use super::{address, ids, settings};
use crate::{Notice, Setting};

pub fn notice(entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
    let body = told(entry, setting)?;
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Some(Notice { body: body.to_string(), headers })
}

fn told(entry: &Entry, setting: &Setting<'_>) -> Option<Value> {
    let instance = ids::instance(setting.account.id);
    let messages = |message: Value| json!({"messages": [message], "instanceId": instance});
    match &entry.event {
        Event::MessageReceived { message } if is_too_old(entry, message, setting) => None,
        Event::MessageReceived { message } | Event::MessagePosted { message } => {
            let frame = Frame::of_setting(setting, entry.at);
            shown::message(message, Some(entry.position), &frame).map(messages)
        }
        // Each call is told once: as missed, or as over.
        Event::CallReceived { call } if matches!(call.stage, CallStage::Missed | CallStage::Ended) => {
            Some(messages(shown::call(call, entry.position, entry.at)))
        }
        Event::MessageSent { mark, .. } => ack(mark, "sent", setting),
        Event::MessageDelivered { mark } => ack(mark, "delivered", setting),
        Event::MessageRead { mark } => ack(mark, "viewed", setting),
        Event::DebugPublished { dialect, body } if dialect == "chat_api" => Some(body.clone()),
        _ => None,
    }
}

/// Older than its owner wants to hear of.
fn is_too_old(entry: &Entry, message: &Message, setting: &Setting<'_>) -> bool {
    let switches = &setting.listener.settings;
    let period = Duration::from_secs(settings::period(switches));
    settings::is_on(switches, settings::IGNORE_OLD) && message.at < entry.at.minus(period)
}

fn ack(mark: &Mark, status: &str, setting: &Setting<'_>) -> Option<Value> {
    settings::is_on(&setting.listener.settings, settings::ACKS).then(|| {
        let ack = json!({
            "id": ids::of_mark(setting.spelling, mark),
            "queueNumber": ids::queue_number(mark.id),
            "chatId": address::write(&mark.chat, mark.chat_alias.as_ref()),
            "status": status,
        });
        json!({"ack": [ack], "instanceId": ids::instance(setting.account.id)})
    })
}

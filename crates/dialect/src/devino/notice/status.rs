//! What became of a message (contract §7).

use serde_json::{Value, json};
use sluice_model::message::{Mark, Origin};
use sluice_model::{Entry, Event};

use crate::devino::{NAME, batch, codes};

/// Where the message that a status is about wants to be told of it.
pub fn callback(entry: &Entry) -> Option<&str> {
    let (mark, ..) = status(&entry.event)?;
    match &mark.origin {
        Origin::Api { dialect, memo: Some(memo), .. } if dialect == NAME => memo.get(batch::CALLBACK_URL)?.as_str(),
        _ => None,
    }
}

/// One element of a callback's array; `None` for what is no status, or of a message that names no address.
pub fn shaped(entry: &Entry) -> Option<Value> {
    callback(entry)?;
    let (mark, word, code) = status(&entry.event)?;
    Some(json!({
        "messageId": mark.id.get(),
        "ts": entry.at.millis(),
        "status": word,
        "errorCode": code,
        // Of who followed a link, which nobody watches here.
        "ip": "",
        "browser": "",
        "os": "",
        "userAgent": "",
        "options": mark.origin.tag().unwrap_or_default(),
    }))
}

/// Whose status it is, its word and its code.
const fn status(event: &Event) -> Option<(&Mark, &'static str, u16)> {
    Some(match event {
        Event::MessageSent { mark, .. } => (mark, "SENT", codes::NONE),
        Event::MessageDelivered { mark } => (mark, "DELIVERED", codes::NONE),
        Event::MessageRead { mark } => (mark, "READ", codes::NONE),
        Event::MessageFailed { mark, trouble, .. } => (mark, codes::word(trouble.why), codes::of(trouble.why)),
        Event::MessageExpired { mark } => (mark, "VP_EXPIRED", codes::EXPIRED),
        Event::MessageCancelled { mark } => (mark, "CANCELLED", codes::NONE),
        // It may have arrived: it is not told as not sent, or clients would send it twice in good faith.
        Event::MessageUncertain { mark, .. } => (mark, "UNDELIVERED", codes::UNKNOWN),
        _ => return None,
    })
}

//! Refusals in GREEN-API's words (contract greenapi.md §0.10, §0.11, §1.2).

use http::StatusCode;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::json;
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;
use sluice_model::{Ability, Failure, Refusal, Timestamp};

use super::path::masked;
use crate::{Call, Reply};

/// What receiveNotification and deleteNotification say while a webhook is set (contract §5.2).
pub const WEBHOOK_IS_SET: &str = "Message cannot be received because custom webhook url is set. To receive \
    notifications by this method, clear webhook url in the instance settings";

/// The status and the body of a refusal.
pub fn reply(call: &Call, refusal: &Refusal) -> Reply {
    match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid => silent(StatusCode::UNAUTHORIZED),
        Refusal::Forbidden(_) | Refusal::NotFound(Noun::Account) => silent(StatusCode::FORBIDDEN),
        Refusal::PathUnknown => told(call, StatusCode::NOT_FOUND, &cannot(call)),
        Refusal::MethodNotAllowed { allow } => {
            let reply = told(call, StatusCode::NOT_FOUND, &cannot(call));
            match HeaderValue::from_str(&allow.join(", ")) {
                Ok(allow) => reply.with(ALLOW, allow),
                Err(_) => reply,
            }
        }
        Refusal::TooLarge { .. } => told(call, StatusCode::INTERNAL_SERVER_ERROR, "request entity too large"),
        Refusal::TooMany { retry_after } => {
            told(call, StatusCode::TOO_MANY_REQUESTS, "Too Many Requests").with(RETRY_AFTER, seconds(*retry_after))
        }
        Refusal::Busy { retry_after } => told(call, StatusCode::SERVICE_UNAVAILABLE, "The gateway is busy, try later")
            .with(RETRY_AFTER, seconds(*retry_after)),
        Refusal::TimedOut => told(call, StatusCode::GATEWAY_TIMEOUT, "The messenger did not answer in time"),
        Refusal::Failed(failure) if matches!(failure.why(), Why::Disconnected | Why::LoggedOut) => {
            told(call, StatusCode::BAD_REQUEST, &words(call, refusal))
        }
        Refusal::Failed(Failure::NotSent { .. } | Failure::Unknown { .. }) => {
            told(call, StatusCode::INTERNAL_SERVER_ERROR, &words(call, refusal))
        }
        Refusal::Fault { code } => {
            told(call, StatusCode::INTERNAL_SERVER_ERROR, &format!("Internal server error ({code})"))
        }
        _ => told(call, StatusCode::BAD_REQUEST, &words(call, refusal)),
    }
}

/// The `message` of a refusal.
pub fn words(call: &Call, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Malformed { note, line, column } => misread(call, note, *line, *column),
        Refusal::Missing(field) => format!("Validation failed. Details: '{field}' is required"),
        // Parameters of the path and the query have their own sentence.
        Refusal::Invalid { field, note } if field == "receiptId" => format!("Parameter receiptId {note}"),
        Refusal::Invalid { field, note } => format!("Validation failed. Details: '{field}' {note}"),
        Refusal::TooLong { field, limit } => format!(
            "Validation failed. Details: '{field}' length must be less than or equal to {limit} characters long"
        ),
        Refusal::NotFound(Noun::Message) => format!("Message not found by id {}", wanted_message(call)),
        Refusal::NotConnected(_) => "instance is starting or not authorized".to_owned(),
        Refusal::LoggedInAlready => "instance account already authorized".to_owned(),
        Refusal::Unsupported(ability) => unsupported(*ability),
        Refusal::Failed(failure) => match failure.why() {
            Why::Disconnected | Why::LoggedOut => "instance is starting or not authorized".to_owned(),
            _ => failure.note().to_owned(),
        },
        other => other.to_string(),
    }
}

fn unsupported(ability: Ability) -> String {
    format!("bad request data. This type of instance has no {}", ability.name().replace('_', " "))
}

fn wanted_message(call: &Call) -> String {
    let body = call.json::<serde_json::Value>().unwrap_or_default();
    let named = ["idMessage", "quotedMessageId"].into_iter().find_map(|key| body[key].as_str());
    named.or_else(|| call.query("idMessage")).unwrap_or_default().to_owned()
}

/// The text of the JSON parser behind the real server.
fn misread(call: &Call, note: &str, line: usize, column: usize) -> String {
    if note.starts_with("EOF") {
        return "Unexpected end of JSON input".to_owned();
    }
    let before: usize = call.body.split_inclusive(|b| *b == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    let position = before + column.saturating_sub(1);
    let rest = String::from_utf8_lossy(call.body.get(position..).unwrap_or_default());
    match rest.chars().next() {
        Some(token) => format!("Unexpected token {token} in JSON at position {position}"),
        None => "Unexpected end of JSON input".to_owned(),
    }
}

fn cannot(call: &Call) -> String {
    format!("Cannot {} {}", call.method, masked(&call.path))
}

/// No body, but the header that says JSON: what clients of the real server see (contract §0.10).
fn silent(status: StatusCode) -> Reply {
    Reply::empty(status).with(CONTENT_TYPE, HeaderValue::from_static("application/json"))
}

/// The token is masked in `path`, where the real server shows it.
fn told(call: &Call, status: StatusCode, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "statusCode": status.as_u16(),
            "timestamp": written(call.at),
            "path": masked(&call.path),
            "message": message,
        }),
    )
}

/// `2025-03-31T16:50:20.397000000Z`
fn written(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string()
}

fn seconds(span: std::time::Duration) -> HeaderValue {
    HeaderValue::from(whole_seconds(span))
}

/// Rounded up: a caller that comes too early is refused again.
pub fn whole_seconds(span: std::time::Duration) -> u64 {
    (span.as_secs() + u64::from(span.subsec_nanos() > 0)).max(1)
}

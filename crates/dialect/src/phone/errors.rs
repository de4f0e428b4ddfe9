//! Refusals in the phone's words: `{"error": code, "message": text}`.

use http::StatusCode;
use http::header::{ALLOW, HeaderValue, RETRY_AFTER};
use serde_json::json;
use sluice_model::Refusal;
use sluice_model::account::State;
use sluice_model::failure::Why;

use crate::Reply;

pub fn refuse(refusal: &Refusal) -> Reply {
    use StatusCode as S;
    let words = refusal.to_string();
    let (status, code) = match refusal {
        Refusal::KeyMissing => (S::UNAUTHORIZED, "token_missing"),
        Refusal::KeyInvalid => (S::UNAUTHORIZED, "token_invalid"),
        Refusal::Forbidden(_) => (S::FORBIDDEN, "forbidden"),
        Refusal::PathUnknown => (S::NOT_FOUND, "path_unknown"),
        Refusal::MethodNotAllowed { .. } => (S::METHOD_NOT_ALLOWED, "method_not_allowed"),
        Refusal::NotFound(_) => (S::NOT_FOUND, "not_found"),
        Refusal::Malformed { .. } => (S::BAD_REQUEST, "malformed"),
        Refusal::Missing("account") => (S::UNAUTHORIZED, "token_invalid"),
        Refusal::Missing(_) => (S::BAD_REQUEST, "missing"),
        Refusal::Invalid { .. } | Refusal::TooLong { .. } => (S::BAD_REQUEST, "invalid"),
        Refusal::TooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "too_large"),
        Refusal::Conflict(_) | Refusal::KeyReused => (S::CONFLICT, "conflict"),
        Refusal::LoggedInAlready => (S::CONFLICT, "paired_already"),
        Refusal::Unsupported(_) => (S::BAD_REQUEST, "unsupported"),
        Refusal::TooMany { .. } => (S::TOO_MANY_REQUESTS, "too_many"),
        Refusal::Busy { .. } => (S::SERVICE_UNAVAILABLE, "busy"),
        Refusal::NotConnected(State::LoginNeeded) => return not_paired(),
        Refusal::NotConnected(_) => return away(),
        Refusal::TimedOut => (S::SERVICE_UNAVAILABLE, "timeout"),
        Refusal::Failed(failure) => match failure.why() {
            Why::LoggedOut => return not_paired(),
            Why::Disconnected | Why::Timeout => return away(),
            _ => (S::BAD_REQUEST, "invalid"),
        },
        Refusal::Fault { .. } => (S::INTERNAL_SERVER_ERROR, "fault"),
    };
    let reply = say(status, code, &words);
    match refusal {
        Refusal::MethodNotAllowed { allow } => match HeaderValue::from_str(&allow.join(", ")) {
            Ok(methods) => reply.with(ALLOW, methods),
            Err(_) => reply,
        },
        Refusal::TooMany { retry_after } | Refusal::Busy { retry_after } => {
            reply.with(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)))
        }
        _ => reply,
    }
}

/// The token is good, and nobody is paired any more: the phone has to be paired anew.
fn not_paired() -> Reply {
    say(StatusCode::CONFLICT, "not_paired", "no phone is paired with this account: pair it anew")
}

pub fn wrong_code() -> Reply {
    let words = "the pairing code is not valid, was used before, or is older than five minutes: make a new one";
    say(StatusCode::UNAUTHORIZED, "token_invalid", words)
}

/// The account is between two sessions, or switched off.
fn away() -> Reply {
    let reply = say(StatusCode::SERVICE_UNAVAILABLE, "account_away", "the account is not served now: try again");
    reply.with(RETRY_AFTER, HeaderValue::from_static("5"))
}

pub fn say(status: StatusCode, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": code, "message": message }))
}

//! Refusals in Wappi's words: the HTTP codes of the seed's list, the two shapes of error bodies (contract §1.5, §1.6).

use http::StatusCode;
use http::header::{ALLOW, HeaderValue, RETRY_AFTER};
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;
use sluice_model::{Channel, Refusal};

use super::answer::Body;
use super::platform;
use crate::{Call, Reply};

/// The exact words that modules compare with.
pub const AUTHORIZED_ALREADY: &str = "You are already authorized";
pub const WRONG_PLATFORM: &str = "Wrong platform";

pub fn refuse(call: &Call, refusal: &Refusal) -> Reply {
    use StatusCode as S;
    match refusal {
        // The seed's body for 401 has this key alone.
        Refusal::KeyMissing | Refusal::KeyInvalid => {
            Body::default().and("detail", "Invalid token").reply(S::UNAUTHORIZED)
        }
        Refusal::Forbidden(_) => gateway(S::FORBIDDEN, "This token may not do that"),
        Refusal::PathUnknown => gateway(S::NOT_FOUND, "Not Found"),
        Refusal::MethodNotAllowed { allow } => {
            let reply = gateway(S::METHOD_NOT_ALLOWED, "Method Not Allowed");
            match HeaderValue::from_str(&allow.join(", ")) {
                Ok(methods) => reply.with(ALLOW, methods),
                Err(_) => reply,
            }
        }
        Refusal::NotFound(Noun::Account) | Refusal::Missing("account") => match call.query("profile_id") {
            Some(_) => gateway(S::NOT_FOUND, "Profile not found"),
            None => gateway(S::BAD_REQUEST, "profile_id is required"),
        },
        // 404 is kept for a wrong URL or profile: that is what the seed teaches support people.
        Refusal::NotFound(Noun::Chat) if is(call, "sync/chat/delete") => gateway(S::BAD_REQUEST, "deleteChat error"),
        Refusal::NotFound(noun) => gateway(S::BAD_REQUEST, &format!("{noun} not found")),
        Refusal::Malformed { note, line, column } => {
            gateway(S::BAD_REQUEST, &format!("Invalid JSON at line {line} column {column}: {note}"))
        }
        Refusal::Missing(field) => gateway(S::BAD_REQUEST, &format!("{field} is required")),
        Refusal::Invalid { field, note } => gateway(S::BAD_REQUEST, &format!("{field} {note}")),
        Refusal::TooLong { .. } | Refusal::Conflict(_) | Refusal::Unsupported(_) => {
            gateway(S::BAD_REQUEST, &refusal.to_string())
        }
        Refusal::TooLarge { .. } => gateway(S::PAYLOAD_TOO_LARGE, &refusal.to_string()),
        Refusal::KeyReused => gateway(S::CONFLICT, &refusal.to_string()),
        Refusal::TooMany { retry_after } => {
            gateway(S::TOO_MANY_REQUESTS, "Too many requests").with(RETRY_AFTER, seconds(*retry_after))
        }
        Refusal::Busy { retry_after } => {
            gateway(S::SERVICE_UNAVAILABLE, "The gateway is busy").with(RETRY_AFTER, seconds(*retry_after))
        }
        Refusal::NotConnected(state) if state.is_logged_in() => by_messenger(call, "Profile is connecting"),
        Refusal::NotConnected(_) => by_messenger(call, "Profile is not authorized"),
        Refusal::LoggedInAlready => by_messenger(call, AUTHORIZED_ALREADY),
        Refusal::TimedOut => by_messenger(call, "Timeout exception"),
        Refusal::Failed(failure) if failure.why() == Why::Billing => {
            gateway(S::PAYMENT_REQUIRED, "Profile is not paid")
        }
        // Upstream's word for a code or a password that is not taken (contract §2.3).
        Refusal::Failed(failure) if is_login_input(call) => match failure.why() {
            Why::NotFound | Why::Timeout => by_messenger(call, "Timeout exception"),
            _ => by_messenger(call, "auth_error"),
        },
        Refusal::Failed(failure) => by_messenger(call, &messengers_words(call, failure.why(), failure.note())),
        Refusal::Fault { code } => gateway(S::INTERNAL_SERVER_ERROR, &format!("Internal error {code}")),
    }
}

/// What the gateway itself refuses: exactly two keys, because a shop module takes a status with more for a good one
/// (contract §1.7 trap 2).
fn gateway(status: StatusCode, detail: &str) -> Reply {
    Body::default().and("detail", detail).and("status", "error").reply(status)
}

/// What the messenger refuses while the gateway is fine: 200 with an error inside. Nothing stands between `detail` and
/// `uuid` (contract §1.7 trap 4).
pub fn by_messenger(call: &Call, detail: &str) -> Reply {
    let body = Body::task("error", call.at).and("detail", detail);
    body.and("uuid", super::profile_of(call)).reply(StatusCode::OK)
}

/// Telegram's clients look for its own word when a person cannot be found.
pub fn messengers_words(call: &Call, why: Why, note: &str) -> String {
    let telegram = matches!(platform::of(call), Some(Channel::TelegramUser | Channel::TelegramBot));
    let nobody = matches!(why, Why::NotOnMessenger | Why::InvalidRecipient | Why::NotFound);
    match (telegram && nobody, note.is_empty()) {
        (true, true) => "PEER_NOT_FOUND".to_owned(),
        (true, false) => format!("PEER_NOT_FOUND: {note}"),
        (false, true) => why.name(),
        (false, false) => note.to_owned(),
    }
}

fn is(call: &Call, name: &str) -> bool {
    call.endpoint.is_some_and(|endpoint| endpoint.name == name)
}

fn is_login_input(call: &Call) -> bool {
    is(call, "sync/auth/code") || is(call, "sync/auth/2fa")
}

fn seconds(span: std::time::Duration) -> HeaderValue {
    HeaderValue::from(span.as_millis().div_ceil(1000).max(1) as u64)
}

//! Refusals in chat-api.com's words (contract §2): what a send cannot do is told as `sent: false`, all else as `error`.

use http::StatusCode;
use serde_json::json;
use sluice_model::refusal::Noun;
use sluice_model::{Failure, Refusal};

use super::table;
use crate::{Call, Reply};

const WRONG_TOKEN: &str = "Wrong token. Please provide token as a GET parameter.";

pub fn refuse(call: &Call, refusal: &Refusal) -> Reply {
    use StatusCode as S;
    let status = match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid => return error(S::UNAUTHORIZED, WRONG_TOKEN),
        Refusal::NotFound(Noun::Account) | Refusal::Missing("account") => {
            return error(S::NOT_FOUND, "Instance not found");
        }
        Refusal::Forbidden(_) => S::FORBIDDEN,
        Refusal::PathUnknown => {
            return error(S::NOT_FOUND, &format!("{}: {}", unserved(call), "this method is not served"));
        }
        Refusal::MethodNotAllowed { .. } => S::METHOD_NOT_ALLOWED,
        Refusal::TooLarge { .. } => S::PAYLOAD_TOO_LARGE,
        Refusal::TooMany { .. } => S::TOO_MANY_REQUESTS,
        Refusal::Busy { .. } => S::SERVICE_UNAVAILABLE,
        Refusal::TimedOut => S::GATEWAY_TIMEOUT,
        Refusal::Fault { .. } => S::INTERNAL_SERVER_ERROR,
        Refusal::KeyReused => S::CONFLICT,
        // The messenger's word is an answer to the question.
        Refusal::Failed(Failure::Refused { .. }) => S::OK,
        Refusal::Failed(_) => S::GATEWAY_TIMEOUT,
        _ => S::BAD_REQUEST,
    };
    let words = refusal.to_string();
    let is_send = call.endpoint.and_then(|endpoint| table::row_named(endpoint.name)).is_some_and(|row| row.sends);
    if is_send && status == S::BAD_REQUEST {
        return Reply::json(S::OK, &json!({"sent": false, "message": words, "error": words}));
    }
    error(status, &words)
}

pub fn error(status: StatusCode, words: &str) -> Reply {
    Reply::json(status, &json!({ "error": words }))
}

/// The method that the path names.
fn unserved(call: &Call) -> &str {
    call.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

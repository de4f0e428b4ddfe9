//! From outcomes to bodies (contract §3).

use http::StatusCode;
use serde_json::json;
use sluice_model::refusal::Noun;
use sluice_model::spelling::Kind;
use sluice_model::{Failure, Outcome, Refusal};

use super::table;
use crate::{Call, Reply};

/// Upstream's own number for a quota that is used up.
const QUOTA: u16 = 469;

pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    match outcome {
        Ok(Outcome::Accepted(accepted)) if !accepted.is_empty() => {
            let id = call.spelling.uuid(Kind::Task, accepted[0].id.get()).to_string();
            Reply::json(StatusCode::OK, &json!({"status": "queued", "id": id}))
        }
        Ok(Outcome::Done) if call.endpoint.is_some_and(|endpoint| endpoint.name == table::STATUS) => {
            Reply::json(StatusCode::OK, &json!({"status": "up"}))
        }
        Ok(_) => refuse(&Refusal::Fault { code: "whatsmate-outcome".to_owned() }),
        Err(refusal) => refuse(&refusal),
    }
}

fn refuse(refusal: &Refusal) -> Reply {
    use StatusCode as S;
    let (status, words) = match refusal {
        Refusal::KeyMissing => (S::UNAUTHORIZED, "X-WM-CLIENT-ID and X-WM-CLIENT-SECRET are required".to_owned()),
        Refusal::KeyInvalid | Refusal::Forbidden(_) => (S::UNAUTHORIZED, "Invalid client credentials".to_owned()),
        Refusal::NotFound(Noun::Account) | Refusal::Missing("account") => {
            (S::BAD_REQUEST, "Invalid gateway instance".to_owned())
        }
        Refusal::NotFound(Noun::Group) => (S::BAD_REQUEST, "No group of the instance is called so".to_owned()),
        Refusal::PathUnknown => (S::NOT_FOUND, "There is nothing at this path".to_owned()),
        Refusal::MethodNotAllowed { .. } => (S::METHOD_NOT_ALLOWED, refusal.to_string()),
        Refusal::TooLarge { .. } => (S::PAYLOAD_TOO_LARGE, refusal.to_string()),
        Refusal::KeyReused => (S::CONFLICT, refusal.to_string()),
        Refusal::TooMany { .. } => (S::from_u16(QUOTA).unwrap_or(S::TOO_MANY_REQUESTS), refusal.to_string()),
        Refusal::Busy { .. } => (S::SERVICE_UNAVAILABLE, refusal.to_string()),
        Refusal::TimedOut | Refusal::Failed(Failure::NotSent { .. } | Failure::Unknown { .. }) => {
            (S::GATEWAY_TIMEOUT, refusal.to_string())
        }
        Refusal::Fault { .. } => (S::INTERNAL_SERVER_ERROR, refusal.to_string()),
        _ => (S::BAD_REQUEST, refusal.to_string()),
    };
    Reply::json(status, &json!({ "error_message": words }))
}

//! From outcomes to bodies (contract §4, §6).

use http::StatusCode;
use serde_json::{Map, Value, json};
use sluice_model::refusal::Noun;
use sluice_model::{Outcome, Refusal};

use super::{ids, status, table};
use crate::{Call, Reply};

/// Upstream's two errors (contract §6.1).
const MISSING_PARAMS: (u16, &str) = (2, "MISSING_PARAMS");
const USER_NOT_AUTHORIZED: (u16, &str) = (99, "USER_NOT_AUTHORIZED");

pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    let refusal = match outcome {
        Ok(Outcome::Accepted(accepted)) => {
            let ids: Vec<String> = accepted.iter().map(|one| ids::write(&call.spelling, one.id)).collect();
            return Reply::json(StatusCode::OK, &added(Value::Null, true, &ids));
        }
        Ok(Outcome::Message(kept)) => {
            let (status, reason) = status::of(&kept, call.at);
            return Reply::json(StatusCode::OK, &asked(Value::Null, true, status.into(), reason));
        }
        Ok(_) => Refusal::Fault { code: "feedbot-outcome".to_owned() },
        Err(refusal) => refusal,
    };
    refuse(call, &refusal)
}

/// Both spellings of the list: the documents print it as `ids:`, and any client of sense reads `ids` (contract §4).
fn added(code: Value, success: bool, ids: &[String]) -> Map<String, Value> {
    members(json!({"errorCode": code, "success": success, "ids": ids, "ids:": ids}))
}

fn asked(code: Value, success: bool, status: Value, reason: Option<&str>) -> Map<String, Value> {
    members(json!({"errorCode": code, "success": success, "status": status, "reason": reason}))
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Upstream's errors come as ordinary answers; what is no error of upstream's has an HTTP status, and the same number for
/// its code, so that nobody takes it for a success.
fn refuse(call: &Call, refusal: &Refusal) -> Reply {
    use StatusCode as S;
    let (http, (code, name)) = match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid | Refusal::Forbidden(_) => (S::OK, USER_NOT_AUTHORIZED),
        // The token is good, but stands for no sender.
        Refusal::NotFound(Noun::Account) | Refusal::Missing("account") => (S::OK, USER_NOT_AUTHORIZED),
        Refusal::PathUnknown => own(S::NOT_FOUND, "NOT_FOUND"),
        Refusal::MethodNotAllowed { .. } => own(S::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
        Refusal::TooLarge { .. } => own(S::PAYLOAD_TOO_LARGE, "TOO_LARGE"),
        Refusal::KeyReused => own(S::CONFLICT, "IDEMPOTENCY_KEY_REUSED"),
        Refusal::TooMany { .. } => own(S::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"),
        Refusal::Busy { .. } => own(S::SERVICE_UNAVAILABLE, "BUSY"),
        Refusal::TimedOut => own(S::GATEWAY_TIMEOUT, "TIMED_OUT"),
        Refusal::Fault { .. } => own(S::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR"),
        _ => (S::OK, MISSING_PARAMS),
    };
    let is_status = call.endpoint.is_some_and(|endpoint| endpoint.name == table::STATUS_NAME);
    let mut body =
        if is_status { asked(code.into(), false, Value::Null, None) } else { added(code.into(), false, &[]) };
    body.insert("message".to_owned(), name.into());
    // An id that is not there must not be told from one that is somebody else's, nor from nonsense.
    if !matches!(refusal, Refusal::NotFound(_)) {
        body.insert("detail".to_owned(), refusal.to_string().into());
    }
    Reply::json(http, &body)
}

fn own(status: StatusCode, name: &'static str) -> (StatusCode, (u16, &'static str)) {
    (status, (status.as_u16(), name))
}

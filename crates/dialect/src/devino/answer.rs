//! From outcomes to bodies (contract §1, §4).

use http::StatusCode;
use http::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;
use serde_json::json;
use sluice_model::outcome::Accepted;
use sluice_model::refusal::Noun;
use sluice_model::spelling::Kind;
use sluice_model::{Outcome, Refusal};

use super::batch::{self, LIST};
use super::reason::{FORBIDDEN, INVALID, NOT_AVAILABLE, NOT_NULL, Reason, TOO_LONG, TOO_MANY, UNKNOWN, words};
use super::table;
use crate::{Call, Reply};

/// One message's verdict.
#[derive(Serialize)]
#[serde(tag = "code")]
enum Verdict {
    #[serde(rename = "OK")]
    Ok {
        /// A number as text; callbacks have the same as a number.
        #[serde(rename = "messageId")]
        id: String,
    },
    #[serde(rename = "REJECTED")]
    Rejected { description: String, reasons: Vec<Reason> },
}

impl Verdict {
    fn rejected(reasons: Vec<Reason>) -> Self {
        Self::Rejected { description: words(&reasons), reasons }
    }

    fn of(index: usize, result: Result<Accepted, Refusal>) -> Self {
        match result {
            Ok(accepted) => Self::Ok { id: accepted.id.get().to_string() },
            Err(refusal) => Self::rejected(vec![reason(index, &refusal)]),
        }
    }
}

pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    match outcome {
        Ok(Outcome::Each(results)) => match verdicts(call, results) {
            Ok(verdicts) => Reply::json(StatusCode::OK, &json!({ "result": verdicts })),
            Err(refusal) => refused(&refusal),
        },
        Ok(Outcome::Done) if is(call, table::BALANCE) => balance(call),
        Ok(Outcome::Done) if is(call, table::DESCRIPTION) => {
            Reply::bytes(StatusCode::OK, "application/yaml", include_str!("openapi.yaml"))
        }
        Ok(_) => refused(&Refusal::Fault { code: "devino-outcome".to_owned() }),
        Err(refusal) => refused(&refusal),
    }
}

/// What the house says of the good ones, among what reading said of the others.
fn verdicts(call: &Call, results: Vec<Result<Accepted, Refusal>>) -> Result<Vec<Verdict>, Refusal> {
    let mut results = results.into_iter();
    let verdicts = batch::verdicts(call)?.into_iter().enumerate().map(|(index, verdict)| match verdict {
        Err(reasons) => Verdict::rejected(reasons),
        Ok(_) => match results.next() {
            Some(result) => Verdict::of(index, result),
            None => Verdict::rejected(vec![Reason::general(UNKNOWN)]),
        },
    });
    Ok(verdicts.collect())
}

/// Why the house does not take a message that reads well.
fn reason(index: usize, refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::NotFound(Noun::Account) => Reason::of_field(NOT_AVAILABLE, index, "from"),
        Refusal::TooLong { .. } => Reason::of_field(TOO_LONG, index, "text"),
        // The messenger behind this sender cannot send such a thing, or there is none behind it.
        Refusal::Unsupported(_) | Refusal::Conflict(_) => Reason::general(FORBIDDEN),
        Refusal::Invalid { field, .. } if field == "expires_at" => Reason::of_field(INVALID, index, "validity"),
        _ => Reason::general(UNKNOWN),
    }
}

/// A call that is refused as a whole: clients look for reasons in either place (contract §4).
fn refused(refusal: &Refusal) -> Reply {
    use StatusCode as S;
    let (status, reason) = match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid => (S::UNAUTHORIZED, Reason::general(FORBIDDEN)),
        Refusal::Forbidden(_) | Refusal::NotFound(Noun::Account) => (S::FORBIDDEN, Reason::general(FORBIDDEN)),
        Refusal::PathUnknown => (S::NOT_FOUND, Reason::general(INVALID)),
        Refusal::MethodNotAllowed { .. } => (S::METHOD_NOT_ALLOWED, Reason::general(INVALID)),
        Refusal::Missing(LIST) => (S::BAD_REQUEST, Reason::of_list(NOT_NULL)),
        Refusal::TooLong { field: LIST, .. } => (S::BAD_REQUEST, Reason::of_list(TOO_MANY)),
        Refusal::TooLarge { .. } => (S::PAYLOAD_TOO_LARGE, Reason::of_list(TOO_LONG)),
        Refusal::KeyReused => (S::CONFLICT, Reason::general(INVALID)),
        Refusal::TooMany { .. } => (S::TOO_MANY_REQUESTS, Reason::general(UNKNOWN)),
        Refusal::Busy { .. } => (S::SERVICE_UNAVAILABLE, Reason::general(UNKNOWN)),
        Refusal::Fault { .. } => (S::INTERNAL_SERVER_ERROR, Reason::general(UNKNOWN)),
        _ => (S::BAD_REQUEST, Reason::general(INVALID)),
    };
    let reasons = vec![reason];
    let description = match refusal {
        Refusal::Malformed { note, line, column } => format!("no JSON at line {line} column {column}: {note}"),
        other => other.to_string(),
    };
    let verdict = Verdict::Rejected { description, reasons: reasons.clone() };
    let reply = Reply::json(status, &json!({ "result": [verdict], "reasons": reasons }));
    let value = |text: String| HeaderValue::from_str(&text).ok();
    let header: Option<(HeaderName, HeaderValue)> = match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid => {
            Some((WWW_AUTHENTICATE, HeaderValue::from_static("Key, Basic realm=\"devino\"")))
        }
        Refusal::MethodNotAllowed { allow } => value(allow.join(", ")).map(|value| (ALLOW, value)),
        Refusal::TooMany { retry_after } | Refusal::Busy { retry_after } => {
            value(retry_after.as_secs().max(1).to_string()).map(|value| (RETRY_AFTER, value))
        }
        _ => None,
    };
    match header {
        Some((name, value)) => reply.with(name, value),
        None => reply,
    }
}

/// Clients refuse to send when there is little money; nothing is sold here, so there is always much.
fn balance(call: &Call) -> Reply {
    let company = call.key().map_or(0, |key| key.workspace.get());
    // A number that clients may keep, and that does not say how many customers there are.
    let hidden = u32::from_str_radix(&call.spelling.hex12(Kind::Workspace, company)[..7], 16).unwrap_or(company);
    Reply::json(
        StatusCode::OK,
        &json!({"result": {
            "account": {
                "companyId": hidden,
                "accountType": 1,
                "balance": 1_000_000,
                "credit": 0,
                "reserveSms": 0,
                "reserveViber": 0,
                "reserve": 0,
                "currencyId": 643,
                "isBlocked": false,
                "notifyThreshold": 0,
            },
            "validPacketChannels": [],
        }}),
    )
}

fn is(call: &Call, name: &str) -> bool {
    call.endpoint.is_some_and(|endpoint| endpoint.name == name)
}

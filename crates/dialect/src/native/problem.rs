//! Refusals as problem documents (RFC 9457).

use std::time::Duration;

use http::StatusCode;
use http::header::{ALLOW, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Serialize;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Failure, Refusal};
use utoipa::ToSchema;

use super::{ids, names};
use crate::{Call, Reply};

/// Every code: its title, and what to do about it.
pub const CODES: [(&str, &str, &str); 21] = [
    ("SG-1101", "No API key", "Send the key as `Authorization: Bearer sg_…` or `X-Api-Key: sg_…`."),
    ("SG-1102", "API key not valid", "The key is unknown, revoked or past its end. Make a new one."),
    ("SG-1103", "API key not allowed", "Use a key that has the scope named in `scope` and is good for this account."),
    ("SG-1201", "No such path", "Look the path up on this page."),
    ("SG-1202", "Method not allowed", "Use one of the methods in `allow`."),
    ("SG-1203", "Not found", "Nothing of that id is in your workspace: check the id, and whose key it is."),
    ("SG-1301", "Body not readable", "The body is no JSON; `line` and `column` say where it goes wrong."),
    ("SG-1302", "Member missing", "Add the member named in `field`."),
    ("SG-1303", "Member not valid", "`detail` says what the member named in `field` may be."),
    ("SG-1304", "Member too long", "Shorten the member named in `field` to `limit`."),
    ("SG-1305", "Request too large", "Send at most `limit` bytes."),
    ("SG-1401", "Conflict", "It exists already, or its state does not allow this: `detail` says which."),
    ("SG-1402", "Idempotency key reused", "The key was used for another request. Make a new key for a new request."),
    ("SG-1501", "Too many requests", "Wait `retry_after` seconds, then go on slower."),
    (
        "SG-1502",
        "Gateway busy",
        "Nothing was accepted, or a search took too long. Send the same again after `retry_after` seconds; ask for less where it was a search.",
    ),
    ("SG-1601", "Not possible on this messenger", "The account's messenger lacks the ability named in `ability`."),
    ("SG-1602", "Account not connected", "Wait until the account is `open`, or log it in."),
    ("SG-1603", "Logged in already", "Log the account out first, if another login is wanted."),
    ("SG-1604", "No answer in time", "Ask again, or allow a longer wait."),
    ("SG-1605", "The messenger refused", "`why` is the messenger's reason, `detail` its words."),
    (
        "SG-1901",
        "Internal fault",
        "It is our fault. Tell the operator the code in `detail`, and the request id in `X-Request-Id`.",
    ),
];

/// A problem document (RFC 9457): what happened, and what to do.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:sluice:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:sluice:SG-1303")]
    pub kind: String,
    #[schema(example = "Member not valid")]
    pub title: &'static str,
    #[schema(example = 400)]
    pub status: u16,
    /// What happened in this call, for a person to read.
    #[schema(example = "'to' must be a phone number, or phone:…, group:…")]
    pub detail: String,
    /// The stable code; the page `/v1/docs` has a line for each.
    #[schema(example = "SG-1303")]
    pub code: &'static str,
    /// The call in the request log, which a key with the scope `read` may look up. There where the call showed a valid
    /// key: other calls are on nobody's record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/v1/requests/req_0f1e2d3c4b5a6978")]
    pub instance: Option<String>,
    /// The member or parameter that is meant, such as `content.url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where the body stops being JSON, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What was gone over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Methods that the path takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<&'static str>,
    /// The scope that a key needs for this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'static str>,
    /// What the messenger cannot do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ability: Option<String>,
    /// How the account stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// The messenger's reason, a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// The refusal as this API says it.
pub fn reply(call: &Call, refusal: &Refusal) -> Reply {
    let code = refusal.code();
    let status = status(refusal);
    let problem = Problem {
        kind: format!("urn:sluice:{code}"),
        title: CODES.iter().find(|(known, ..)| *known == code).map_or("", |(_, title, _)| title),
        status: status.as_u16(),
        detail: detail(refusal),
        code,
        instance: call.caller.is_some().then(|| format!("/v1/requests/{}", ids::request(&call.spelling, call.id))),
        ..about(refusal)
    };
    let mut reply = Reply::json(status, &problem);
    reply.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if status == StatusCode::UNAUTHORIZED {
        reply.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"sluicegate\""));
    }
    if let Ok(allow) = HeaderValue::from_str(&problem.allow.join(", "))
        && !allow.is_empty()
    {
        reply.headers.insert(ALLOW, allow);
    }
    if let Some(seconds) = problem.retry_after {
        reply.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    reply
}

const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::KeyMissing | Refusal::KeyInvalid => StatusCode::UNAUTHORIZED,
        Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
        Refusal::PathUnknown | Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Refusal::Malformed { .. } | Refusal::Missing(_) | Refusal::Invalid { .. } | Refusal::TooLong { .. } => {
            StatusCode::BAD_REQUEST
        }
        Refusal::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Conflict(_) | Refusal::KeyReused | Refusal::NotConnected(_) | Refusal::LoggedInAlready => {
            StatusCode::CONFLICT
        }
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Unsupported(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        Refusal::Failed(failure) => failed(failure),
        Refusal::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

const fn failed(failure: &Failure) -> StatusCode {
    match failure {
        Failure::Refused { why: Why::NotFound | Why::NotOnMessenger, .. } => StatusCode::NOT_FOUND,
        Failure::Refused { why: Why::Duplicate | Why::LoggedOut | Why::TooLate, .. } => StatusCode::CONFLICT,
        Failure::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Failure::NotSent { why: Why::RateLimited, .. } => StatusCode::TOO_MANY_REQUESTS,
        Failure::NotSent { .. } | Failure::Unknown { .. } => StatusCode::BAD_GATEWAY,
    }
}

fn detail(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Missing("account") => {
            "this key is good for every account, so the path must name one: /v1/accounts/{account}/…".to_owned()
        }
        Refusal::PathUnknown => "there is nothing at this path; /v1/docs shows what there is".to_owned(),
        Refusal::Forbidden(scope) => format!("this key lacks the scope '{}'", names::scope(*scope)),
        Refusal::Failed(failure) => failure.note().to_owned(),
        // The log has it under its own code, which the caller is told too.
        Refusal::Fault { code } => format!("something went wrong here ({code}); it is in our log"),
        other => other.to_string(),
    }
}

fn about(refusal: &Refusal) -> Problem {
    let none = Problem::default();
    match refusal {
        Refusal::KeyMissing
        | Refusal::KeyInvalid
        | Refusal::PathUnknown
        | Refusal::NotFound(_)
        | Refusal::Conflict(_)
        | Refusal::LoggedInAlready
        | Refusal::TimedOut
        | Refusal::Fault { .. } => none,
        Refusal::KeyReused => Problem { field: Some("Idempotency-Key".to_owned()), ..none },
        Refusal::Forbidden(scope) => Problem { scope: Some(names::scope(*scope)), ..none },
        Refusal::MethodNotAllowed { allow } => Problem { allow: allow.clone(), ..none },
        Refusal::Malformed { line, column, .. } => Problem { line: Some(*line), column: Some(*column), ..none },
        Refusal::Missing(field) => Problem { field: Some((*field).to_owned()), ..none },
        Refusal::Invalid { field, .. } => Problem { field: Some(field.clone()), ..none },
        Refusal::TooLong { field, limit } => {
            Problem { field: Some((*field).to_owned()), limit: Some(*limit as u64), ..none }
        }
        Refusal::TooLarge { limit } => Problem { limit: Some(*limit), ..none },
        Refusal::TooMany { retry_after } | Refusal::Busy { retry_after } => {
            Problem { retry_after: Some(seconds(*retry_after)), ..none }
        }
        Refusal::Unsupported(ability) => Problem { ability: Some(ability.name()), ..none },
        Refusal::NotConnected(state) => Problem { state: Some(state.name()), ..none },
        Refusal::Failed(failure) => {
            let retry_after = match failure {
                Failure::NotSent { retry: Retry::After(pause), .. } => Some(seconds(*pause)),
                _ => None,
            };
            Problem { why: Some(failure.why().name()), retry_after, ..none }
        }
    }
}

/// Whole seconds, rounded up: coming back a little late is right, a little early is not.
fn seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

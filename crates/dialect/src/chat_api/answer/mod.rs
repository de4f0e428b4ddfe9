//! From outcomes to bodies: one file a family.

pub mod account;
pub mod chats;
pub mod groups;
pub mod messages;
pub mod sent;

use http::StatusCode;
use serde_json::Value;
use sluice_model::{Outcome, Refusal};

use super::{errors, table};
use crate::{Call, Reply};

/// Puts the outcome of a method's command into words; `None` when it is of a kind that the command cannot have.
pub type Answer = fn(&Call, Outcome) -> Option<Reply>;

pub fn answer(call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
    let row = call.endpoint.and_then(|endpoint| table::row_named(endpoint.name));
    let outcome = match outcome {
        Ok(outcome) => outcome,
        // Whoever asks how it stands, or for a code, is told so: that is no trouble.
        Err(Refusal::LoggedInAlready) if call.endpoint.is_some_and(|endpoint| endpoint.name == "status") => {
            return account::authenticated();
        }
        Err(refusal) => return errors::refuse(call, &refusal),
    };
    row.and_then(|row| (row.answer)(call, outcome))
        .unwrap_or_else(|| errors::refuse(call, &Refusal::Fault { code: "chat_api-outcome".to_owned() }))
}

fn ok(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

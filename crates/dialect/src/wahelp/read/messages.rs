//! History, and what is said about messages sent (contract §8).

use std::time::Duration;

use serde_json::json;
use sluice_model::command::{Query, Remark, Says, Which};
use sluice_model::refusal::Noun;
use sluice_model::{Command, MessageId, Refusal};

use super::body::fields;
use super::page;
use crate::Call;
use crate::wahelp::ids;
use crate::wahelp::shown::CHANGES;

/// As for a message (contract §11).
const WAIT: Duration = Duration::from_secs(5);

/// Newest first; of one user with `user_id`.
pub fn all(call: &Call) -> Result<Command, Refusal> {
    let user = call.query("user_id").map(|text| ids::read_user(text).ok_or(Refusal::NotFound(Noun::Contact)));
    Ok(Command::Messages(Query { chat: user.transpose()?, ..Query::all(page(call)?) }))
}

pub fn one(call: &Call) -> Result<Command, Refusal> {
    message(call).map(|id| Command::Message(Which::Id(id)))
}

pub fn edit(call: &Call) -> Result<Command, Refusal> {
    let text = wanted_text(call)?;
    about(call, Says::Edit(text))
}

/// In `text`, or in `message` as the message's own member is named.
pub fn wanted_text(call: &Call) -> Result<String, Refusal> {
    let fields = fields(call)?;
    match fields.text("text")? {
        Some(text) => Ok(text),
        None => fields.text("message")?.ok_or(Refusal::Missing("text")),
    }
}

pub fn delete(call: &Call) -> Result<Command, Refusal> {
    about(call, Says::Delete)
}

fn about(call: &Call, says: Says) -> Result<Command, Refusal> {
    let id = message(call)?;
    let memo = Some(json!({ CHANGES: id.get() }));
    let remark = Remark { says, tag: None, memo, delay: None, expires_at: None };
    Ok(Command::SendAbout { about: Which::Id(id), remark: Box::new(remark), wait: Some(WAIT) })
}

/// The message in the path.
pub fn message(call: &Call) -> Result<MessageId, Refusal> {
    ids::read_message(call.param("message")).ok_or(Refusal::NotFound(Noun::Message))
}

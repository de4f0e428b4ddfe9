//! Acting on messages, which are named by their id alone (contract §2.6).

use sluice_model::command::{Remark, Says};
use sluice_model::{Command, Content, Refusal};

use super::body::{Fields, fields, fields_or_text};
use super::{channel, flag, send};
use crate::Call;
use crate::wappi::{address, ids};

/// With a `url` a file is sent, and `body` is its caption.
pub fn reply(call: &Call) -> Result<Command, Refusal> {
    let fields = fields_or_text(call, "message_id")?;
    let content = match fields.text("url")? {
        Some(_) => send::linked(&fields, "body")?,
        None => Content::text(fields.required("body")?),
    };
    remark(call, &fields, Says::Reply(content))
}

pub fn forward(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let to = address::read(channel(call), "recipient", &fields.required("recipient")?)?;
    remark(call, &fields, Says::Forward(to))
}

pub fn edit(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let text = fields.required("body")?;
    remark(call, &fields, Says::Edit(text))
}

pub fn delete(call: &Call) -> Result<Command, Refusal> {
    remark(call, &fields(call)?, Says::Delete)
}

/// Without a `body`, or with an empty one, the reaction is taken back. Telegram's `recipient` is not needed.
pub fn reaction(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let emoji = fields.text("body")?;
    remark(call, &fields, Says::React(emoji))
}

pub fn mark_read(call: &Call) -> Result<Command, Refusal> {
    let id = message_id(call, &fields(call)?)?;
    Ok(Command::MarkRead { message: ids::which(&call.spelling, channel(call), &id), all: flag(call, "mark_all") })
}

fn remark(call: &Call, fields: &Fields, says: Says) -> Result<Command, Refusal> {
    let about = ids::which(&call.spelling, channel(call), &message_id(call, fields)?);
    let (delay, expires_at, wait) = send::terms(call)?;
    let remark = Remark { says, tag: send::tag(call), memo: fields.manager()?, delay, expires_at };
    Ok(Command::SendAbout { about, remark: Box::new(remark), wait })
}

/// In the body; the older API had it in the query.
fn message_id(call: &Call, fields: &Fields) -> Result<String, Refusal> {
    match fields.text("message_id")? {
        Some(id) => Ok(id),
        None => Ok(super::required(call, "message_id")?.to_owned()),
    }
}

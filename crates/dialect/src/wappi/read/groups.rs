//! Groups (contract §2.10). The older API had `chat_id` and `contact` in the query.

use sluice_model::ask::GroupCall;
use sluice_model::{Address, Ask, Channel, Command, Refusal};

use super::body::{Fields, fields};
use super::channel;
use crate::Call;
use crate::wappi::address;

pub fn create(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    Ok(group(GroupCall::Create { name: fields.required("name")?, members: members(call, &fields)? }))
}

pub fn leave(call: &Call) -> Result<Command, Refusal> {
    Ok(group(GroupCall::Leave { group: which(call, &fields(call)?)? }))
}

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    Ok(group(GroupCall::Add { group: which(call, &fields)?, members: members(call, &fields)? }))
}

pub fn remove(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    Ok(group(GroupCall::Remove { group: which(call, &fields)?, members: members(call, &fields)? }))
}

pub fn promote(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    Ok(group(GroupCall::Promote { group: which(call, &fields)?, members: members(call, &fields)? }))
}

pub fn demote(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    Ok(group(GroupCall::Demote { group: which(call, &fields)?, members: members(call, &fields)? }))
}

pub fn describe(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let text = fields.text("description")?.unwrap_or_default();
    Ok(group(GroupCall::Describe { group: which(call, &fields)?, text }))
}

pub fn rename(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    Ok(group(GroupCall::Rename { group: which(call, &fields)?, name: fields.required("name")? }))
}

pub fn invite_link(call: &Call) -> Result<Command, Refusal> {
    Ok(group(GroupCall::InviteLink { group: which(call, &fields(call)?)? }))
}

/// For the older API's lists of members and of admins.
pub fn info(call: &Call) -> Result<Command, Refusal> {
    Ok(group(GroupCall::Info { group: which(call, &fields(call)?)? }))
}

fn group(call: GroupCall) -> Command {
    Command::Ask(Ask::Group { call })
}

fn which(call: &Call, fields: &Fields) -> Result<Address, Refusal> {
    let in_query = call.query("group_id").or_else(|| call.query("chat_id")).map(str::to_owned);
    let text = fields.text("group_id")?.or(in_query).ok_or(Refusal::Missing("group_id"))?;
    let address = address::read(channel(call), "group_id", &text)?;
    Ok(match address {
        Address::Phone(id) | Address::User(id) if channel(call) != Channel::Whatsapp => Address::Group(id),
        address => address,
    })
}

/// `participants`, `participant`, or `contact` in the query.
fn members(call: &Call, fields: &Fields) -> Result<Vec<Address>, Refusal> {
    let mut texts = fields.texts("participants")?;
    texts.extend(fields.texts("participant")?);
    if texts.is_empty() {
        texts.extend(call.query("contact").map(str::to_owned));
    }
    if texts.is_empty() {
        return Err(Refusal::Missing("participants"));
    }
    texts.iter().map(|text| address::read(channel(call), "participants", text)).collect()
}

//! Groups (contract greenapi.md §2.6).

use sluice_model::ask::GroupCall;
use sluice_model::{Address, Ask, Command, Refusal};

use super::fields::Fields;
use super::files::picture;
use crate::Call;

/// Characters of a group's name.
const NAME_LIMIT: usize = 100;

pub fn create_group(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let name = fields.required("groupName", NAME_LIMIT)?;
    let members = fields.addresses("chatIds", 1..=1_024, call.account()?.channel)?;
    Ok(ask(GroupCall::Create { name, members }))
}

pub fn update_group_name(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let (group, name) = (group(call, &fields)?, fields.required("groupName", NAME_LIMIT)?);
    Ok(ask(GroupCall::Rename { group, name }))
}

pub fn get_group_data(call: &Call) -> Result<Command, Refusal> {
    let group = group(call, &Fields::of(call)?)?;
    Ok(ask(GroupCall::Info { group }))
}

pub fn add_group_participant(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = member(call)?;
    Ok(ask(GroupCall::Add { group, members }))
}

pub fn remove_group_participant(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = member(call)?;
    Ok(ask(GroupCall::Remove { group, members }))
}

pub fn set_group_admin(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = member(call)?;
    Ok(ask(GroupCall::Promote { group, members }))
}

pub fn remove_admin(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = member(call)?;
    Ok(ask(GroupCall::Demote { group, members }))
}

pub fn set_group_picture(call: &Call) -> Result<Command, Refusal> {
    let (fields, source) = picture(call)?;
    Ok(ask(GroupCall::Picture { group: group(call, &fields)?, source }))
}

pub fn update_group_settings(call: &Call) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    Ok(ask(GroupCall::Rights {
        group: group(call, &fields)?,
        members_edit: fields.flag("allowParticipantsEditGroupSettings")?,
        members_send: fields.flag("allowParticipantsSendMessages")?,
    }))
}

pub fn leave_group(call: &Call) -> Result<Command, Refusal> {
    let group = group(call, &Fields::of(call)?)?;
    Ok(ask(GroupCall::Leave { group }))
}

fn ask(call: GroupCall) -> Command {
    Command::Ask(Ask::Group { call })
}

/// `groupId`, or `chatId` as the Telegram SDK has it (contract §2.6).
fn group(call: &Call, fields: &Fields) -> Result<Address, Refusal> {
    let channel = call.account()?.channel;
    let name = if fields.get("groupId").is_none() && fields.get("chatId").is_some() { "chatId" } else { "groupId" };
    let address = fields.address(name, channel)?;
    if address.is_group() { Ok(address) } else { Err(Refusal::invalid(name, "must be the id of a group")) }
}

fn member(call: &Call) -> Result<(Address, Vec<Address>), Refusal> {
    let fields = Fields::of(call)?;
    let group = group(call, &fields)?;
    Ok((group, vec![fields.address("participantChatId", call.account()?.channel)?]))
}

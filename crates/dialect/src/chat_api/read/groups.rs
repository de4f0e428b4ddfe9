//! Groups.

use sluice_model::ask::GroupCall;
use sluice_model::{Address, Ask, Command, Refusal};

use crate::Call;
use crate::chat_api::address;
use crate::chat_api::arguments::{self, Arguments};

pub fn create(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let mut members = Vec::new();
    for field in ["chatIds", "phones"] {
        for text in arguments.texts(field)? {
            members.push(address::read(field, &text)?);
        }
    }
    if members.is_empty() {
        return Err(Refusal::Missing("phones"));
    }
    asked(GroupCall::Create { name: arguments.required("groupName")?, members })
}

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = participant(call)?;
    asked(GroupCall::Add { group, members })
}

pub fn remove(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = participant(call)?;
    asked(GroupCall::Remove { group, members })
}

pub fn promote(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = participant(call)?;
    asked(GroupCall::Promote { group, members })
}

pub fn demote(call: &Call) -> Result<Command, Refusal> {
    let (group, members) = participant(call)?;
    asked(GroupCall::Demote { group, members })
}

pub fn leave(call: &Call) -> Result<Command, Refusal> {
    let arguments = arguments::read(call)?;
    let group = group(&arguments, if arguments.value("groupId").is_some() { "groupId" } else { "chatId" })?;
    asked(GroupCall::Leave { group })
}

fn participant(call: &Call) -> Result<(Address, Vec<Address>), Refusal> {
    let arguments = arguments::read(call)?;
    let group = group(&arguments, "groupId")?;
    let (field, text) = match arguments.text("participantChatId")? {
        Some(text) => ("participantChatId", text),
        None => ("participantPhone", arguments.required("participantPhone")?),
    };
    Ok((group, vec![address::read(field, &text)?]))
}

fn group(arguments: &Arguments, field: &'static str) -> Result<Address, Refusal> {
    match address::read(field, &arguments.required(field)?)? {
        group @ Address::Group(_) => Ok(group),
        _ => Err(Refusal::invalid(field, "is no group")),
    }
}

fn asked(call: GroupCall) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Group { call }))
}

//! Contacts and the account's own texts (contract §2.9, §2.11).

use sluice_model::{Address, Ask, Command, Refusal};

use super::body::fields;
use super::{channel, page, required};
use crate::Call;
use crate::wappi::address;

/// The list has no pages upstream: without a `limit` it is whole.
const CONTACTS: u64 = 100_000;

pub fn all(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Contacts { search: None, page: page(call, CONTACTS, CONTACTS)? })
}

pub fn one(call: &Call) -> Result<Command, Refusal> {
    // The older API's word for it was `contact`.
    let name = call.query("recipient").or_else(|| call.query("contact")).unwrap_or_default();
    Ok(Command::Ask(Ask::Person { of: address::read(channel(call), "recipient", name)? }))
}

pub fn check(call: &Call) -> Result<Command, Refusal> {
    let who = address::read(channel(call), "phone", required(call, "phone")?)?;
    Ok(Command::Ask(Ask::Check { who: vec![who] }))
}

pub fn info(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Person { of: address::read(channel(call), "user_id", required(call, "user_id")?)? }))
}

/// Answers, as upstream does, whether the person is there at all.
pub fn add(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let name = Some(fields.required("name")?);
    Ok(Command::Ask(Ask::SaveContact { who: fields.recipient(call)?, name }))
}

pub fn block(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Block { who: in_query(call)?, on: true }))
}

pub fn unblock(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Block { who: in_query(call)?, on: false }))
}

fn in_query(call: &Call) -> Result<Address, Refusal> {
    address::read(channel(call), "contact", required(call, "contact")?)
}

pub fn set_about(call: &Call) -> Result<Command, Refusal> {
    Ok(about(fields(call)?.required("body")?))
}

pub fn delete_about(_call: &Call) -> Result<Command, Refusal> {
    Ok(about(String::new()))
}

fn about(text: String) -> Command {
    Command::Ask(Ask::Profile { about: Some(text), picture: None })
}

pub fn story_views(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::StoryViews { remote: required(call, "id")?.to_owned() }))
}

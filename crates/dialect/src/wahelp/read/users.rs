//! A channel's users: people whom it knows (contract §6).

use sluice_model::refusal::Noun;
use sluice_model::{Address, Command, Refusal};

use super::body::{Fields, fields};
use super::page;
use crate::Call;
use crate::wahelp::ids;

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let who = match fields.phone()? {
        Some(phone) => phone,
        None => username(&fields)?.ok_or(Refusal::Missing("phone"))?,
    };
    Ok(Command::Meet { who, name: fields.name()?, known: fields.flag("need_create")? == Some(false) })
}

/// One client tries it for Telegram (contract §6.1).
fn username(fields: &Fields) -> Result<Option<Address>, Refusal> {
    let Some(text) = fields.text("username")? else { return Ok(None) };
    let name = text.trim().trim_start_matches('@');
    let legal = (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !legal {
        return Err(Refusal::invalid("username", "должно быть именем из латинских букв, цифр и подчёркиваний"));
    }
    Ok(Some(Address::Username(name.to_owned())))
}

pub fn all(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Contacts { search: call.query("search").map(str::to_owned), page: page(call)? })
}

pub fn one(call: &Call) -> Result<Command, Refusal> {
    user(call).map(Command::Contact)
}

pub fn change(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Meet { who: user(call)?, name: fields(call)?.name()?, known: true })
}

pub fn remove(call: &Call) -> Result<Command, Refusal> {
    user(call).map(Command::Forget)
}

/// The user in the path, whom the channel knows.
pub fn user(call: &Call) -> Result<Address, Refusal> {
    ids::read_user(call.param("user")).ok_or(Refusal::NotFound(Noun::Contact))
}

/// A contact is a person apart from channels: here, their number (contract §6.4).
pub fn contact(call: &Call) -> Result<Command, Refusal> {
    wanted_contact(call).map(|_| Command::Nothing)
}

pub fn wanted_contact(call: &Call) -> Result<Address, Refusal> {
    let fields = fields(call)?;
    fields.flag("need_create")?;
    fields.phone()?.ok_or(Refusal::Missing("phone"))
}

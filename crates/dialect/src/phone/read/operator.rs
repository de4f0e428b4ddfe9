//! What the account's owner asks about the phone, with a key of the workspace.

use serde::Deserialize;
use serde_json::Value;
use sluice_model::ask::LoginWay;
use sluice_model::device::Call as Word;
use sluice_model::{Ask, Command, Refusal};

use super::{ask, body};
use crate::Call;

#[derive(Default, Deserialize)]
#[serde(default)]
struct PairBody {
    number: String,
}

/// A pairing code, shown for five minutes.
pub fn pair(call: &Call) -> Result<Command, Refusal> {
    let body: PairBody = body::read(call)?;
    Ok(Command::Ask(Ask::Login { way: LoginWay::PairingCode { phone: body.number } }))
}

pub fn unpair(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Logout))
}

pub fn status(_call: &Call) -> Result<Command, Refusal> {
    Ok(ask(Word::Status))
}

pub fn set(call: &Call) -> Result<Command, Refusal> {
    let settings: Value = call.json()?;
    if !settings.is_object() {
        return Err(Refusal::invalid("body", "is not an object"));
    }
    Ok(ask(Word::Set { settings }))
}

pub fn resume(_call: &Call) -> Result<Command, Refusal> {
    Ok(ask(Word::Resume))
}

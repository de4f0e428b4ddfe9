//! Channels: made, shown, connected (contract §5).

use std::time::Duration;

use sluice_model::account::Settings;
use sluice_model::ask::LoginWay;
use sluice_model::command::{AccountChange, NewAccount};
use sluice_model::{Address, Ask, Channel, Command, Refusal};

use super::body::fields;
use super::project;
use crate::Call;
use crate::wahelp::channels;

/// How long the messenger may look at a code or a password.
const WAIT: Duration = Duration::from_secs(15);

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let kind = fields.required("type")?;
    let channel = channels::read(&kind).ok_or_else(|| {
        let known = Channel::ALL.map(channels::word).join(", ");
        Refusal::invalid("type", format!("должно быть одним из: {known}"))
    })?;
    Ok(Command::AddAccount(NewAccount {
        name: fields.name()?.ok_or(Refusal::Missing("name"))?,
        channel,
        connector: None,
        settings: Settings { project: Some(project(call)?), ..Settings::default() },
        with_key: false,
        webhook_url: None,
        switches: None,
    }))
}

/// All of the workspace; the answer leaves out those of other projects.
pub fn all(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Accounts)
}

pub fn one(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Account)
}

pub fn change(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let enabled = fields.flag("active")?;
    Ok(Command::ChangeAccount(AccountChange { name: fields.name()?, enabled, ..AccountChange::default() }))
}

pub fn remove(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::RemoveAccount)
}

pub fn qr(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Login { way: LoginWay::Qr }))
}

/// Upstream's body is not known. An empty one begins a login by QR code; `phone` begins one by number (on WhatsApp by a
/// pairing code), `token` one of a bot; `code` and `password` are what the last step asked for.
pub fn set_up(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    if let Some(value) = fields.text("code")?.map_or_else(|| fields.text("password"), |code| Ok(Some(code)))? {
        return Ok(Command::LoginInput { value, wait: WAIT });
    }
    let channel = call.account()?.channel;
    let way = match (fields.phone()?, fields.text("token")?) {
        (Some(Address::Phone(phone)), _) if channel == Channel::Whatsapp => LoginWay::PairingCode { phone },
        (Some(Address::Phone(phone)), _) => LoginWay::Phone { phone },
        (_, Some(token)) => LoginWay::Token { token },
        (_, None) => LoginWay::Qr,
    };
    Ok(Command::Ask(Ask::Login { way }))
}

//! Account methods (contract greenapi.md §2.1).

use std::time::Duration;

use sluice_model::ask::LoginWay;
use sluice_model::command::{AccountChange, SwitchChange};
use sluice_model::{Ask, Command, Refusal};

use super::fields::Fields;
use super::files::picture;
use crate::Call;
use crate::green_api::settings;

/// How many states are told when the caller does not say.
const HISTORY: usize = 100;

/// How long the WebSocket waits for somebody to scan (contract §1.1).
const SCAN: Duration = Duration::from_secs(100);

const CODE_LIMIT: usize = 256;

pub fn get_settings(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Switches)
}

pub fn set_settings(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::SetSwitches(settings::read(Fields::of(call)?.members())?))
}

/// What is answered out of the account itself.
pub fn account(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Account)
}

pub fn get_state_history(call: &Call) -> Result<Command, Refusal> {
    let count = call.query("count").and_then(|text| text.parse().ok()).unwrap_or(HISTORY);
    Ok(Command::History { limit: count.clamp(1, 1_000) })
}

pub fn reboot(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Restart))
}

pub fn logout(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Logout))
}

pub fn qr(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Login { way: LoginWay::Qr }))
}

/// Over a WebSocket.
pub fn scan_qr_code(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::BeginLogin { way: LoginWay::Qr, wait: SCAN })
}

pub fn get_authorization_code(call: &Call) -> Result<Command, Refusal> {
    let phone = phone(&Fields::of(call)?)?;
    Ok(Command::Ask(Ask::Login { way: LoginWay::PairingCode { phone } }))
}

pub fn start_authorization(call: &Call) -> Result<Command, Refusal> {
    let phone = phone(&Fields::of(call)?)?;
    Ok(Command::Ask(Ask::Login { way: LoginWay::Phone { phone } }))
}

pub fn send_authorization_code(call: &Call) -> Result<Command, Refusal> {
    input(call, "code")
}

pub fn send_authorization_password(call: &Call) -> Result<Command, Refusal> {
    input(call, "password")
}

pub fn set_profile_picture(call: &Call) -> Result<Command, Refusal> {
    let (_, picture) = picture(call)?;
    Ok(Command::Ask(Ask::Profile { about: None, picture: Some(picture) }))
}

pub fn update_api_token(_: &Call) -> Result<Command, Refusal> {
    Ok(Command::ReplaceKey)
}

pub fn set_system_proxy(_: &Call) -> Result<Command, Refusal> {
    let account = AccountChange { proxy: Some(None), ..AccountChange::default() };
    Ok(Command::SetSwitches(SwitchChange { account, ..SwitchChange::default() }))
}

/// `phoneNumber`, a number or a text of digits.
pub fn phone(fields: &Fields) -> Result<String, Refusal> {
    let value = fields.get("phoneNumber").ok_or(Refusal::Missing("phoneNumber"))?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match sluice_model::Address::phone(&text) {
        Some(sluice_model::Address::Phone(digits)) => Ok(digits),
        _ => Err(Refusal::invalid("phoneNumber", "must contain only digits")),
    }
}

fn input(call: &Call, name: &'static str) -> Result<Command, Refusal> {
    let fields = Fields::of(call)?;
    let value = match fields.get(name) {
        Some(serde_json::Value::Number(number)) => number.to_string(),
        _ => fields.required(name, CODE_LIMIT)?,
    };
    Ok(Command::Ask(Ask::LoginInput { value }))
}

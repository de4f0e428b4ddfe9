//! Logging in (contract §2.3).

use sluice_model::ask::LoginWay;
use sluice_model::{Address, Ask, Command, Refusal};

use super::body::fields;
use super::required;
use crate::Call;

pub fn qr(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Login { way: LoginWay::Qr }))
}

/// WhatsApp's pairing code.
pub fn pairing_code(call: &Call) -> Result<Command, Refusal> {
    let phone = digits(required(call, "phone")?)?;
    Ok(Command::Ask(Ask::Login { way: LoginWay::PairingCode { phone } }))
}

pub fn phone(call: &Call) -> Result<Command, Refusal> {
    let phone = digits(&fields(call)?.required("phone")?)?;
    Ok(Command::Ask(Ask::Login { way: LoginWay::Phone { phone } }))
}

pub fn code(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::LoginInput { value: fields(call)?.required("auth_code")? }))
}

pub fn password(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::LoginInput { value: fields(call)?.required("pwd_code")? }))
}

fn digits(text: &str) -> Result<String, Refusal> {
    match Address::phone(text) {
        Some(Address::Phone(digits)) => Ok(digits),
        _ => Err(Refusal::invalid("phone", "is not a phone number")),
    }
}

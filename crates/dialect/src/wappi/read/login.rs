//! Logging in (contract §2.3).

use sluice_model::ask::LoginWay;
use sluice_model::{Address, Ask, Command, Refusal};

use super::body::fields;
use super::required;
use crate::Call;

/// How long the messenger may look at a code or a password.
const WAIT: std::time::Duration = std::time::Duration::from_secs(15);

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
    Ok(input(fields(call)?.required("auth_code")?))
}

pub fn password(call: &Call) -> Result<Command, Refusal> {
    Ok(input(fields(call)?.required("pwd_code")?))
}

fn input(value: String) -> Command {
    Command::LoginInput { value, wait: WAIT }
}

fn digits(text: &str) -> Result<String, Refusal> {
    match Address::phone(text) {
        Some(Address::Phone(digits)) => Ok(digits),
        _ => Err(Refusal::invalid("phone", "is not a phone number")),
    }
}

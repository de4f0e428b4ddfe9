//! The account: its state and login, its settings and webhook.

use sluice_model::account::State;
use sluice_model::ask::LoginWay;
use sluice_model::command::SwitchChange;
use sluice_model::{Ask, Command, Refusal};

use crate::Call;
use crate::chat_api::{arguments, settings};

/// A question about the state begins a login where nobody is logged in, unless `no_wakeup` is set: that is how clients get
/// their QR code.
pub fn status(call: &Call) -> Result<Command, Refusal> {
    let sleeps = arguments::read(call)?.flag("no_wakeup") == Some(true);
    if sleeps || call.account()?.condition.state != State::LoginNeeded { Ok(Command::Account) } else { qr_code(call) }
}

pub fn qr_code(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Login { way: LoginWay::Qr }))
}

/// A code that has ended is followed by another one by itself; this only begins a login where there is none.
pub fn expiry(call: &Call) -> Result<Command, Refusal> {
    if call.account()?.condition.state == State::LoginNeeded { qr_code(call) } else { Ok(Command::Nothing) }
}

pub fn me(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Account)
}

pub fn logout(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Logout))
}

pub fn restart(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Restart))
}

pub fn set_status(call: &Call) -> Result<Command, Refusal> {
    let about = arguments::read(call)?.required("accountStatus")?;
    Ok(Command::Ask(Ask::Profile { about: Some(about), picture: None }))
}

/// With arguments it sets them, by whatever method.
pub fn settings(call: &Call) -> Result<Command, Refusal> {
    let (change, given) = settings::read(&arguments::read(call)?)?;
    if given.is_empty() { Ok(Command::Switches) } else { Ok(Command::SetSwitches(change)) }
}

pub fn webhook(call: &Call) -> Result<Command, Refusal> {
    Ok(match settings::url(&arguments::read(call)?)? {
        Some(url) => Command::SetSwitches(SwitchChange { url: Some(url), from_now: true, ..SwitchChange::default() }),
        None => Command::Switches,
    })
}

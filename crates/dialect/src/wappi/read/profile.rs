//! Profiles (contract §2.2).

use serde_json::{Value, json};
use sluice_model::command::{AccountChange, NewAccount, SwitchChange};
use sluice_model::{Ask, Command, Refusal, account};

use super::body::fields;
use super::{channel, file, required};
use crate::Call;
use crate::wappi::switches;

const NAME_LIMIT: usize = 200;
const HISTORY: usize = 200;

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let name = required(call, "name")?;
    if name.chars().count() > NAME_LIMIT {
        return Err(Refusal::TooLong { field: "name", limit: NAME_LIMIT });
    }
    let webhook_url = call.query("webhook_url").map(|text| file::url("webhook_url", text)).transpose()?;
    Ok(Command::AddAccount(NewAccount {
        name: name.to_owned(),
        channel: channel(call),
        connector: None,
        settings: account::Settings::default(),
        with_key: false,
        webhook_url,
        switches: Some(switches::first()),
    }))
}

pub fn delete(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::RemoveAccount)
}

pub fn all(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Accounts)
}

pub fn one(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Account)
}

/// Not upstream's: the token's own switches.
pub fn set_switch(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::SetKeySettings(json!({ switches::STATUS_FIELD: wanted_switch(call)? })))
}

pub fn wanted_switch(call: &Call) -> Result<bool, Refusal> {
    let on = fields(call)?.value(switches::STATUS_FIELD).cloned().ok_or(Refusal::Missing(switches::STATUS_FIELD))?;
    on.as_bool().ok_or_else(|| Refusal::invalid(switches::STATUS_FIELD, "must be true or false"))
}

pub fn restart(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Restart))
}

pub fn logout(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Ask(Ask::Logout))
}

pub fn history(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::History { limit: HISTORY })
}

/// There is nothing to pay; the body is only checked to name what the answer repeats.
pub fn add_days(call: &Call) -> Result<Command, Refusal> {
    let body: Value = call.json()?;
    let profile = body.get("profile_uuid").and_then(Value::as_str).ok_or(Refusal::Missing("profile_uuid"))?;
    if !profile.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return Err(Refusal::invalid("profile_uuid", "is not a profile's id"));
    }
    body.get("tariff_id").ok_or(Refusal::Missing("tariff_id"))?;
    Ok(Command::Nothing)
}

/// `login:password@host:port` or `host:port`: HTTP for WhatsApp, SOCKS5 for the others. A scheme may be given.
pub fn set_proxy(call: &Call) -> Result<Command, Refusal> {
    let text = required(call, "proxy")?.trim();
    let (scheme, place) = match text.split_once("://") {
        Some((scheme, place)) => (scheme, place),
        None if channel(call) == sluice_model::Channel::Whatsapp => ("http", text),
        None => ("socks5", text),
    };
    let address = place.rsplit_once('@').map_or(place, |(_, address)| address);
    let port =
        address.rsplit_once(':').filter(|(host, _)| !host.is_empty()).and_then(|(_, port)| port.parse::<u16>().ok());
    if port.is_none() || !matches!(scheme, "http" | "https" | "socks5" | "socks5h") {
        return Err(Refusal::invalid("proxy", "must be login:password@host:port or host:port"));
    }
    Ok(proxy(Some(format!("{scheme}://{place}"))))
}

pub fn delete_proxy(_call: &Call) -> Result<Command, Refusal> {
    Ok(proxy(None))
}

fn proxy(url: Option<String>) -> Command {
    let account = AccountChange { proxy: Some(url), ..AccountChange::default() };
    Command::SetSwitches(SwitchChange { account, ..SwitchChange::default() })
}

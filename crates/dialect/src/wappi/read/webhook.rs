//! Webhook settings (contract §2.12).

use serde_json::{Value, json};
use sluice_model::command::SwitchChange;
use sluice_model::{Command, Refusal};

use super::body::fields;
use super::file;
use crate::Call;
use crate::wappi::switches;

/// `url` in the query as documented, or in the body as one client has it. An `auth` that is given empty is removed, one
/// that is not given stays.
pub fn set_url(call: &Call) -> Result<Command, Refusal> {
    let auth = call.query.iter().find(|(name, _)| name == "auth").map(|(_, value)| value.clone());
    if auth.as_ref().is_some_and(|auth| http::HeaderValue::from_str(auth).is_err()) {
        return Err(Refusal::invalid("auth", "cannot stand in a header"));
    }
    let secret = auth.map(|auth| Some(auth).filter(|auth| !auth.is_empty()));
    let url = Some(Some(wanted_url(call)?));
    Ok(Command::SetSwitches(SwitchChange { url, secret, from_now: true, ..SwitchChange::default() }))
}

pub fn wanted_url(call: &Call) -> Result<String, Refusal> {
    let text = match call.query("url") {
        Some(text) => text.to_owned(),
        None => fields(call)?.first_of(&["url", "webhook_url"])?.ok_or(Refusal::Missing("url"))?,
    };
    file::url("url", &text)
}

pub fn get_url(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Switches)
}

pub fn delete_url(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::SetSwitches(SwitchChange { url: Some(None), ..SwitchChange::default() }))
}

/// The whole list, in any of the three forms that are about: `[..]`, `{"wh_types":[..]}`, `{"webhook_types":[..]}`.
pub fn set_types(call: &Call) -> Result<Command, Refusal> {
    let types = wanted_types(call)?;
    let unknown: Vec<&str> = types.iter().map(String::as_str).filter(|name| !switches::KNOWN.contains(name)).collect();
    if !unknown.is_empty() {
        return Err(Refusal::invalid(switches::TYPES, format!("has unknown types: {}", unknown.join(", "))));
    }
    let switches = Some(json!({ switches::TYPES: types }));
    Ok(Command::SetSwitches(SwitchChange { switches, ..SwitchChange::default() }))
}

/// Each type once, in the caller's order.
pub fn wanted_types(call: &Call) -> Result<Vec<String>, Refusal> {
    let listed = match call.json::<Value>()? {
        Value::Object(mut members) => members.remove("wh_types").or_else(|| members.remove(switches::TYPES)),
        list => Some(list),
    };
    let not_a_list = || Refusal::invalid(switches::TYPES, "must be a list of strings");
    let Value::Array(values) = listed.ok_or(Refusal::Missing(switches::TYPES))? else {
        return Err(not_a_list());
    };
    let mut types = Vec::new();
    for value in values {
        let Value::String(name) = value else {
            return Err(not_a_list());
        };
        if !types.contains(&name) {
            types.push(name);
        }
    }
    Ok(types)
}

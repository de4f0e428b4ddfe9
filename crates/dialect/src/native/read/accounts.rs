//! Accounts.

use serde::Deserialize;
use sluice_model::account;
use sluice_model::command::{self, AccountChange};
use sluice_model::{Channel, Command, Refusal};
use utoipa::{IntoParams, ToSchema};

use super::Read;
use crate::Call;
use crate::native::shape::{Account, Done, Event, List};
use crate::native::{names, strict};

/// The most entries of an account's history that are shown at once.
const HISTORY: usize = 500;

/// List the accounts
#[utoipa::path(get, path = "/v1/accounts", tag = "Accounts",
    responses((status = 200, description = "All of them, in the order of their making", body = List<Account>)))]
pub fn list_accounts(_: &Call) -> Read {
    Ok(Command::Accounts)
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Shop", "channel": "whatsapp", "with_key": true}))]
pub struct NewAccount {
    name: String,
    #[schema(value_type = names::Channel)]
    channel: Channel,
    /// The kind of connector; the gateway's own choice for the channel if it is not given.
    connector: Option<String>,
    #[serde(default)]
    settings: ChangedSettings,
    /// Make a key that is good for this account alone, and answer with its token.
    #[serde(default)]
    with_key: bool,
}

/// Add an account
///
/// It has nobody logged in yet: `POST …/login` comes next.
#[utoipa::path(post, path = "/v1/accounts", tag = "Accounts", request_body = NewAccount,
    responses((status = 201, description = "The account", body = Account)))]
pub fn add_account(call: &Call) -> Read {
    let new: NewAccount = strict::body(call)?;
    if new.settings.proxy.is_some() {
        return Err(Refusal::invalid("settings.proxy", "is set by PATCH, once the account is there"));
    }
    let set = new.settings;
    Ok(Command::AddAccount(command::NewAccount {
        name: named(new.name)?,
        channel: new.channel,
        connector: new.connector,
        settings: account::Settings {
            send_gap_ms: set.send_gap_ms.unwrap_or_default(),
            mark_read: set.mark_read.unwrap_or_default(),
            mark_read_on_reply: set.mark_read_on_reply.unwrap_or_default(),
            keep_online: set.keep_online.unwrap_or_default(),
            typing_ms: set.typing_ms.unwrap_or_default(),
            link_preview: None,
            proxy: None,
            project: None,
        },
        with_key: new.with_key,
        webhook_url: None,
        switches: None,
    }))
}

/// Show an account
#[utoipa::path(get, path = "/v1/accounts/{account}", tag = "Accounts",
    responses((status = 200, description = "The account", body = Account)))]
pub fn get_account(_: &Call) -> Read {
    Ok(Command::Account)
}

/// What is to be changed of an account; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"settings": {"send_gap_ms": 500}}))]
pub struct ChangedAccount {
    name: Option<String>,
    /// Switched off, the account is disconnected and keeps its login.
    enabled: Option<bool>,
    #[serde(default)]
    settings: ChangedSettings,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedSettings {
    /// Between two sends, milliseconds.
    send_gap_ms: Option<u32>,
    /// Mark every incoming message read at once.
    mark_read: Option<bool>,
    /// Mark a chat read when something is sent into it.
    mark_read_on_reply: Option<bool>,
    keep_online: Option<bool>,
    /// Show as typing before each text, milliseconds.
    typing_ms: Option<u32>,
    /// URL of an HTTP or SOCKS5 proxy; null removes it.
    #[serde(default, deserialize_with = "strict::present")]
    #[schema(value_type = Option<String>)]
    proxy: Option<Option<String>>,
}

/// Change an account
#[utoipa::path(patch, path = "/v1/accounts/{account}", tag = "Accounts", request_body = ChangedAccount,
    responses((status = 200, description = "The account as it is now", body = Account)))]
pub fn change_account(call: &Call) -> Read {
    let change: ChangedAccount = strict::body(call)?;
    let set = change.settings;
    Ok(Command::ChangeAccount(AccountChange {
        name: change.name.map(named).transpose()?,
        enabled: change.enabled,
        send_gap_ms: set.send_gap_ms,
        mark_read: set.mark_read,
        mark_read_on_reply: set.mark_read_on_reply,
        keep_online: set.keep_online,
        typing_ms: set.typing_ms,
        link_preview: None,
        proxy: set.proxy,
    }))
}

/// Remove an account
///
/// With everything that belongs to it: messages, events, keys, listeners.
#[utoipa::path(delete, path = "/v1/accounts/{account}", tag = "Accounts",
    responses((status = 200, description = "It is gone", body = Done)))]
pub fn remove_account(_: &Call) -> Read {
    Ok(Command::RemoveAccount)
}

/// How much of a history.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Depth {
    /// How many entries at most; 50 unless said, 500 at most.
    limit: Option<u64>,
}

/// Show how an account stood
#[utoipa::path(get, path = "/v1/accounts/{account}/history", tag = "Accounts", params(Depth),
    responses((status = 200, description = "Its `account.…` events, newest first", body = List<Event>)))]
pub fn get_history(call: &Call) -> Read {
    let depth: Depth = strict::query(call)?;
    let part = super::part(depth.limit, None)?;
    Ok(Command::History { limit: usize::try_from(part.limit).unwrap_or(HISTORY) })
}

fn named(name: String) -> Result<String, Refusal> {
    if name.trim().is_empty() { Err(Refusal::invalid("name", "must not be empty")) } else { Ok(name) }
}

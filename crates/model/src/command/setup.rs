//! What a caller sets up: accounts, switches, listeners, keys.

use std::fmt;

use serde_json::Value;

use crate::account::Settings;
use crate::listener::Target;
use crate::template::Wording;
use crate::{AccountId, Channel, Scope, Timestamp};

#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    pub name: String,
    pub channel: Channel,
    /// `None` picks the gateway's default for the channel.
    pub connector: Option<String>,
    pub settings: Settings,
    /// Make a key of this dialect bound to the account, and answer with its token.
    pub with_key: bool,
    pub webhook_url: Option<String>,
    /// The dialect's own switches to begin with.
    pub switches: Option<Value>,
}

/// `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountChange {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub send_gap_ms: Option<u32>,
    pub mark_read: Option<bool>,
    pub mark_read_on_reply: Option<bool>,
    pub keep_online: Option<bool>,
    pub typing_ms: Option<u32>,
    pub link_preview: Option<bool>,
    /// `Some(None)` removes the proxy.
    pub proxy: Option<Option<String>>,
}

/// A change of a dialect's own switches. `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SwitchChange {
    /// `Some(None)` goes back to being asked.
    pub url: Option<Option<String>>,
    /// A URL set where there was none is told what happens from now on; what waited to be asked for is forgotten.
    pub from_now: bool,
    /// What the receiver is shown. `Some(None)` removes it.
    pub secret: Option<Option<String>>,
    /// Members of this object replace those of the same name in the switches kept.
    pub switches: Option<Value>,
    pub account: AccountChange,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewListener {
    pub account: Option<AccountId>,
    pub name: String,
    pub dialect: Option<String>,
    pub target: Target,
    pub events: Vec<String>,
    /// `None` has one made.
    pub secret: Option<String>,
    /// The dialect's own switches to begin with; members replace those of the dialect's first ones.
    pub switches: Option<Value>,
}

/// `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListenerChange {
    pub name: Option<String>,
    pub target: Option<Target>,
    pub events: Option<Vec<String>>,
    pub enabled: Option<bool>,
    pub secret: Option<String>,
    /// Members of this object replace those of the same name in the switches kept.
    pub switches: Option<Value>,
    /// A URL set where there was none is told what happens from now on.
    pub from_now: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NewKey {
    pub name: String,
    pub account: Option<AccountId>,
    pub dialect: Option<String>,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Timestamp>,
}

/// A password on its way to being looked up.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTemplate {
    pub name: String,
    pub parameter_limit: u32,
    pub wordings: Vec<Wording>,
}

/// `None` leaves a thing as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateChange {
    pub parameter_limit: Option<u32>,
    /// All of them anew.
    pub wordings: Option<Vec<Wording>>,
}

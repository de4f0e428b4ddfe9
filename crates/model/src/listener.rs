//! A listener: somebody who wants to hear what happens, by webhook or by asking.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ListenerId, Sealed, Timestamp, WorkspaceId};

#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    pub id: ListenerId,
    pub workspace: WorkspaceId,
    /// One account, or all of the workspace.
    pub account: Option<AccountId>,
    /// In whose words it is told.
    pub dialect: String,
    pub name: String,
    pub target: Target,
    /// Names of [`crate::Event`]s wanted; empty means all. A dialect with switches of its own keeps them in
    /// `settings`.
    pub events: Vec<String>,
    /// The dialect's own switches, as the dialect writes them.
    pub settings: serde_json::Value,
    /// What is shown to the receiver: a signing key or a header's value.
    pub secret: Option<Sealed>,
    pub enabled: bool,
    /// Why it is off, where nobody but the gateway switched it off.
    pub off: Option<Off>,
    pub created_at: Timestamp,
}

/// The gateway switched a listener off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Off {
    pub since: Timestamp,
    /// In words for a person.
    pub reason: String,
}

impl Listener {
    pub fn wants(&self, event: &str) -> bool {
        self.events.is_empty() || self.events.iter().any(|wanted| wanted == event)
    }
}

/// How it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// It asks (long poll, pull queue) and confirms.
    Pull,
    /// It is called.
    Push { url: String },
    /// It is called where the message that an entry is about wants to be told of: Devino's `callbackUrl`. Entries
    /// without such a place are not told.
    PerMessage,
}

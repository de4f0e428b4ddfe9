//! An API key: who is calling, and what they may do.

use serde::{Deserialize, Serialize};

use crate::{AccountId, KeyId, Sealed, Timestamp, WorkspaceId};

/// A key as it is kept: the token itself is not among it.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub id: KeyId,
    pub workspace: WorkspaceId,
    /// Bound to one account (GREEN-API, Feedbot) or good for all of the workspace (Wappi, Devino).
    pub account: Option<AccountId>,
    /// Bound to one dialect, or good for all.
    pub dialect: Option<String>,
    pub name: String,
    /// The token's first characters, to tell keys apart.
    pub prefix: String,
    pub scopes: Vec<Scope>,
    /// The dialect's own switches for this key's holder.
    pub settings: serde_json::Value,
    /// The token, for the dialects whose API shows it again.
    pub sealed: Option<Sealed>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

impl Key {
    /// `Manage` includes the narrower scopes.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|held| *held == scope || *held == Scope::Manage)
    }

    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Send, cancel, mark read.
    Send,
    /// Chats, contacts, messages, traces, media.
    Read,
    /// Take events out of queues and streams.
    Listen,
    /// Accounts, logins, listeners, keys.
    Manage,
}

impl Scope {
    pub const ALL: [Scope; 4] = [Self::Send, Self::Read, Self::Listen, Self::Manage];
}

//! A message as the read model and the journal keep it.

use serde::{Deserialize, Serialize};

use crate::content::Quoted;
use crate::failure::Why;
use crate::{Address, Content, KeyId, MessageId, Party, RequestId, Timestamp};

pub use crate::order::{State, Step};

/// One message, either way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    /// The id at the messenger: minted by us where it lets us, otherwise known once it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    pub origin: Origin,
    pub chat: Address,
    /// The chat's other address when known (phone beside LID).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_alias: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_name: Option<String>,
    /// The author; in a group the member, not the group. `None` for what the account itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Party>,
    pub content: Content,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Quoted>,
    /// How often it was forwarded; 0 for an original.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub forwarded: u32,
    /// When it was accepted here, or sent as its author's messenger says.
    pub at: Timestamp,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Message {
    pub const fn is_outgoing(&self) -> bool {
        !matches!(self.origin, Origin::Peer)
    }

    pub fn mark(&self) -> Mark {
        Mark {
            id: self.id,
            remote: self.remote.clone(),
            origin: self.origin.clone(),
            chat: self.chat.clone(),
            chat_alias: self.chat_alias.clone(),
        }
    }
}

/// Who caused a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Origin {
    /// A caller of the HTTP API, through the dialect named.
    Api {
        dialect: String,
        key: Option<KeyId>,
        request: Option<RequestId>,
        /// The caller's own words, echoed in events: Wappi's `bot_id`, Devino's `callbackData`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<String>,
        /// What else is kept with the message and shown again as it came: Wappi's `manager`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        memo: Option<serde_json::Value>,
    },
    /// The account's owner on the phone or another linked device.
    Phone,
    /// The other side.
    Peer,
}

impl Origin {
    pub const fn is_api(&self) -> bool {
        matches!(self, Self::Api { .. })
    }

    pub fn tag(&self) -> Option<&str> {
        match self {
            Self::Api { tag, .. } => tag.as_deref(),
            _ => None,
        }
    }

    pub const fn memo(&self) -> Option<&serde_json::Value> {
        match self {
            Self::Api { memo, .. } => memo.as_ref(),
            _ => None,
        }
    }
}

/// Enough of a message to tell a status of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub id: MessageId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    pub origin: Origin,
    pub chat: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_alias: Option<Address>,
}

/// A row of the read model: the message, and what became of it since.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub message: Message,
    pub state: State,
    /// When the state was reached.
    pub state_at: Timestamp,
    /// Why it failed, where it did.
    pub trouble: Option<Trouble>,
    /// The newest text, where it was edited.
    pub edited: Option<String>,
    pub deleted: bool,
}

/// Why a message did not arrive, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub why: Why,
    pub note: String,
}

/// A row of the chat list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    pub address: Address,
    pub alias: Option<Address>,
    pub name: Option<String>,
    pub unread: u32,
    pub archived: bool,
    /// Until something new is said in it.
    #[serde(default)]
    pub deleted: bool,
    pub last_at: Timestamp,
    pub last: Option<MessageId>,
}

/// A row of the address book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub party: Party,
    pub updated_at: Timestamp,
}

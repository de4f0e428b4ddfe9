//! What a session hands in.

use async_trait::async_trait;
use sluice_model::content::Quoted;
use sluice_model::event::{Call, LogoutBy, Receipt};
use sluice_model::failure::Why;
use sluice_model::{Address, Content, Event, Party, Timestamp};

/// The slot in the door.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Returns when everything handed in is in the journal, durably: only then may it be acknowledged to the
    /// messenger. In order. Handing the same message in again is harmless.
    async fn push(&self, inbound: Vec<Inbound>) -> Result<(), Closed>;
}

/// The session is no longer the account's, or the gateway is closing: nothing was written, acknowledge nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the inbox is closed")]
pub struct Closed;

#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    Message(Box<Incoming>),
    /// Messages of the time before the account was connected here, of one chat: kept, and told to nobody.
    History(Vec<Incoming>),
    /// The messenger's word about messages sent earlier; which it does not know are ignored.
    Receipt(Receipt),
    Call(Call),
    State(SessionState),
    /// People met on the way: names, numbers beside LIDs.
    People(Vec<Party>),
    /// Anything that is an event as it stands (group and contact changes).
    Event(Box<Event>),
}

/// A message from the other side, or from the account's own phone.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// The id at the messenger; unique in its chat.
    pub remote: String,
    /// Written by the account's owner on another device.
    pub from_phone: bool,
    pub chat: Address,
    pub chat_alias: Option<Address>,
    pub chat_name: Option<String>,
    pub sender: Option<Party>,
    pub content: Content,
    pub quoted: Option<Quoted>,
    pub forwarded: u32,
    pub at: Timestamp,
}

/// How the session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    Connected {
        phone: Option<String>,
        lid: Option<String>,
        push_name: Option<String>,
    },
    /// The session is on its way back by itself.
    Disconnected {
        why: Why,
        note: String,
    },
    /// The session cannot go on: close it and open another, with growing pauses.
    Ended {
        why: Why,
        note: String,
    },
    /// The login is gone.
    LoggedOut {
        by: LogoutBy,
        note: String,
    },
    Blocked {
        until: Option<Timestamp>,
        note: String,
    },
}

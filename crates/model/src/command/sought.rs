//! What a caller looks for: messages, chats, entries of the journal, a group by its name.

use super::Slice;
use crate::message::State;
use crate::{Address, Position, Timestamp};

/// Which messages to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    pub chat: Option<Address>,
    pub incoming: Option<bool>,
    pub by_api: bool,
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub search: Option<String>,
    pub state: Option<State>,
    pub oldest_first: bool,
    /// Mark the chat read on the way, where one is named and it is no group.
    pub mark_read: bool,
    pub page: Slice,
}

impl Query {
    pub const fn all(page: Slice) -> Self {
        Self {
            chat: None,
            incoming: None,
            by_api: false,
            since: None,
            until: None,
            search: None,
            state: None,
            oldest_first: false,
            mark_read: false,
            page,
        }
    }
}

/// Which chats to list with their last messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogQuery {
    /// A part of the name, of an address or of the last message's words.
    pub search: Option<String>,
    /// These alone; empty means all.
    pub chats: Vec<Address>,
    /// With their last message at or after.
    pub since: Option<Timestamp>,
    /// With their last message before.
    pub until: Option<Timestamp>,
    pub archived: Option<bool>,
    pub deleted: Option<bool>,
    /// Only those with something unread.
    pub unread: bool,
    pub oldest_first: bool,
    pub page: Slice,
}

impl DialogQuery {
    /// All but the deleted ones.
    pub const fn all(page: Slice) -> Self {
        Self {
            search: None,
            chats: Vec::new(),
            since: None,
            until: None,
            archived: None,
            deleted: Some(false),
            unread: false,
            oldest_first: false,
            page,
        }
    }
}

/// Which of the journal's messages to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryQuery {
    /// Behind this place; `None` lists the newest.
    pub after: Option<Position>,
    pub chat: Option<Address>,
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    pub limit: usize,
}

/// A group of the account that is called so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSought {
    pub name: String,
    /// Digits of the phone of one of its administrators, where several groups are called so.
    pub admin: Option<String>,
}

//! The read model: chats, contacts, messages. Written by accept, settle and record in their own commits.

use async_trait::async_trait;
use sluice_model::message::{Chat, Contact, Kept};
use sluice_model::outcome::Dialog;
use sluice_model::{AccountId, Address, MessageId, Party, Timestamp};

use crate::Fault;
use crate::shelf::Page;

#[async_trait]
pub trait Archive: Send + Sync {
    async fn message(&self, account: AccountId, id: MessageId) -> Result<Option<Kept>, Fault>;

    /// By the id at the messenger. Where that is unique in a chat only, the newest is meant.
    async fn message_by_remote(&self, account: AccountId, remote: &str) -> Result<Option<Kept>, Fault>;

    async fn messages(&self, account: AccountId, wanted: Wanted, page: Page) -> Result<Vec<Kept>, Fault>;

    async fn count_messages(&self, account: AccountId, wanted: Wanted) -> Result<u64, Fault>;

    /// Newest first, without the deleted ones. `search` matches a part of the name or the address.
    async fn chats(&self, account: AccountId, search: Option<String>, page: Page) -> Result<Vec<Chat>, Fault>;

    async fn count_chats(&self, account: AccountId) -> Result<u64, Fault>;

    /// Chats with the last message of each, in one look.
    async fn dialogs(&self, account: AccountId, wanted: WantedChats, page: Page) -> Result<Vec<Dialog>, Fault>;

    async fn count_dialogs(&self, account: AccountId, wanted: WantedChats) -> Result<u64, Fault>;

    async fn chat(&self, account: AccountId, address: &Address) -> Result<Option<Chat>, Fault>;

    /// By name, then address.
    async fn contacts(&self, account: AccountId, search: Option<String>, page: Page) -> Result<Vec<Contact>, Fault>;

    async fn contact(&self, account: AccountId, address: &Address) -> Result<Option<Contact>, Fault>;

    /// Adds to what is known of people; what a new word leaves out stays.
    async fn know(&self, account: AccountId, people: Vec<Party>, now: Timestamp) -> Result<(), Fault>;

    /// Takes a person out of the contacts, and the chat with them out of the lists until something new is said in it. False
    /// when there was neither.
    async fn forget(&self, account: AccountId, who: &Address) -> Result<bool, Fault>;

    /// Clears the unread count of a chat.
    async fn mark_read(&self, account: AccountId, chat: &Address) -> Result<(), Fault>;

    async fn set_archived(&self, account: AccountId, chat: &Address, archived: bool) -> Result<(), Fault>;

    /// Marks a chat deleted until something new is said in it; its messages stay. False when it is not there, or is
    /// deleted already.
    async fn delete_chat(&self, account: AccountId, chat: &Address) -> Result<bool, Fault>;
}

/// Which messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub chat: Option<Address>,
    pub direction: Option<Direction>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// A part of the words.
    pub search: Option<String>,
    /// Oldest first; newest first otherwise.
    pub oldest_first: bool,
}

/// Which chats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedChats {
    /// A part of the name, of an address or of the last message's words.
    pub search: Option<String>,
    /// By either of their addresses; empty means all.
    pub chats: Vec<Address>,
    /// With their last message at or after.
    pub since: Option<Timestamp>,
    /// With their last message before.
    pub until: Option<Timestamp>,
    pub archived: Option<bool>,
    pub deleted: Option<bool>,
    /// Only those with something unread.
    pub unread: bool,
    /// Oldest first; newest first otherwise.
    pub oldest_first: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Incoming,
    Outgoing,
    /// Outgoing through the API, not from the phone.
    ByApi,
}

//! The read model: messages, chats and contacts. Written by accept, settle and record in their own commits.

mod chats;
mod contacts;
mod dialogs;
mod messages;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use rusqlite::Connection;
use sluice_model::message::{Chat, Contact, Kept};
use sluice_model::outcome::Dialog;
use sluice_model::{AccountId, Address, Content, Message, MessageId, Party, State, Timestamp};
use sluice_store::archive::{Wanted, WantedChats};
use sluice_store::shelf::Page;
use sluice_store::{Archive, Fault};

use crate::Sqlite;
use crate::error;
use crate::readers::{Way, is_near};
use crate::rows;

pub use contacts::know;
pub use messages::outgoing;

/// Puts a new message into the archive and shows it in its chat.
pub fn keep(
    db: &Connection,
    account: AccountId,
    message: &Message,
    state: State,
    state_at: Timestamp,
) -> error::Result<()> {
    messages::keep(db, account, message, state, state_at)?;
    chats::show(db, account, message, true)
}

/// As [`keep`], for a message of the time before: nobody has to read it any more.
pub fn remember(
    db: &Connection,
    account: AccountId,
    message: &Message,
    state: State,
    state_at: Timestamp,
) -> error::Result<()> {
    messages::keep(db, account, message, state, state_at)?;
    chats::show(db, account, message, false)
}

/// The messenger has given a message of ours its own id, or said its chat's other address.
pub fn complete(db: &Connection, account: AccountId, message: &Message) -> error::Result<()> {
    messages::complete(db, message)?;
    chats::link(db, account, message)
}

/// The chat has a message of this `remote` id already.
pub fn is_known(db: &Connection, account: AccountId, message: &Message) -> error::Result<bool> {
    let Some(remote) = &message.remote else {
        return Ok(false);
    };
    Ok(messages::in_chat(db, account, remote, message)?.is_some())
}

/// What a message does, once it was said, to the one it is about.
pub fn said(db: &Connection, account: AccountId, message: &Message) -> error::Result<()> {
    match &message.content {
        Content::Edit { target, text } => messages::edit(db, account, message, &target.remote, text),
        Content::Delete { target, .. } => messages::delete(db, account, message, &target.remote),
        _ => Ok(()),
    }
}

#[async_trait]
impl Archive for Sqlite {
    async fn message(&self, account: AccountId, id: MessageId) -> Result<Option<Kept>, Fault> {
        self.look(account, move |db| messages::by_id(db, account, id)).await
    }

    async fn message_by_remote(&self, account: AccountId, remote: &str) -> Result<Option<Kept>, Fault> {
        let remote = remote.to_owned();
        self.look(account, move |db| messages::by_remote(db, account, &remote)).await
    }

    async fn messages(&self, account: AccountId, wanted: Wanted, page: Page) -> Result<Vec<Kept>, Fault> {
        let way = Way::sift(messages::is_look(&wanted, page), wanted.search.is_some());
        self.find(account, way, move |db| messages::list(db, account, &wanted, page)).await
    }

    async fn count_messages(&self, account: AccountId, wanted: Wanted) -> Result<u64, Fault> {
        let way = Way::sift(false, wanted.search.is_some());
        self.find(account, way, move |db| messages::count(db, account, &wanted)).await
    }

    async fn chats(&self, account: AccountId, search: Option<String>, page: Page) -> Result<Vec<Chat>, Fault> {
        let way = Way::sift(search.is_none() && is_near(page), search.is_some());
        self.find(account, way, move |db| chats::list(db, account, search.as_deref(), page)).await
    }

    async fn count_chats(&self, account: AccountId) -> Result<u64, Fault> {
        self.scan(account, move |db| {
            rows::count(db, "SELECT count(*) FROM chats WHERE account = ? AND deleted = 0", [account.get()])
        })
        .await
    }

    async fn dialogs(&self, account: AccountId, wanted: WantedChats, page: Page) -> Result<Vec<Dialog>, Fault> {
        let way = Way::sift(dialogs::is_look(&wanted, page), wanted.search.is_some());
        self.find(account, way, move |db| dialogs::list(db, account, &wanted, page)).await
    }

    async fn count_dialogs(&self, account: AccountId, wanted: WantedChats) -> Result<u64, Fault> {
        let way = Way::sift(false, wanted.search.is_some());
        self.find(account, way, move |db| dialogs::count(db, account, &wanted)).await
    }

    async fn chat(&self, account: AccountId, address: &Address) -> Result<Option<Chat>, Fault> {
        let address = address.clone();
        self.look(account, move |db| chats::one(db, account, &address)).await
    }

    async fn contacts(&self, account: AccountId, search: Option<String>, page: Page) -> Result<Vec<Contact>, Fault> {
        // No index has them in the order of their names.
        let way = Way::sift(false, search.is_some());
        self.find(account, way, move |db| contacts::list(db, account, search.as_deref(), page)).await
    }

    async fn contact(&self, account: AccountId, address: &Address) -> Result<Option<Contact>, Fault> {
        let address = address.clone();
        self.look(account, move |db| contacts::one(db, account, &address)).await
    }

    async fn know(&self, account: AccountId, people: Vec<Party>, now: Timestamp) -> Result<(), Fault> {
        self.writer
            .write(people.len(), move |work| {
                work.known_head(account)?;
                people.iter().try_for_each(|party| contacts::know(work, account, party, now))
            })
            .await
    }

    async fn mark_read(&self, account: AccountId, chat: &Address) -> Result<(), Fault> {
        let chat = chat.clone();
        self.writer.write(1, move |work| chats::mark_read(work.db, account, &chat)).await
    }

    async fn set_archived(&self, account: AccountId, chat: &Address, archived: bool) -> Result<(), Fault> {
        let chat = chat.clone();
        self.writer.write(1, move |work| chats::set_archived(work.db, account, &chat, archived)).await
    }

    async fn forget(&self, account: AccountId, who: &Address) -> Result<bool, Fault> {
        let who = who.clone();
        self.writer
            .write(1, move |work| {
                let known = contacts::forget(work.db, account, &who)?;
                Ok(chats::delete(work.db, account, &who)? || known)
            })
            .await
    }

    async fn delete_chat(&self, account: AccountId, chat: &Address) -> Result<bool, Fault> {
        let chat = chat.clone();
        self.writer.write(1, move |work| chats::delete(work.db, account, &chat)).await
    }
}

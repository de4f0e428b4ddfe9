//! The read model: messages, chats, contacts.

use sluice_model::command::{DialogQuery, EntryQuery, Query, Slice, Which};
use sluice_model::message::Kept;
use sluice_model::refusal::Noun;
use sluice_model::{Address, Ask, Entry, Event, EventId, Outcome, Refusal};
use sluice_store::archive::{Direction, Wanted, WantedChats};

use super::sift::{page, sift};
use super::{Errand, Result};

/// The journal's events that are messages.
const MESSAGES: [&str; 2] = ["message.received", "message.posted"];

/// Entries of the journal looked at for one answer, and at a time.
const ENTRIES: usize = 10_000;
const ENTRIES_AT_ONCE: usize = 500;

impl Errand<'_> {
    /// A message of the call's account, by any id that a caller may know.
    pub(super) async fn find(&self, which: &Which) -> Result<Kept> {
        let found = self.find_if_any(which).await?;
        found.ok_or_else(|| Refusal::NotFound(Noun::Message).into())
    }

    /// As `find`, where a message may as well be unknown.
    pub(super) async fn find_if_any(&self, which: &Which) -> Result<Option<Kept>> {
        let account = self.call.account()?.id;
        Ok(match which {
            Which::Id(id) => self.room.store.message(account, *id).await?,
            Which::Remote(remote) => match self.room.store.message_by_remote(account, remote).await? {
                Some(found) => Some(found),
                // A caller keeps the id that it was answered with, also where the messenger has given another since.
                None => match self.room.spelling.read_remote(remote) {
                    Some(id) => self.room.store.message(account, id).await?,
                    None => None,
                },
            },
        })
    }

    pub(super) async fn message(&self, which: &Which) -> Result {
        Ok(Outcome::Message(Box::new(self.find(which).await?)))
    }

    pub(super) async fn messages(&self, query: Query) -> Result {
        let account = self.call.account()?.id;
        let store = &self.room.store;
        let (state, slice) = (query.state, query.page);
        let read = query.chat.clone().filter(|chat| query.mark_read && !chat.is_group());
        let wanted = wanted(query);
        let (messages, total) = match state {
            None => {
                let messages = store.messages(account, wanted.clone(), page(slice)).await?;
                (messages, store.count_messages(account, wanted).await?)
            }
            Some(state) => {
                sift(slice, |kept: &Kept| kept.state == state, |page| store.messages(account, wanted.clone(), page))
                    .await?
            }
        };
        if let Some(chat) = read
            && let Err(trouble) = self.ask(Ask::MarkRead { chat, remotes: Vec::new() }).await
        {
            // The list was asked for; that its author is not told is no reason to keep it back.
            tracing::debug!(%trouble, "a chat that was listed is not marked read");
        }
        Ok(Outcome::Messages { messages, total })
    }

    /// So many entries are looked at for one answer, which says how far that was.
    pub(super) async fn entries(&self, query: EntryQuery) -> Result {
        let account = self.call.account()?.id;
        let store = &self.room.store;
        let limit = query.limit.min(ENTRIES);
        let Some(mut end) = query.after else {
            let is_chosen = query.chat.is_some() || query.since.is_some() || query.until.is_some();
            let end = store.last(account).await?;
            let mut entries = store.recent(account, &MESSAGES, if is_chosen { ENTRIES } else { limit }).await?;
            let end = entries.first().map_or(end, |newest| end.max(newest.position));
            entries.retain(|entry| is_wanted(&query, entry));
            entries.truncate(limit);
            entries.reverse();
            return Ok(Outcome::Stretch { entries, end });
        };
        let (mut entries, mut looked_at) = (Vec::new(), 0);
        while looked_at < ENTRIES {
            let batch = store.after(account, end, ENTRIES_AT_ONCE).await?;
            if batch.is_empty() {
                break;
            }
            looked_at += batch.len();
            for entry in batch {
                end = entry.position;
                if is_wanted(&query, &entry) {
                    entries.push(entry);
                }
                if entries.len() == limit {
                    return Ok(Outcome::Stretch { entries, end });
                }
            }
        }
        Ok(Outcome::Stretch { entries, end })
    }

    pub(super) async fn queue(&self, slice: Slice) -> Result {
        let account = self.call.account()?.id;
        let orders = self.room.store.waiting(account, page(slice)).await?;
        Ok(Outcome::Queue { orders, total: self.room.store.count_waiting(account).await? })
    }

    pub(super) async fn chats(&self, search: Option<String>, slice: Slice) -> Result {
        let account = self.call.account()?.id;
        let store = &self.room.store;
        let all = search.is_none();
        let chats = store.chats(account, search, page(slice)).await?;
        let total = if all { store.count_chats(account).await? } else { seen(slice, chats.len()) };
        Ok(Outcome::Chats { chats, total })
    }

    pub(super) async fn dialogs(&self, query: DialogQuery) -> Result {
        let account = self.call.account()?.id;
        let slice = query.page;
        let wanted = WantedChats {
            search: query.search,
            chats: query.chats,
            since: query.since,
            until: query.until,
            archived: query.archived,
            deleted: query.deleted,
            unread: query.unread,
            oldest_first: query.oldest_first,
        };
        let store = &self.room.store;
        let dialogs = store.dialogs(account, wanted.clone(), page(slice)).await?;
        let total = store.count_dialogs(account, wanted).await?;
        Ok(Outcome::Dialogs { dialogs, total })
    }

    pub(super) async fn chat(&self, address: &Address) -> Result {
        let found = self.room.store.chat(self.call.account()?.id, address).await?;
        Ok(Outcome::Chat(Box::new(found.ok_or(Refusal::NotFound(Noun::Chat))?)))
    }

    pub(super) async fn contacts(&self, search: Option<String>, slice: Slice) -> Result {
        let contacts = self.room.store.contacts(self.call.account()?.id, search, page(slice)).await?;
        let total = seen(slice, contacts.len());
        Ok(Outcome::Contacts { contacts, total })
    }

    pub(super) async fn contact(&self, address: &Address) -> Result {
        let found = self.room.store.contact(self.call.account()?.id, address).await?;
        Ok(Outcome::Contact(Box::new(found.ok_or(Refusal::NotFound(Noun::Contact))?)))
    }

    pub(super) async fn event(&self, id: EventId) -> Result {
        let missing = || Refusal::NotFound(Noun::Event);
        let of_other = self.call.account().is_ok_and(|account| account.id != id.account());
        if of_other || self.account_in_reach(id.account()).await.is_err() {
            return Err(missing().into());
        }
        let entry = self.room.store.entry(id).await?.ok_or_else(missing)?;
        Ok(Outcome::Event(Box::new(entry)))
    }
}

fn is_wanted(query: &EntryQuery, entry: &Entry) -> bool {
    let (Event::MessageReceived { message } | Event::MessagePosted { message }) = &entry.event else { return false };
    let is_of = |chat: &Address| message.chat == *chat || message.chat_alias.as_ref() == Some(chat);
    query.chat.as_ref().is_none_or(is_of)
        && query.since.is_none_or(|since| message.at >= since)
        && query.until.is_none_or(|until| message.at < until)
}

/// What is known of a total that the store does not count: the rows up to the end of this page.
fn seen(slice: Slice, rows: usize) -> u64 {
    slice.offset + rows as u64
}

fn wanted(query: Query) -> Wanted {
    let direction = match query.incoming {
        _ if query.by_api => Some(Direction::ByApi),
        Some(true) => Some(Direction::Incoming),
        Some(false) => Some(Direction::Outgoing),
        None => None,
    };
    Wanted {
        chat: query.chat,
        direction,
        since: query.since,
        until: query.until,
        search: query.search,
        oldest_first: query.oldest_first,
    }
}

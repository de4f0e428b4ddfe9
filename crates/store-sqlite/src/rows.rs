//! Rows and nouns. The numbers here are in the database: they may be added to, never changed.

use rusqlite::{Connection, Params, Row};
use sluice_model::delivery;
use sluice_model::message::{Kept, Origin, Trouble};
use sluice_model::{
    AccountId, Address, Event, EventId, Id, Message, MessageId, Order, Position, State, Timestamp, WorkspaceId,
};

use sluice_store::shelf::Page;

use crate::error::{Error, Result};

/// Where an order stands in its lane, as `orders.stage` says.
pub mod stage {
    /// Not in the lane yet: its hour is far off.
    pub const APART: i64 = -1;
    pub const BEHIND: i64 = 0;
    pub const IN_FRONT: i64 = 1;
    pub const CLAIMED: i64 = 2;
}

/// `messages.origin`.
pub mod origin {
    pub const PEER: i64 = 0;
    pub const API: i64 = 1;
    pub const PHONE: i64 = 2;
}

pub const fn origin_number(origin: &Origin) -> i64 {
    match origin {
        Origin::Peer => origin::PEER,
        Origin::Api { .. } => origin::API,
        Origin::Phone => origin::PHONE,
    }
}

pub const fn state_number(state: State) -> i64 {
    match state {
        State::Waiting => 0,
        State::Claimed => 1,
        State::Sent => 2,
        State::Delivered => 3,
        State::Read => 4,
        State::Failed => 5,
        State::Expired => 6,
        State::Cancelled => 7,
        State::Uncertain => 8,
        State::Received => 9,
    }
}

pub fn state(number: i64) -> Result<State> {
    State::ALL
        .into_iter()
        .find(|state| state_number(*state) == number)
        .ok_or_else(|| Error::unreadable("message state", number))
}

pub const fn delivery_number(state: delivery::State) -> i64 {
    match state {
        delivery::State::Waiting => 0,
        delivery::State::Delivered => 1,
        delivery::State::Undelivered => 2,
    }
}

pub fn delivery_state(number: i64) -> Result<delivery::State> {
    delivery::State::ALL
        .into_iter()
        .find(|state| delivery_number(*state) == number)
        .ok_or_else(|| Error::unreadable("delivery state", number))
}

/// Kinds of journal entries by their number.
pub const KINDS: [&str; 19] = [
    "message.received",
    "message.posted",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.retried",
    "message.failed",
    "message.expired",
    "message.cancelled",
    "message.uncertain",
    "call.received",
    "account.connected",
    "account.disconnected",
    "account.logged_out",
    "account.blocked",
    "group.changed",
    "contact.changed",
    "debug.published",
    "presence.changed",
];

pub const fn kind(event: &Event) -> usize {
    match event {
        Event::MessageReceived { .. } => 0,
        Event::MessagePosted { .. } => 1,
        Event::MessageSent { .. } => 2,
        Event::MessageDelivered { .. } => 3,
        Event::MessageRead { .. } => 4,
        Event::MessageRetried { .. } => 5,
        Event::MessageFailed { .. } => 6,
        Event::MessageExpired { .. } => 7,
        Event::MessageCancelled { .. } => 8,
        Event::MessageUncertain { .. } => 9,
        Event::CallReceived { .. } => 10,
        Event::AccountConnected { .. } => 11,
        Event::AccountDisconnected { .. } => 12,
        Event::AccountLoggedOut { .. } => 13,
        Event::AccountBlocked { .. } => 14,
        Event::GroupChanged { .. } => 15,
        Event::ContactChanged { .. } => 16,
        Event::DebugPublished { .. } => 17,
        Event::PresenceChanged { .. } => 18,
    }
}

/// The id of the row that was just inserted.
pub fn made(db: &Connection) -> Result<u32> {
    let id = db.last_insert_rowid();
    u32::try_from(id).map_err(|_| Error::unreadable("id", id))
}

/// Limit and offset.
pub fn page(page: Page) -> (i64, i64) {
    (i64::try_from(page.limit).unwrap_or(i64::MAX), i64::try_from(page.offset).unwrap_or(i64::MAX))
}

pub fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The one number that a query counts.
pub fn count(db: &Connection, sql: &str, params: impl Params) -> Result<u64> {
    let count: i64 = db.prepare_cached(sql)?.query_row(params, |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// A number below 2^53, as SQLite takes it.
pub const fn number(id: MessageId) -> i64 {
    id.get().cast_signed()
}

pub fn id(number: i64) -> Result<Id> {
    u64::try_from(number).ok().and_then(Id::new).ok_or_else(|| Error::unreadable("id", number))
}

pub fn message_id(number: i64) -> Result<MessageId> {
    id(number).map(MessageId)
}

pub const fn event_number(event: EventId) -> i64 {
    event.get().cast_signed()
}

pub fn event_id(number: i64) -> Result<EventId> {
    u64::try_from(number).ok().and_then(EventId::new).ok_or_else(|| Error::unreadable("event", number))
}

/// Positions are shown as signed 32-bit numbers by one dialect.
pub const LAST_POSITION: Position = Position(0x7FFF_FFFF);

/// The first and the last number that an entry of the account can have.
pub const fn events_of(account: AccountId) -> (i64, i64) {
    (event_number(EventId::of(account, Position::START)), event_number(EventId::of(account, LAST_POSITION)))
}

pub fn address(text: &str) -> Result<Address> {
    text.parse().map_err(|_| Error::unreadable("address", text))
}

pub fn maybe_address(text: Option<String>) -> Result<Option<Address>> {
    text.as_deref().map(address).transpose()
}

pub fn text_of(address: Option<&Address>) -> Option<String> {
    address.map(Address::to_string)
}

pub fn time(row: &Row<'_>, column: &str) -> Result<Timestamp> {
    Ok(Timestamp::from_millis(row.get(column)?))
}

pub fn maybe_time(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

/// JSON in a column of text.
pub fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    Ok(serde_json::from_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)?)
}

/// Columns for [`kept`], from `messages m` with its order, if it is still open.
pub const KEPT: &str = "m.body, m.remote, m.alias, m.state, m.state_at, m.trouble, m.edited, m.deleted, \
    o.stage, o.since, coalesce(o.attempt, m.attempt) AS attempt \
    FROM messages m LEFT JOIN orders o ON m.state = 0 AND o.account = m.account AND o.id = m.id";

/// A message as it is now: the body holds what it was when it came in.
pub fn message(row: &Row<'_>) -> Result<Message> {
    let mut message: Message = json(row, "body")?;
    message.remote = row.get("remote")?;
    message.chat_alias = maybe_address(row.get("alias")?)?;
    Ok(message)
}

pub fn kept(row: &Row<'_>) -> Result<Kept> {
    let (mut state, mut state_at) = (state(row.get("state")?)?, time(row, "state_at")?);
    if let Some(stage) = row.get::<_, Option<i64>>("stage")? {
        state_at = time(row, "since")?;
        if stage == stage::CLAIMED {
            state = State::Claimed;
        }
    }
    let trouble: Option<String> = row.get("trouble")?;
    Ok(Kept {
        message: message(row)?,
        state,
        state_at,
        trouble: trouble.as_deref().map(serde_json::from_str::<Trouble>).transpose()?,
        edited: row.get("edited")?,
        deleted: row.get("deleted")?,
    })
}

/// Columns for [`order`], from `orders o`.
pub const ORDER: &str = "o.id, o.workspace, o.account, o.due_at, o.expires_at, o.typing_ms, o.attempt, o.stage, \
    o.epoch, m.body, m.remote, m.alias FROM orders o JOIN messages m ON m.id = o.id";

/// [`ORDER`], read by way of one index.
pub fn order_by(index: &str) -> String {
    ORDER.replace("FROM orders o", &format!("FROM orders o INDEXED BY {index}"))
}

pub fn order(row: &Row<'_>) -> Result<Order> {
    Ok(Order {
        workspace: WorkspaceId(row.get("workspace")?),
        account: AccountId(row.get("account")?),
        message: message(row)?,
        due_at: time(row, "due_at")?,
        expires_at: time(row, "expires_at")?,
        typing_ms: row.get("typing_ms")?,
        attempt: row.get("attempt")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_event_has_its_number() {
        for name in Event::NAMES {
            assert!(KINDS.contains(&name), "append {name} to KINDS");
        }
        let event = Event::AccountConnected { phone: None, first: true };
        assert_eq!(KINDS[kind(&event)], event.name());
    }

    #[test]
    fn states_read_back() -> Result<()> {
        for known in State::ALL {
            assert_eq!(state(state_number(known))?, known);
        }
        for known in delivery::State::ALL {
            assert_eq!(delivery_state(delivery_number(known))?, known);
        }
        Ok(())
    }
}

//! The rows of messages.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use sluice_model::message::{Kept, State};
use sluice_model::{AccountId, Message, MessageId, Timestamp};
use sluice_store::archive::{Direction, Wanted};
use sluice_store::shelf::Page;

use super::chats;
use crate::error::Result;
use crate::rows::{self, KEPT, origin};

pub fn keep(db: &Connection, account: AccountId, message: &Message, state: State, state_at: Timestamp) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO messages (id, account, chat, alias, remote, origin, state, state_at, at, body, own) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, own_id(?5) IS ?1)",
    )?
    .execute(params![
        rows::number(message.id),
        account.get(),
        message.chat.to_string(),
        rows::text_of(message.chat_alias.as_ref()),
        message.remote,
        rows::origin_number(&message.origin),
        rows::state_number(state),
        state_at.millis(),
        message.at.millis(),
        serde_json::to_string(message)?,
    ])?;
    Ok(())
}

pub fn complete(db: &Connection, message: &Message) -> Result<()> {
    db.prepare_cached("UPDATE messages SET remote = ?1, alias = ?2, own = own_id(?1) IS ?3 WHERE id = ?3")?
        .execute(params![message.remote, rows::text_of(message.chat_alias.as_ref()), rows::number(message.id)])?;
    Ok(())
}

pub fn by_id(db: &Connection, account: AccountId, id: MessageId) -> Result<Option<Kept>> {
    let mut statement = db.prepare_cached(&format!("SELECT {KEPT} WHERE m.id = ? AND m.account = ?"))?;
    statement.query_and_then(params![rows::number(id), account.get()], rows::kept)?.next().transpose()
}

/// The messages of account ?1 whose id at the messenger is ?2: perhaps one that spells its own number, and others.
const NAMED: &str = "SELECT id FROM messages WHERE id = own_id(?2) AND account = ?1 AND remote = ?2 AND own = 1 \
    UNION ALL SELECT id FROM messages WHERE account = ?1 AND remote = ?2 AND own = 0";

pub fn by_remote(db: &Connection, account: AccountId, remote: &str) -> Result<Option<Kept>> {
    let sql = format!("SELECT {KEPT} WHERE m.id IN ({NAMED}) ORDER BY m.id DESC LIMIT 1");
    db.prepare_cached(&sql)?.query_and_then(params![account.get(), remote], rows::kept)?.next().transpose()
}

/// The newest message of ours with this id at the messenger, and how many times it was claimed.
pub fn outgoing(db: &Connection, account: AccountId, remote: &str) -> Result<Option<(Kept, u32)>> {
    let sql = format!("SELECT {KEPT} WHERE m.id IN ({NAMED}) AND m.origin <> 0 ORDER BY m.id DESC LIMIT 1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found =
        statement.query_and_then(params![account.get(), remote], |row| Ok((rows::kept(row)?, row.get("attempt")?)))?;
    found.next().transpose()
}

/// The newest message with this id at the messenger in the chat of `beside`, whichever of its addresses either used.
pub fn in_chat(db: &Connection, account: AccountId, remote: &str, beside: &Message) -> Result<Option<MessageId>> {
    let sql = format!("SELECT id, chat, alias FROM messages WHERE id IN ({NAMED}) ORDER BY id DESC");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params![account.get(), remote])?;
    let mut ours: Option<Vec<String>> = None;
    while let Some(row) = found.next()? {
        let theirs: [Option<String>; 2] = [row.get(1)?, row.get(2)?];
        let ours = match &mut ours {
            Some(ours) => ours,
            none => none.insert(chats::addresses(db, account, &beside.chat, beside.chat_alias.as_ref())?),
        };
        if theirs.iter().flatten().any(|address| ours.contains(address)) {
            return rows::message_id(row.get(0)?).map(Some);
        }
    }
    Ok(None)
}

pub fn edit(db: &Connection, account: AccountId, by: &Message, remote: &str, text: &str) -> Result<()> {
    if let Some(id) = in_chat(db, account, remote, by)? {
        db.prepare_cached("UPDATE messages SET edited = ? WHERE id = ?")?.execute(params![text, rows::number(id)])?;
    }
    Ok(())
}

pub fn delete(db: &Connection, account: AccountId, by: &Message, remote: &str) -> Result<()> {
    if let Some(id) = in_chat(db, account, remote, by)? {
        db.prepare_cached("UPDATE messages SET deleted = 1 WHERE id = ?")?.execute([rows::number(id)])?;
    }
    Ok(())
}

pub fn list(db: &Connection, account: AccountId, wanted: &Wanted, page: Page) -> Result<Vec<Kept>> {
    let (filter, mut values) = filter(db, account, wanted)?;
    let order = if wanted.oldest_first { "m.at, m.id" } else { "m.at DESC, m.id DESC" };
    let (limit, offset) = rows::page(page);
    values.extend([Value::Integer(limit), Value::Integer(offset)]);
    let sql = format!("SELECT {KEPT} WHERE {filter} ORDER BY {order} LIMIT ? OFFSET ?");
    db.prepare_cached(&sql)?.query_and_then(params_from_iter(values), rows::kept)?.collect()
}

pub fn count(db: &Connection, account: AccountId, wanted: &Wanted) -> Result<u64> {
    let (filter, values) = filter(db, account, wanted)?;
    rows::count(db, &format!("SELECT count(*) FROM messages m WHERE {filter}"), params_from_iter(values))
}

/// A condition on `messages m` and the values for its question marks.
fn filter(db: &Connection, account: AccountId, wanted: &Wanted) -> Result<(String, Vec<Value>)> {
    let mut terms = vec!["m.account = ?".to_owned()];
    let mut values = vec![Value::Integer(i64::from(account.get()))];
    if let Some(chat) = &wanted.chat {
        let addresses = chats::addresses(db, account, chat, None)?;
        terms.push(format!("m.chat IN ({})", vec!["?"; addresses.len()].join(", ")));
        values.extend(addresses.into_iter().map(Value::Text));
    }
    if let Some(direction) = wanted.direction {
        let (sign, origin) = match direction {
            Direction::Incoming => ("=", origin::PEER),
            Direction::Outgoing => ("<>", origin::PEER),
            Direction::ByApi => ("=", origin::API),
        };
        terms.push(format!("m.origin {sign} {origin}"));
    }
    for (limit, sign) in [(wanted.since, ">="), (wanted.until, "<")] {
        if let Some(limit) = limit {
            terms.push(format!("m.at {sign} ?"));
            values.push(Value::Integer(limit.millis()));
        }
    }
    if let Some(part) = &wanted.search {
        terms.push("says(m.body, m.edited, ?)".to_owned());
        values.push(Value::Text(part.clone()));
    }
    Ok((terms.join(" AND "), values))
}

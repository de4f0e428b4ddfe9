//! The rows of messages.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use sluice_model::message::{Kept, State};
use sluice_model::{AccountId, Message, MessageId, Timestamp};
use sluice_store::archive::{Direction, Wanted};
use sluice_store::shelf::Page;

use super::chats;
use crate::error::Result;
use crate::readers::is_near;
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

/// Whether an index leads to all of the page: there is none by words or by origin.
pub fn is_look(wanted: &Wanted, page: Page) -> bool {
    wanted.search.is_none() && wanted.direction.is_none() && is_near(page)
}

pub fn list(db: &Connection, account: AccountId, wanted: &Wanted, page: Page) -> Result<Vec<Kept>> {
    let (sql, values) = query(db, account, wanted, page)?;
    db.prepare_cached(&sql)?.query_and_then(params_from_iter(values), rows::kept)?.collect()
}

/// The page is found by the indexes alone, and only then are its messages read.
pub fn query(db: &Connection, account: AccountId, wanted: &Wanted, page: Page) -> Result<(String, Vec<Value>)> {
    let (ids, mut values) = ids(db, account, wanted)?;
    let order = if wanted.oldest_first { "at, id" } else { "at DESC, id DESC" };
    let (limit, offset) = rows::page(page);
    values.extend([Value::Integer(limit), Value::Integer(offset)]);
    let page = format!("SELECT id FROM ({ids} ORDER BY {order} LIMIT ? OFFSET ?)");
    let order = if wanted.oldest_first { "m.at, m.id" } else { "m.at DESC, m.id DESC" };
    Ok((format!("SELECT {KEPT} WHERE m.id IN ({page}) ORDER BY {order}"), values))
}

pub fn count(db: &Connection, account: AccountId, wanted: &Wanted) -> Result<u64> {
    let (ids, values) = ids(db, account, wanted)?;
    rows::count(db, &format!("SELECT count(*) FROM ({ids})"), params_from_iter(values))
}

/// Ids and times of all that is wanted, with the values for the question marks. A chat with two addresses is two lists:
/// SQLite merges them in the order of an index, which it cannot do for `chat IN (…)`.
fn ids(db: &Connection, account: AccountId, wanted: &Wanted) -> Result<(String, Vec<Value>)> {
    let Some(chat) = &wanted.chat else {
        return Ok(ids_in(account, None, wanted));
    };
    let addresses = chats::addresses(db, account, chat, None)?;
    let lists = addresses.into_iter().map(|address| ids_in(account, Some(address), wanted));
    let (lists, values): (Vec<_>, Vec<_>) = lists.unzip();
    Ok((lists.join(" UNION ALL "), values.concat()))
}

fn ids_in(account: AccountId, chat: Option<String>, wanted: &Wanted) -> (String, Vec<Value>) {
    let mut terms = vec!["account = ?".to_owned()];
    let mut values = vec![Value::Integer(i64::from(account.get()))];
    if let Some(address) = chat {
        terms.push("chat = ?".to_owned());
        values.push(Value::Text(address));
    }
    if let Some(direction) = wanted.direction {
        let (sign, origin) = match direction {
            Direction::Incoming => ("=", origin::PEER),
            Direction::Outgoing => ("<>", origin::PEER),
            Direction::ByApi => ("=", origin::API),
        };
        terms.push(format!("origin {sign} {origin}"));
    }
    for (limit, sign) in [(wanted.since, ">="), (wanted.until, "<")] {
        if let Some(limit) = limit {
            terms.push(format!("at {sign} ?"));
            values.push(Value::Integer(limit.millis()));
        }
    }
    if let Some(part) = &wanted.search {
        terms.push("says(body, edited, ?)".to_owned());
        values.push(Value::Text(part.clone()));
    }
    (format!("SELECT id, at FROM messages WHERE {}", terms.join(" AND ")), values)
}

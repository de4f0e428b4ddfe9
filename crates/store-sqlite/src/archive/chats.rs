//! The rows of chats. A chat has one row, under whichever of its two addresses was seen first.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use sluice_model::message::Chat;
use sluice_model::{AccountId, Address, Message};
use sluice_store::shelf::Page;

use crate::error::Result;
use crate::rows;

const COLUMNS: &str = "address, alias, name, unread, archived, deleted, last_at, last FROM chats";

fn read(row: &Row<'_>) -> Result<Chat> {
    Ok(Chat {
        address: rows::address(row.get_ref("address")?.as_str().map_err(rusqlite::Error::from)?)?,
        alias: rows::maybe_address(row.get("alias")?)?,
        name: row.get("name")?,
        unread: row.get("unread")?,
        archived: row.get("archived")?,
        deleted: row.get("deleted")?,
        last_at: rows::time(row, "last_at")?,
        last: row.get::<_, Option<i64>>("last")?.map(rows::message_id).transpose()?,
    })
}

pub fn one(db: &Connection, account: AccountId, address: &Address) -> Result<Option<Chat>> {
    let Some(place) = place(db, account, &address.to_string(), None)? else {
        return Ok(None);
    };
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} WHERE account = ? AND address = ?"))?;
    statement.query_and_then(params![account.get(), place], read)?.next().transpose()
}

pub fn list(db: &Connection, account: AccountId, search: Option<&str>, page: Page) -> Result<Vec<Chat>> {
    let (limit, offset) = rows::page(page);
    let filter = if search.is_some() { "AND (holds(name, ?2) OR holds(address, ?2) OR holds(alias, ?2))" } else { "" };
    let sql = format!(
        "SELECT {COLUMNS} WHERE account = ?1 AND deleted = 0 {filter} \
         ORDER BY last_at DESC, address DESC LIMIT ?3 OFFSET ?4"
    );
    db.prepare_cached(&sql)?.query_and_then(params![account.get(), search, limit, offset], read)?.collect()
}

/// Every address under which the chat may have been written.
pub fn addresses(db: &Connection, account: AccountId, chat: &Address, alias: Option<&Address>) -> Result<Vec<String>> {
    let (chat, alias) = (chat.to_string(), rows::text_of(alias));
    let mut all = vec![chat.clone()];
    all.extend(alias.clone());
    if let Some(place) = place(db, account, &chat, alias.as_deref())? {
        let other: Option<String> = db
            .prepare_cached("SELECT alias FROM chats WHERE account = ? AND address = ?")?
            .query_row(params![account.get(), place], |row| row.get(0))?;
        all.push(place);
        all.extend(other);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The addresses of the rows of those chats that are there.
pub fn places(db: &Connection, account: AccountId, chats: &[Address]) -> Result<Vec<String>> {
    let found = chats.iter().filter_map(|chat| place(db, account, &chat.to_string(), None).transpose());
    found.collect()
}

/// The address of the chat's row.
fn place(db: &Connection, account: AccountId, chat: &str, alias: Option<&str>) -> Result<Option<String>> {
    let under = |sql: &str, address: &str| -> Result<Option<String>> {
        let mut statement = db.prepare_cached(sql)?;
        Ok(statement.query_row(params![account.get(), address], |row| row.get(0)).optional()?)
    };
    const BY_ADDRESS: &str = "SELECT address FROM chats WHERE account = ? AND address = ?";
    if let Some(place) = under(BY_ADDRESS, chat)? {
        return Ok(Some(place));
    }
    if let Some(place) = under("SELECT address FROM chats WHERE account = ? AND alias = ?", chat)? {
        return Ok(Some(place));
    }
    alias.map_or(Ok(None), |alias| under(BY_ADDRESS, alias))
}

/// The chat has one message more: it may be its last, give it a name, and wait to be read if it is new.
pub fn show(db: &Connection, account: AccountId, message: &Message, is_new: bool) -> Result<()> {
    let (chat, alias) = (message.chat.to_string(), rows::text_of(message.chat_alias.as_ref()));
    let stands_alone = message.content.stands_alone();
    let peer = message.sender.as_ref().filter(|_| !message.is_outgoing() && !message.chat.is_group());
    let name = message.chat_name.as_ref().or(peer.and_then(|party| party.saved_name.as_ref()));
    let guess = peer.and_then(|party| party.name.as_ref());
    let unread = i64::from(is_new && !message.is_outgoing() && stands_alone);
    let place = place(db, account, &chat, alias.as_deref())?;
    let (sql, alias) = match &place {
        Some(place) => (UPDATE, if *place == chat { alias } else { Some(chat.clone()) }),
        None => (INSERT, alias),
    };
    db.prepare_cached(sql)?.execute(named_params! {
        ":account": account.get(),
        ":address": place.unwrap_or(chat),
        ":alias": alias,
        ":name": name,
        ":guess": guess,
        ":unread": unread,
        ":at": message.at.millis(),
        ":last": stands_alone.then_some(rows::number(message.id)),
    })?;
    Ok(())
}

/// A name given to the chat or saved by the account wins over the one the other side gave itself.
const UPDATE: &str = "UPDATE chats SET \
        alias = coalesce(alias, :alias), \
        name = coalesce(:name, name, :guess), \
        unread = unread + :unread, \
        deleted = CASE WHEN :last IS NOT NULL THEN 0 ELSE deleted END, \
        last = CASE WHEN :last IS NOT NULL AND (:at >= last_at OR last IS NULL) THEN :last ELSE last END, \
        last_at = CASE WHEN :last IS NOT NULL THEN max(last_at, :at) ELSE last_at END \
    WHERE account = :account AND address = :address";

const INSERT: &str = "INSERT INTO chats (account, address, alias, name, unread, last_at, last) \
    VALUES (:account, :address, :alias, coalesce(:name, :guess), :unread, :at, :last)";

/// The chat's other address has become known.
pub fn link(db: &Connection, account: AccountId, message: &Message) -> Result<()> {
    let (chat, Some(alias)) = (message.chat.to_string(), rows::text_of(message.chat_alias.as_ref())) else {
        return Ok(());
    };
    db.prepare_cached("UPDATE chats SET alias = ? WHERE account = ? AND address = ? AND alias IS NULL")?
        .execute(params![alias, account.get(), chat])?;
    Ok(())
}

/// What is learned of a person names the chat with them, where it has no name yet.
pub fn name(db: &Connection, account: AccountId, address: &str, saved: Option<&str>, own: Option<&str>) -> Result<()> {
    if saved.is_none() && own.is_none() {
        return Ok(());
    }
    if let Some(place) = place(db, account, address, None)? {
        db.prepare_cached("UPDATE chats SET name = coalesce(?, name, ?) WHERE account = ? AND address = ?")?
            .execute(params![saved, own, account.get(), place])?;
    }
    Ok(())
}

pub fn mark_read(db: &Connection, account: AccountId, chat: &Address) -> Result<()> {
    if let Some(place) = place(db, account, &chat.to_string(), None)? {
        db.prepare_cached("UPDATE chats SET unread = 0 WHERE account = ? AND address = ?")?
            .execute(params![account.get(), place])?;
    }
    Ok(())
}

/// Whether it was there to be deleted.
pub fn delete(db: &Connection, account: AccountId, chat: &Address) -> Result<bool> {
    let Some(place) = place(db, account, &chat.to_string(), None)? else {
        return Ok(false);
    };
    let changed = db
        .prepare_cached("UPDATE chats SET deleted = 1, unread = 0 WHERE account = ? AND address = ? AND deleted = 0")?
        .execute(params![account.get(), place])?;
    Ok(changed > 0)
}

pub fn set_archived(db: &Connection, account: AccountId, chat: &Address, archived: bool) -> Result<()> {
    if let Some(place) = place(db, account, &chat.to_string(), None)? {
        db.prepare_cached("UPDATE chats SET archived = ? WHERE account = ? AND address = ?")?.execute(params![
            archived,
            account.get(),
            place
        ])?;
    }
    Ok(())
}

//! Chats with their last messages.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use sluice_model::AccountId;
use sluice_model::message::Chat;
use sluice_model::outcome::Dialog;
use sluice_store::archive::WantedChats;
use sluice_store::shelf::Page;

use super::chats;
use crate::error::Result;
use crate::readers::is_near;
use crate::rows::{self, KEPT};

/// Under names of their own: a message has an alias as well.
const CHAT: &str = "c.address AS chat_address, c.alias AS chat_alias, c.name AS chat_name, c.unread, c.archived, \
    c.deleted AS chat_deleted, c.last_at, c.last, m.id AS message";

const FROM: &str = "FROM chats c LEFT JOIN messages m ON m.id = c.last";

/// Whether an index leads to all of the page: by the last message's time, or by the names of a few chats.
pub fn is_look(wanted: &WantedChats, page: Page) -> bool {
    let is_sifted =
        wanted.search.is_some() || wanted.unread || wanted.archived.is_some() || wanted.deleted == Some(true);
    !wanted.chats.is_empty() || (!is_sifted && is_near(page))
}

pub fn list(db: &Connection, account: AccountId, wanted: &WantedChats, page: Page) -> Result<Vec<Dialog>> {
    let (sql, values) = query(db, account, wanted, page)?;
    db.prepare_cached(&sql)?.query_and_then(params_from_iter(values), read)?.collect()
}

pub fn query(db: &Connection, account: AccountId, wanted: &WantedChats, page: Page) -> Result<(String, Vec<Value>)> {
    let (filter, mut values) = filter(db, account, wanted)?;
    // A few chats are found by their names and put in order then; SQLite would walk through all in their order.
    let plus = if wanted.chats.is_empty() { "" } else { "+" };
    let order = if wanted.oldest_first {
        format!("{plus}c.last_at, {plus}c.address")
    } else {
        format!("{plus}c.last_at DESC, {plus}c.address DESC")
    };
    let (limit, offset) = rows::page(page);
    values.extend([Value::Integer(limit), Value::Integer(offset)]);
    let columns = KEPT.replace("FROM messages m", FROM);
    let sql = format!("SELECT {CHAT}, {columns} WHERE {filter} ORDER BY {order} LIMIT ? OFFSET ?");
    Ok((sql, values))
}

pub fn count(db: &Connection, account: AccountId, wanted: &WantedChats) -> Result<u64> {
    let (filter, values) = filter(db, account, wanted)?;
    // The messages are needed for their words only.
    let from = if wanted.search.is_some() { FROM } else { "FROM chats c" };
    rows::count(db, &format!("SELECT count(*) {from} WHERE {filter}"), params_from_iter(values))
}

fn read(row: &Row<'_>) -> Result<Dialog> {
    let chat = Chat {
        address: rows::address(row.get_ref("chat_address")?.as_str().map_err(rusqlite::Error::from)?)?,
        alias: rows::maybe_address(row.get("chat_alias")?)?,
        name: row.get("chat_name")?,
        unread: row.get("unread")?,
        archived: row.get("archived")?,
        deleted: row.get("chat_deleted")?,
        last_at: rows::time(row, "last_at")?,
        last: row.get::<_, Option<i64>>("last")?.map(rows::message_id).transpose()?,
    };
    let last = match row.get::<_, Option<i64>>("message")? {
        Some(_) => Some(rows::kept(row)?),
        None => None,
    };
    Ok(Dialog { chat, last })
}

/// A condition on `chats c` and, for a search, `messages m`, with the values for its question marks.
fn filter(db: &Connection, account: AccountId, wanted: &WantedChats) -> Result<(String, Vec<Value>)> {
    let mut terms = vec!["c.account = ?".to_owned()];
    let mut values = vec![Value::Integer(i64::from(account.get()))];
    if !wanted.chats.is_empty() {
        let places = chats::places(db, account, &wanted.chats)?;
        terms.push(format!("c.address IN ({})", vec!["?"; places.len()].join(", ")));
        values.extend(places.into_iter().map(Value::Text));
    }
    for (limit, sign) in [(wanted.since, ">="), (wanted.until, "<")] {
        if let Some(limit) = limit {
            terms.push(format!("c.last_at {sign} ?"));
            values.push(Value::Integer(limit.millis()));
        }
    }
    for (column, on) in [("archived", wanted.archived), ("deleted", wanted.deleted)] {
        if let Some(on) = on {
            terms.push(format!("c.{column} = {}", i64::from(on)));
        }
    }
    if wanted.unread {
        terms.push("c.unread > 0".to_owned());
    }
    if let Some(part) = &wanted.search {
        let sought = "holds(c.name, ?) OR holds(c.address, ?) OR holds(c.alias, ?)";
        terms.push(format!("({sought} OR (m.id IS NOT NULL AND says(m.body, m.edited, ?)))"));
        values.extend(std::iter::repeat_n(Value::Text(part.clone()), 4));
    }
    Ok((terms.join(" AND "), values))
}

//! The rows of contacts. What a new word leaves out stays.

use rusqlite::{Connection, Row, params};
use sluice_model::message::Contact;
use sluice_model::{AccountId, Address, Party, Timestamp};
use sluice_store::shelf::Page;

use super::chats;
use crate::error::Result;
use crate::rows;
use crate::writer::Work;

const COLUMNS: &str = "address, alias, name, saved_name, updated_at FROM contacts";

fn read(row: &Row<'_>) -> Result<Contact> {
    Ok(Contact {
        party: Party {
            address: rows::address(row.get_ref("address")?.as_str().map_err(rusqlite::Error::from)?)?,
            alias: rows::maybe_address(row.get("alias")?)?,
            name: row.get("name")?,
            saved_name: row.get("saved_name")?,
        },
        updated_at: rows::time(row, "updated_at")?,
    })
}

/// By either address.
pub fn one(db: &Connection, account: AccountId, address: &Address) -> Result<Option<Contact>> {
    let under = |column: &str| -> Result<Option<Contact>> {
        let sql = format!("SELECT {COLUMNS} WHERE account = ? AND {column} = ?");
        let mut statement = db.prepare_cached(&sql)?;
        statement.query_and_then(params![account.get(), address.to_string()], read)?.next().transpose()
    };
    match under("address")? {
        Some(contact) => Ok(Some(contact)),
        None => under("alias"),
    }
}

pub fn list(db: &Connection, account: AccountId, search: Option<&str>, page: Page) -> Result<Vec<Contact>> {
    let (limit, offset) = rows::page(page);
    let filter = if search.is_some() {
        "AND (holds(name, ?2) OR holds(saved_name, ?2) OR holds(address, ?2) OR holds(alias, ?2))"
    } else {
        ""
    };
    let sql = format!(
        "SELECT {COLUMNS} WHERE account = ?1 {filter} \
         ORDER BY coalesce(saved_name, name) IS NULL, coalesce(saved_name, name), address LIMIT ?3 OFFSET ?4"
    );
    db.prepare_cached(&sql)?.query_and_then(params![account.get(), search, limit, offset], read)?.collect()
}

pub fn know(work: &mut Work<'_>, account: AccountId, party: &Party, now: Timestamp) -> Result<()> {
    let known = match one(work.db, account, &party.address)? {
        Some(known) => Some(known),
        None => match &party.alias {
            Some(alias) => one(work.db, account, alias)?,
            None => None,
        },
    };
    let Some(known) = known else {
        return add(work.db, account, party, now);
    };
    let other = if known.party.address == party.address { party.alias.clone() } else { Some(party.address.clone()) };
    let better = Party {
        address: known.party.address.clone(),
        alias: known.party.alias.clone().or(other),
        name: party.name.clone().or_else(|| known.party.name.clone()),
        saved_name: party.saved_name.clone().or_else(|| known.party.saved_name.clone()),
    };
    // Most messages tell nothing new of their sender.
    if better == known.party {
        return Ok(());
    }
    work.db
        .prepare_cached(
            "UPDATE contacts SET alias = ?, name = ?, saved_name = ?, updated_at = ? WHERE account = ? AND address = ?",
        )?
        .execute(params![
            rows::text_of(better.alias.as_ref()),
            better.name,
            better.saved_name,
            now.millis(),
            account.get(),
            better.address.to_string(),
        ])?;
    name_chat(work.db, account, party)
}

fn add(db: &Connection, account: AccountId, party: &Party, now: Timestamp) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO contacts (account, address, alias, name, saved_name, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        account.get(),
        party.address.to_string(),
        rows::text_of(party.alias.as_ref()),
        party.name,
        party.saved_name,
        now.millis(),
    ])?;
    name_chat(db, account, party)
}

fn name_chat(db: &Connection, account: AccountId, party: &Party) -> Result<()> {
    let address = party.address.to_string();
    chats::name(db, account, &address, party.saved_name.as_deref(), party.name.as_deref())
}

/// Whether there was such a person, by either address.
pub fn forget(db: &Connection, account: AccountId, who: &Address) -> Result<bool> {
    let gone = db
        .prepare_cached("DELETE FROM contacts WHERE account = ?1 AND (address = ?2 OR alias = ?2)")?
        .execute(params![account.get(), who.to_string()])?;
    Ok(gone > 0)
}

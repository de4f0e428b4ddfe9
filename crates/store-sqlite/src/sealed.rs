//! What is sealed in a database, for whoever must tell whether a key is the one that it was sealed with.

use rusqlite::{Connection, OptionalExtension};
use sluice_model::AccountId;
use sluice_model::account::Settings;

use crate::error::Result;
use crate::rows;

/// Where something sealed was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// A listener's secret.
    Listener,
    /// The token of an API key.
    Key,
    /// The URL of an account's proxy.
    Proxy,
    /// What a connector keeps for the account under this name.
    Vault(AccountId, &'a str),
}

/// What was found out about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It opens something.
    Own,
    /// Something is sealed, and it opens nothing of that.
    Foreign,
    /// Nothing is sealed yet.
    Untold,
}

/// Tries `open` until it says yes: on all secrets, tokens and proxies, and on one thing that each account keeps. Columns of the
/// first schema only: the data may be an early version's.
pub fn prove(db: &Connection, mut open: impl FnMut(Place<'_>, &[u8]) -> bool) -> Result<Proof> {
    let mut proof = Proof::Untold;
    let mut opens = |place: Place<'_>, sealed: &[u8]| {
        proof = if open(place, sealed) { Proof::Own } else { Proof::Foreign };
        proof == Proof::Own
    };
    let columns = [
        (Place::Listener, "SELECT secret FROM listeners WHERE secret IS NOT NULL"),
        (Place::Key, "SELECT sealed FROM keys WHERE sealed IS NOT NULL"),
    ];
    for (place, sql) in columns {
        let mut statement = db.prepare(sql)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let sealed: Vec<u8> = row.get(0)?;
            if opens(place, &sealed) {
                return Ok(Proof::Own);
            }
        }
    }
    let mut statement = db.prepare("SELECT id, settings FROM accounts WHERE removed_at IS NULL")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let account = AccountId(row.get(0)?);
        let settings: Settings = rows::json(row, "settings")?;
        if settings.proxy.is_some_and(|proxy| opens(Place::Proxy, &proxy.0)) {
            return Ok(Proof::Own);
        }
        let kept = db
            .prepare_cached("SELECT name, value FROM vault WHERE account = ? ORDER BY name LIMIT 1")?
            .query_row([account.get()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?)))
            .optional()?;
        if kept.is_some_and(|(name, value)| opens(Place::Vault(account, &name), &value)) {
            return Ok(Proof::Own);
        }
    }
    Ok(proof)
}

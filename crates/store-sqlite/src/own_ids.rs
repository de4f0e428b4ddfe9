//! Our own ids at messengers, turned back into the numbers that they spell.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use sluice_model::Spelling;

use crate::rows;

/// Adds a function: `own_id(remote)`, the number of the message that `remote` spells, or null.
pub fn install(connection: &Connection, spelling: &Spelling) -> rusqlite::Result<()> {
    let spelling = spelling.clone();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("own_id", 1, flags, move |context| {
        let remote = context.get_raw(0).as_str_or_null()?;
        Ok(remote.and_then(|remote| spelling.read_remote(remote)).map(rows::number))
    })
}

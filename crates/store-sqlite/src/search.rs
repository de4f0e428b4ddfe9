//! Searching in words, in any alphabet: SQLite's own `LIKE` folds ASCII letters only.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use sluice_model::Message;

/// Adds two functions: `holds(text, part)`, and `says(body, edited, part)` for a message's body.
pub fn install(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("holds", 2, flags, |context| {
        let part = part_of(context, 1)?;
        Ok(context.get::<Option<String>>(0)?.is_some_and(|text| holds(&text, &part)))
    })?;
    connection.create_scalar_function("says", 3, flags, |context| {
        let part = part_of(context, 2)?;
        if let Some(edited) = context.get::<Option<String>>(1)? {
            return Ok(holds(&edited, &part));
        }
        let body: Option<Message> = serde_json::from_str(&context.get::<String>(0)?).ok();
        Ok(body.is_some_and(|message| holds(message.content.words(), &part)))
    })
}

fn part_of(context: &Context<'_>, index: usize) -> rusqlite::Result<String> {
    Ok(context.get::<String>(index)?.to_lowercase())
}

fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(part)
}

//! The schema's versions. A step forward is a new file in `migrations/`; a file that was released is never changed.

use rusqlite::{Connection, OptionalExtension};
use sluice_store::Fault;

use crate::error::Error;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Looks only: a database of a newer version is left as it is.
pub fn refuse_newer(connection: &mut Connection) -> Result<(), Fault> {
    let known = embedded::migrations::runner().get_migrations().iter().map(|step| i64::from(step.version())).max();
    let known = known.unwrap_or_default();
    match found(connection).map_err(Error::from)? {
        Some(found) if found > known => Err(Fault::Newer { found, known }),
        _ => Ok(()),
    }
}

fn found(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    let begun = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'", [], |_| Ok(()))
        .optional()?;
    match begun {
        Some(()) => connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0)),
        None => Ok(None),
    }
}

/// Each step is one transaction: a crash in between leaves the step before.
pub fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    let report = embedded::migrations::runner()
        .run(connection)
        .map_err(|error| Fault::Other(format!("the database's schema cannot be brought up to date: {error}")))?;
    for step in report.applied_migrations() {
        tracing::info!(version = step.version(), name = step.name(), "the database's schema is new");
    }
    Ok(())
}

//! The database as it was at one moment.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use sluice_model::Timestamp;
use sluice_store::Fault;

use super::{Database, files};
use crate::error::{Error, Result};
use crate::open;

/// Pages copied at a time: 4 MiB.
const PAGES: i32 = 1_024;

pub fn take(from: &Path, to: &Path, now: Timestamp) -> Result<Database, Fault> {
    if !from.exists() {
        return Err(Fault::Other(format!("there is no database at {}", from.display())));
    }
    let source = open::bare_reader(from).map_err(Error::from)?;
    let mut copy = open::bare(to)?;
    copy_pages(&source, &mut copy)?;
    drop(source);
    open::bring_up_to_date(&mut copy)?;
    seal_off(&copy, now)?;
    copy.close().map_err(|(_, error)| Error::from(error))?;
    files::sync(to)?;
    files::measure(to)
}

fn copy_pages(source: &Connection, copy: &mut Connection) -> Result<()> {
    // Inside one reading transaction, or the copy would begin anew with each commit of the gateway.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let backup = Backup::new(source, copy)?;
    while backup.step(PAGES)? != StepResult::Done {}
    drop(backup);
    source.execute_batch("COMMIT")?;
    Ok(())
}

/// One whole file, whose outbox rests, and whose pages were looked at.
fn seal_off(copy: &Connection, now: Timestamp) -> Result<()> {
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.execute("INSERT INTO pause SELECT ? WHERE NOT EXISTS (SELECT 1 FROM pause)", [now.millis()])?;
    let verdict: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(Fault::Other(format!("the database is damaged: {verdict}")).into()) }
}

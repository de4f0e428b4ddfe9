//! Connections and their settings.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sluice_store::Fault;

use crate::error::Error;
use crate::search;

/// `synchronous` as SQLite numbers it: sync the log at every commit.
const FULL: i64 = 2;

/// Negative means KiB. SQLite walks through a table as large as this cache at each commit, so more of it costs more than it saves.
const WRITER_CACHE: i64 = -16_384;
const READER_CACHE: i64 = -8_192;

/// Bytes that the log's file keeps when it begins anew, after somebody had read for long and it had grown.
const LONGEST_LOG: i64 = 64 << 20;

/// Statements kept prepared by each connection; all of the engine's are fewer.
const STATEMENTS: usize = 256;

pub fn bare(file: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open(file)
        .map_err(|error| Fault::Other(format!("the database {} cannot be opened: {error}", file.display())))?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(Error::from)?;
    Ok(connection)
}

/// Refuses to go on unless SQLite says itself that every commit will be synced.
pub fn prepare_for_writing(connection: &Connection) -> Result<(), Fault> {
    settle_modes(connection).map_err(Error::from)?;
    let mode: String = read(connection, "journal_mode")?;
    let synchronous: i64 = read(connection, "synchronous")?;
    if mode != "wal" || synchronous != FULL {
        return Err(Fault::Other(format!(
            "the database runs with journal_mode={mode}, synchronous={synchronous}; it must be wal and {FULL}"
        )));
    }
    Ok(())
}

fn settle_modes(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // The writer moves the log into the database itself: SQLite's own way hides a failed sync.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LONGEST_LOG)?;
    keep_plans(connection)?;
    search::install(connection)
}

/// Statements are prepared once: a plan goes by the statement alone. Otherwise SQLite prepares some anew at every change
/// of a value, which cost a tenth of the writer's time.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// What is on disk is to be judged by the next start, not written over on the way out.
pub fn leave_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map(drop)
}

/// Reads and writes whole pages only, so it needs no cache.
pub fn bare_mover(file: &Path) -> Result<Connection, Fault> {
    let connection = bare(file)?;
    let prepare = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)
    };
    prepare().map_err(Error::from)?;
    Ok(connection)
}

/// The error is told as it is: what a reader cannot do is not always the house's trouble.
pub fn bare_reader(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", READER_CACHE)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    keep_plans(&connection)?;
    search::install(&connection)?;
    Ok(connection)
}

fn read<T: rusqlite::types::FromSql>(connection: &Connection, pragma: &str) -> Result<T, Fault> {
    Ok(connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(Error::from)?)
}

//! Opening the house's data: one process, the right schema, and a disk that is told to be careful.

mod connection;
mod lock;
mod schema;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sluice_store::Fault;

use crate::error::Error;
use crate::{Options, own_ids};

pub use connection::{bare, bare_reader, leave_log};
pub use lock::Lock;
pub use schema::refuse_newer;

/// The database's file inside the data folder.
pub fn file(dir: &Path) -> PathBuf {
    dir.join("sluice.db")
}

/// Locks the folder, brings the schema up to date and opens the one connection that writes.
pub fn writer(options: &Options) -> Result<(Lock, Connection), Fault> {
    let dir = &options.dir;
    std::fs::create_dir_all(dir)
        .map_err(|error| Fault::Other(format!("the data folder {} cannot be made: {error}", dir.display())))?;
    let lock = Lock::take(dir)?;
    let mut connection = connection::bare(&file(dir))?;
    // Before anything is set or changed: a newer version's data is not ours to touch.
    refuse_newer(&mut connection)?;
    connection::prepare_for_writing(&connection)?;
    schema::migrate(&mut connection)?;
    own_ids::install(&connection, &options.spelling).map_err(Error::from)?;
    sync_folder(dir)?;
    Ok((lock, connection))
}

/// Opens the connection that moves the log beside the one that writes, and the database's file by itself, to sync it.
///
/// Two connections of one process may do this at a time, because SQLite judges a log that began anew in between by its salts.
pub fn mover(dir: &Path) -> Result<(Connection, File), Fault> {
    let path = file(dir);
    let connection = connection::bare_mover(&path)?;
    let file = File::options().read(true).write(true).open(path).map_err(Fault::other)?;
    Ok((connection, file))
}

/// Opens one of the connections that read.
pub fn reader(options: &Options) -> Result<Connection, Error> {
    let connection = connection::bare_reader(&file(&options.dir))?;
    own_ids::install(&connection, &options.spelling)?;
    Ok(connection)
}

/// Brings the schema of a copy up to date; a newer version's is left as it is.
pub fn bring_up_to_date(copy: &mut Connection) -> Result<(), Fault> {
    refuse_newer(copy)?;
    schema::migrate(copy)
}

/// A connection for a word beside a gateway that may be running on the data; it changes no schema.
pub fn beside(file: &Path) -> Result<Connection, Fault> {
    let mut connection = connection::bare(file)?;
    refuse_newer(&mut connection)?;
    connection::prepare_for_writing(&connection)?;
    Ok(connection)
}

/// A new file is only there for good when its folder is on disk as well.
fn sync_folder(dir: &Path) -> Result<(), Fault> {
    File::open(dir)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Fault::Other(format!("the data folder {} cannot be synced: {error}", dir.display())))
}

//! What goes wrong between a verb and the database, and which fault that is to the house.

use rusqlite::ErrorCode;
use rusqlite::ffi;
use sluice_store::Fault;

/// Inside the engine; outside of it everything is a [`Fault`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("the database: {0}")]
    Sql(#[from] rusqlite::Error),
    #[error("a body cannot be read or written: {0}")]
    Body(#[from] serde_json::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The text is in the row, but not in a form that this version knows.
    pub fn unreadable(what: &str, found: impl std::fmt::Display) -> Self {
        Self::Fault(Fault::Other(format!("the database holds an unknown {what}: {found}")))
    }

    /// A page does not hold what it should, or the disk does not give it back.
    pub fn is_damage(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        error.sqlite_error().is_some_and(|cause| match cause.code {
            ErrorCode::DatabaseCorrupt => true,
            ErrorCode::SystemIoFailure => [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_DATA, ffi::SQLITE_IOERR_CORRUPTFS]
                .contains(&cause.extended_code),
            _ => false,
        })
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Fault(fault) => fault,
            Error::Body(error) => Fault::other(error),
            Error::Sql(error) => of_sqlite(&error),
        }
    }
}

/// No space is a matter of time, so the store goes on; what the disk did not read, write or sync as told while something
/// was written is not forgiven, because a page that failed to reach it may look clean from then on. Who only reads is
/// answered by [`crate::readers`] instead.
fn of_sqlite(error: &rusqlite::Error) -> Fault {
    let Some(cause) = error.sqlite_error() else {
        return Fault::other(error);
    };
    match cause.code {
        ErrorCode::DiskFull => Fault::Full,
        // The shared index of the log could not grow; nothing of the data was touched.
        ErrorCode::SystemIoFailure if cause.extended_code == ffi::SQLITE_IOERR_SHMSIZE => Fault::Full,
        ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ReadOnly => {
            Fault::Broken(error.to_string())
        }
        _ => Fault::other(error),
    }
}

//! Our own trouble: opaque to callers, coded, logged once where it is made.

/// Something broke on our side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Too much is waiting to be written; the caller may come again.
    #[error("the store is full")]
    Full,
    /// A question would have taken too long; a narrower one may be answered.
    #[error("the question took too long and was given up")]
    Slow,
    /// What a session caused carries an epoch that is no longer the account's.
    #[error("the account's lease has passed to another")]
    Stale,
    /// The store cannot promise anything any more.
    #[error("the store is broken: {0}")]
    Broken(String),
    /// The data was written by a newer version.
    #[error("the data has schema {found}, this version knows {known}; use a newer sluice")]
    Newer { found: i64, known: i64 },
    /// Anything else; the text is for the log.
    #[error("{0}")]
    Other(String),
}

impl Fault {
    pub fn other(error: impl std::fmt::Display) -> Self {
        Self::Other(error.to_string())
    }
}

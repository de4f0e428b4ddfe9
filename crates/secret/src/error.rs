//! What can go wrong with keys and sealed data. No variant carries a secret.

use std::path::PathBuf;

/// Trouble with a key or with sealed data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is not 64 hex characters.
    #[error("a key is written as 64 hex characters (32 bytes)")]
    Malformed,
    /// The key file can be read by the group or by everybody.
    #[error("{} can be read by others (mode {mode:03o}); run: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file exists but holds something else.
    #[error("{} does not hold a key: 64 hex characters are expected", path.display())]
    NotAKey {
        /// The key file.
        path: PathBuf,
    },
    /// The key file cannot be read or written.
    #[error("the key file {} cannot be used", path.display())]
    File {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Sealed data is cut, changed, sealed by another key, or belongs to another context.
    #[error("sealed data cannot be opened: it was changed, or sealed by another key or for another place")]
    CannotOpen,
    /// Sealed data has a version byte that this build does not know.
    #[error("sealed data has version {0}, which this build does not know")]
    UnknownVersion(u8),
}

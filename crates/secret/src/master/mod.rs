//! The one key of an installation, from which every other key is derived.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use sha2::Sha256;
use tempfile::NamedTempFile;

use crate::Error;

/// 32 random bytes, kept in a file that only its owner can read, or given in the environment.
///
/// Never used for encryption itself: [`MasterKey::derive`] gives every purpose a key of its own.
pub struct MasterKey(SecretBox<[u8; 32]>);

impl MasterKey {
    /// Reads the key file. On unix a file that its group or others may read is refused.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        load(path.as_ref())
    }

    /// Reads the key file, or writes a new one (64 hex characters, mode 0600) if there is none.
    ///
    /// Two processes that start at once agree on one key: the file appears whole or not at all, and the
    /// later one reads the earlier one's.
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        match load(path) {
            Err(Error::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                create(path).map_err(failed(path))?;
                load(path)
            }
            other => other,
        }
    }

    /// Reads 64 hex characters (white space around them is allowed).
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let mut key = SecretBox::new(Box::new([0; 32]));
        hex::decode_to_slice(text.trim(), key.expose_secret_mut()).map_err(|_| Error::Malformed)?;
        Ok(Self(key))
    }

    /// Takes the 32 bytes as they are.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// A key for one purpose: HMAC-SHA256 of the purpose under the master key. The same purpose always gives
    /// the same key; one purpose's key tells nothing about another's.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) else {
            unreachable!("HMAC takes a key of any length");
        };
        hmac.update(b"sluicegate key v1\0");
        hmac.update(purpose.as_bytes());
        hmac.finalize().into_bytes().into()
    }

    /// Tells keys apart, and nothing about the key: 16 hex characters.
    pub fn fingerprint(&self) -> String {
        // The purpose is named after its first use.
        hex::encode(&self.derive("backup fingerprint")[..8])
    }

    /// Writes the fingerprint to a file, in place of what is there; it appears whole or not at all.
    pub fn leave_fingerprint(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let write = || {
            write(path, &self.fingerprint())?.persist(path).map_err(|lost| lost.error)?;
            sync_folder(folder_of(path))
        };
        write().map_err(failed(path))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MasterKey(***)")
    }
}

fn load(path: &Path) -> Result<MasterKey, Error> {
    let text = fs::read_to_string(path).map_err(failed(path))?;
    refuse_exposed(path, &fs::metadata(path).map_err(failed(path))?)?;
    MasterKey::from_hex(&text).map_err(|_| Error::NotAKey { path: path.to_owned() })
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, found: &fs::Metadata) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::Exposed { path: path.to_owned(), mode })
}

/// Elsewhere than on unix, the data folder's own access list is what protects the key.
#[cfg(not(unix))]
fn refuse_exposed(_path: &Path, _found: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}

fn create(path: &Path) -> io::Result<()> {
    let mut key = [0; 32];
    rand::rng().fill_bytes(&mut key);
    match write(path, &hex::encode(key))?.persist_noclobber(path) {
        Ok(_) => sync_folder(folder_of(path)),
        // another process was quicker; its key is the one
        Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(lost) => Err(lost.error),
    }
}

/// A line on disk, beside the name that it is to get.
fn write(path: &Path, line: &str) -> io::Result<NamedTempFile> {
    // tempfile makes it with mode 0600 from the first moment
    let mut file = NamedTempFile::new_in(folder_of(path))?;
    writeln!(file, "{line}")?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    move |source| Error::File { path: path.to_owned(), source }
}

/// Makes the new name itself durable: losing this key after a power cut would lose everything sealed by it.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;

//! Sealing at rest: XChaCha20-Poly1305 under a key derived from the master key.

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::Rng;

use crate::{Error, MasterKey};

/// The layout: version byte, 24 bytes of nonce, ciphertext with a 16-byte tag.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Encrypts what the store keeps for us: session keys of messengers, tokens of providers, webhook secrets.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl Sealer {
    /// A sealer with its own key derived from the master key.
    pub fn new(master: &MasterKey) -> Self {
        Self(XChaCha20Poly1305::new(&master.derive("seal").into()))
    }

    /// Encrypts `plain`. `context` says where the result belongs (`listener/42/secret`): it is not stored, but
    /// the same context is needed to open, so sealed data cannot be moved to another row.
    ///
    /// The result is 41 bytes longer than `plain` and differs each time.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let Ok(sealed) = self.0.encrypt(&XNonce::from(nonce), payload) else {
            unreachable!("only a plaintext over 256 GiB cannot be encrypted");
        };
        [&[VERSION], &nonce[..], &sealed].concat()
    }

    /// Decrypts what [`Self::seal`] gave for the same context.
    ///
    /// # Errors
    /// [`Error::CannotOpen`] for data that is cut, changed, of another key or of another context;
    /// [`Error::UnknownVersion`] for data from a newer build.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (version, rest) = sealed.split_first().ok_or(Error::CannotOpen)?;
        if *version != VERSION {
            return Err(Error::UnknownVersion(*version));
        }
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(Error::CannotOpen)?;
        let payload = Payload { msg: body, aad: context.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Error::CannotOpen)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sealer(***)")
    }
}

#[cfg(test)]
mod tests;

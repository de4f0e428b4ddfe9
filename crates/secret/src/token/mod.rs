//! Keys that callers show at the door: minted, shown once, kept as a hash.

use std::fmt;

use rand::distr::Alphanumeric;
use rand::{CryptoRng, RngExt};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, Secret};

/// Characters after the prefix of a native key: 32 of 62 signs are 190 bits.
const NATIVE_CHARACTERS: usize = 32;

/// Separates our hashes from any other SHA-256 of the same text.
const DOMAIN: &[u8] = b"sluicegate token v1\0";

/// How a new token looks; every dialect's clients expect their vendor's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenShape {
    /// So many lower-case hex characters (Wappi 40, GREEN-API 50).
    Hex(usize),
    /// This prefix and 32 characters of `0-9A-Za-z` (`sg_` for native keys).
    Prefixed(&'static str),
}

/// A new random token of this shape.
pub fn mint(shape: TokenShape, rng: &mut impl CryptoRng) -> Secret {
    let text: String = match shape {
        TokenShape::Hex(length) => {
            (0..length).map(|_| char::from(b"0123456789abcdef"[rng.random_range(0..16)])).collect()
        }
        TokenShape::Prefixed(prefix) => {
            prefix.chars().chain((0..NATIVE_CHARACTERS).map(|_| char::from(rng.sample(Alphanumeric)))).collect()
        }
    };
    text.into()
}

/// The first 6 characters: enough to find a key in a list, not enough to guess it.
pub fn prefix(token: &str) -> String {
    token.chars().take(6).collect()
}

/// What is stored in place of a token: SHA-256 with a domain prefix.
///
/// Neither salted nor slow on purpose: our tokens carry at least 160 random bits, so there is nothing to
/// guess, and an unsalted hash can be looked up by an index. Passwords go through [`crate::password`].
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token as the caller shows it.
    pub fn of(token: &str) -> Self {
        Self(Sha256::new().chain_update(DOMAIN).chain_update(token).finalize().into())
    }

    /// 64 lower-case hex characters.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads [`Self::to_hex`] back; anything but 64 hex characters is [`Error::Malformed`].
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| Error::Malformed)?;
        Ok(Self(bytes))
    }

    /// The 32 bytes, for a database column.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for TokenHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "TokenHash({}…)", hex::encode(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests;

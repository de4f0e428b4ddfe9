//! New secrets: tokens of API keys in the shape that a dialect's clients expect, and listeners' signing keys.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use sluice_dialect::{Dialect, TokenShape};
use sluice_model::{Key, Sealed};
use sluice_secret::{TokenHash, prefix, token};
use sluice_store::keys::NewKey;

use super::{Errand, Result};
use crate::parts::seals;

/// A token in the shape of its dialect.
fn mint(dialect: &dyn Dialect) -> String {
    let shape = match dialect.token_shape() {
        TokenShape::Hex(digits) => token::TokenShape::Hex(digits),
        TokenShape::Prefixed(beginning) => token::TokenShape::Prefixed(beginning),
    };
    token::mint(shape, &mut UnwrapErr(SysRng)).expose().to_owned()
}

/// Whether the dialect's API shows a token again after it was made, as GREEN-API's list of instances does (contract
/// greenapi.md §2.9); our own shows it once.
fn is_shown_again(dialect: &dyn Dialect) -> bool {
    // Tokens of 256 bits are a device's, which is told its own once (contract phone.md §9.1).
    matches!(dialect.token_shape(), TokenShape::Hex(digits) if digits < 64)
}

/// A signing key as Standard Webhooks writes it: `whsec_` and 24 bytes in base64.
pub(super) fn signing_key() -> String {
    let mut bytes = [0_u8; 24];
    UnwrapErr(SysRng).fill_bytes(&mut bytes);
    format!("whsec_{}", STANDARD.encode(bytes))
}

impl Errand<'_> {
    /// Mints a token in the dialect's shape and keeps its hash as the key that `new` describes; `new` leaves out what
    /// follows from the token.
    pub(super) async fn add_token(&self, dialect: &dyn Dialect, new: NewKey) -> Result<(Arc<Key>, String)> {
        let token = mint(dialect);
        let sealed = (new.account.is_some() && is_shown_again(dialect)).then(|| self.room.seal(seals::KEY, &token));
        self.keep_token(token, sealed, new).await
    }

    /// As [`Errand::add_token`], for a token that nobody is shown twice.
    pub(super) async fn add_unseen_token(&self, dialect: &dyn Dialect, new: NewKey) -> Result<(Arc<Key>, String)> {
        self.keep_token(mint(dialect), None, new).await
    }

    async fn keep_token(&self, token: String, sealed: Option<Sealed>, new: NewKey) -> Result<(Arc<Key>, String)> {
        let new = NewKey { token_hash: *TokenHash::of(&token).as_bytes(), prefix: prefix(&token), sealed, ..new };
        Ok((self.room.store.add_key(new).await?, token))
    }
}

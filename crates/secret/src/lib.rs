//! What must not be read by others: tokens, passwords and the data kept under the master key.
//!
//! - [`Secret`] a text that never prints itself;
//! - [`token`] keys for callers: minted here, stored only as a [`TokenHash`];
//! - [`mask()`] takes secrets out of a text before it is kept (the request log);
//! - [`MasterKey`] the one key of an installation, [`Sealer`] encrypts with it;
//! - [`password`] argon2id for the console's users.

mod error;
mod mask;
mod master;
pub mod password;
mod sealer;
mod text;
pub mod token;

pub use error::Error;
pub use mask::mask;
pub use master::MasterKey;
pub use sealer::Sealer;
pub use text::Secret;
pub use token::{TokenHash, TokenShape, prefix};

//! Passwords of the console's users: argon2id, 19 MiB and 2 passes (OWASP's first choice, the crate's default).
//!
//! Both functions take tens of milliseconds of processor time: call them through `spawn_blocking`.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rand::Rng;

use crate::Secret;

/// The password's hash with a salt of its own, as a PHC text (`$argon2id$v=19$…`) for the store.
pub fn hash(password: &Secret) -> String {
    let mut salt = [0; 16];
    rand::rng().fill_bytes(&mut salt);
    let Ok(hashed) = Argon2::default().hash_password_with_salt(password.expose().as_bytes(), &salt) else {
        unreachable!("only a password over 4 GiB or a salt of a wrong length cannot be hashed");
    };
    hashed.to_string()
}

/// True if this is the password that `hashed` was made of; false also for a `hashed` that cannot be read.
pub fn verify(password: &Secret, hashed: &str) -> bool {
    PasswordHash::new(hashed)
        .is_ok_and(|hashed| Argon2::default().verify_password(password.expose().as_bytes(), &hashed).is_ok())
}

#[cfg(test)]
mod tests;

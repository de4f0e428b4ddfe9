use super::{hash, verify};
use crate::Secret;

#[test]
fn only_the_password_itself_passes() {
    let hashed = hash(&Secret::from("correct horse"));
    assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
    assert!(verify(&Secret::from("correct horse"), &hashed));
    assert!(!verify(&Secret::from("correct horsf"), &hashed));
    assert!(!verify(&Secret::from(""), &hashed));
}

#[test]
fn every_hash_has_its_own_salt() {
    let password = Secret::from("x");
    assert_ne!(hash(&password), hash(&password));
}

#[test]
fn an_unreadable_hash_passes_nobody() {
    for broken in ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$", "$2b$10$abc"] {
        assert!(!verify(&Secret::from(""), broken), "{broken}");
    }
}

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{TokenHash, TokenShape, mint, prefix};

#[test]
fn shapes_are_those_of_the_vendors() {
    let mut rng = StdRng::seed_from_u64(1);
    for length in [40, 50] {
        let token = mint(TokenShape::Hex(length), &mut rng);
        assert_eq!(token.expose().len(), length);
        assert!(token.expose().bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    }
    let native = mint(TokenShape::Prefixed("sg_"), &mut rng);
    assert!(native.expose().starts_with("sg_"));
    assert_eq!(native.expose().len(), 35);
    assert!(native.expose()[3..].bytes().all(|b| b.is_ascii_alphanumeric()));
}

#[test]
fn two_tokens_differ() {
    let mut rng = StdRng::seed_from_u64(1);
    let shape = TokenShape::Prefixed("sg_");
    assert_ne!(mint(shape, &mut rng), mint(shape, &mut rng));
}

/// Stored hashes must stay readable by every later build, so the exact bytes are pinned
/// (checked with `printf 'sluicegate token v1\0sg_abc' | sha256sum`).
#[test]
fn the_hash_is_pinned() {
    assert_eq!(TokenHash::of("sg_abc").to_hex(), "a47bef09b9327cbf9b7880d11e6f6ea34cbc2802c8e8fab1d15ad5fad798db31");
}

#[test]
fn malformed_hex_is_refused() {
    let good = TokenHash::of("x").to_hex();
    for bad in ["", "zz", &good[..62], &format!("{good}00"), &good.replace(&good[..1], "g")] {
        assert!(TokenHash::from_hex(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_prefix_is_six_characters() {
    assert_eq!(prefix("sg_abcdef"), "sg_abc");
    assert_eq!(prefix("ключевой"), "ключев");
    assert_eq!(prefix("ab"), "ab");
}

proptest! {
    #[test]
    fn a_hash_survives_its_spellings(token in ".*", other in ".*") {
        let hash = TokenHash::of(&token);
        prop_assert_eq!(TokenHash::from_hex(&hash.to_hex()).ok(), Some(hash));
        prop_assert_eq!(TokenHash::from(*hash.as_bytes()), hash);
        prop_assert_eq!(TokenHash::of(&other) == hash, other == token);
    }
}

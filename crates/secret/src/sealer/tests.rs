use proptest::prelude::*;

use super::Sealer;
use crate::{Error, MasterKey};

fn sealer() -> Sealer {
    Sealer::new(&MasterKey::from_bytes([7; 32]))
}

#[test]
fn the_same_text_is_sealed_differently_each_time() {
    assert_ne!(sealer().seal("a", b"text"), sealer().seal("a", b"text"));
}

#[test]
fn a_newer_version_is_named() {
    let mut sealed = sealer().seal("a", b"text");
    sealed[0] = 2;
    assert!(matches!(sealer().open("a", &sealed), Err(Error::UnknownVersion(2))));
}

#[test]
fn another_key_does_not_open() {
    let sealed = sealer().seal("a", b"text");
    let other = Sealer::new(&MasterKey::from_bytes([8; 32]));
    assert!(matches!(other.open("a", &sealed), Err(Error::CannotOpen)));
}

/// Version 1 as made by Python's `cryptography`; later builds must still open it.
#[test]
fn old_data_opens() -> Result<(), Box<dyn std::error::Error>> {
    let sealed = hex::decode(
        "01000102030405060708090a0b0c0d0e0f1011121314151617b495e9ccedd3ecdc67494c91c70e4a7281117e1d1b4ba021c2",
    )?;
    assert_eq!(sealer().open("listener/42/secret", &sealed)?, b"whsec_old");
    Ok(())
}

proptest! {
    #[test]
    fn what_is_sealed_opens(context in ".{0,40}", plain in prop::collection::vec(any::<u8>(), 0..300)) {
        let sealed = sealer().seal(&context, &plain);
        prop_assert_eq!(sealed.len(), plain.len() + 41);
        prop_assert_eq!(sealer().open(&context, &sealed).ok(), Some(plain));
    }

    #[test]
    fn a_changed_bit_is_noticed(
        plain in prop::collection::vec(any::<u8>(), 0..60), at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let mut sealed = sealer().seal("context", &plain);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(sealer().open("context", &sealed).is_err());
    }

    #[test]
    fn a_cut_or_longer_text_is_noticed(
        plain in prop::collection::vec(any::<u8>(), 0..60), to in any::<prop::sample::Index>(), more in any::<u8>(),
    ) {
        let mut sealed = sealer().seal("context", &plain);
        prop_assert!(sealer().open("context", &sealed[..to.index(sealed.len())]).is_err());
        sealed.push(more);
        prop_assert!(sealer().open("context", &sealed).is_err());
    }

    #[test]
    fn another_context_does_not_open(one in ".{0,10}", other in ".{0,10}") {
        prop_assume!(one != other);
        prop_assert!(sealer().open(&other, &sealer().seal(&one, b"text")).is_err());
    }
}

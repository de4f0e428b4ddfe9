//! One id, many spellings: each dialect shows the same number in its own form, reversibly and unguessably.
//!
//! The form is a keyed permutation, so no table of pairs is kept: over 64 bits, which every message and event needs
//! several times, a block cipher of that width (Blowfish, microseconds cheaper than FF1); over 48, 112 or 120 bits
//! format-preserving encryption (FF1, NIST SP 800-38G). The bits that an id leaves free are zero before encryption and
//! checked after decryption: a made-up spelling is refused, not looked up.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use blowfish::Blowfish;
use blowfish::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use fpe::ff1::{BinaryNumeralString, FF1};

use crate::{EventId, Id, MessageId};

/// Writes the list of kinds beside the kinds, so that none can be missing from it.
macro_rules! kinds {
    ($($kind:ident),+) => {
        /// What is spelled; the same number of two kinds has two spellings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($kind),+
        }

        impl Kind {
            const ALL: [Kind; [$(Kind::$kind),+].len()] = [$(Kind::$kind),+];
        }
    };
}

// New ones go last: what was given out is spelled by the place.
kinds!(Message, Task, Event, Account, Workspace, Listener, Key, Request, Template);

/// The gateway's way of writing ids. Cheap to clone.
#[derive(Clone)]
pub struct Spelling {
    ciphers: Arc<Ciphers>,
}

struct Ciphers {
    /// One of 64 bits for each kind, in the order of [`Kind::ALL`].
    blocks: [Blowfish; Kind::ALL.len()],
    /// For the other widths; the kind is its tweak.
    any: FF1<aes::Aes256>,
    /// Short spellings already made: every call names an account or two, and a gateway has few of them.
    short: RwLock<HashMap<(Kind, u32), [u8; 6]>>,
    /// The same, the other way.
    shorts: RwLock<HashMap<(Kind, [u8; 6]), u32>>,
}

/// So many short spellings are remembered; made-up ones are not among them.
const REMEMBERED: usize = 16_384;

impl fmt::Debug for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spelling(***)")
    }
}

impl Spelling {
    pub fn new(key: &[u8; 32]) -> Self {
        // Radix 2 and a 32-byte key are within FF1's domain, so this cannot be refused.
        match FF1::new(key, 2) {
            Ok(any) => {
                let blocks = Kind::ALL.map(|kind| block(key, kind));
                Self { ciphers: Arc::new(Ciphers { blocks, any, short: RwLock::default(), shorts: RwLock::default() }) }
            }
            Err(error) => unreachable!("FF1 with radix 2: {error:?}"),
        }
    }

    /// The id a message shows to WhatsApp and to the clients of GREEN-API and Wappi: `3EB0` and 16 upper-case hex
    /// digits, as WhatsApp's own web clients write them.
    pub fn remote(&self, id: MessageId) -> String {
        format!("3EB0{}", hex::encode_upper(self.hide64(Kind::Message, id.get())))
    }

    pub fn read_remote(&self, text: &str) -> Option<MessageId> {
        let digits = text.strip_prefix("3EB0")?;
        self.seek64(Kind::Message, digits).and_then(Id::new).map(MessageId)
    }

    /// 16 lower-case hex digits.
    pub fn hex16(&self, kind: Kind, number: u64) -> String {
        hex::encode(self.hide64(kind, number))
    }

    pub fn read_hex16(&self, kind: Kind, text: &str) -> Option<u64> {
        self.seek64(kind, text)
    }

    /// 12 lower-case hex digits, for numbers below 2^32.
    pub fn hex12(&self, kind: Kind, number: u32) -> String {
        let made = recall(&self.ciphers.short, &(kind, number));
        hex::encode(made.unwrap_or_else(|| {
            let hidden = self.hide::<6>(kind, u64::from(number));
            self.remember(kind, number, hidden);
            hidden
        }))
    }

    pub fn read_hex12(&self, kind: Kind, text: &str) -> Option<u32> {
        let mut hidden = [0_u8; 6];
        hex::decode_to_slice(text, &mut hidden).ok()?;
        if let Some(number) = recall(&self.ciphers.shorts, &(kind, hidden)) {
            return Some(number);
        }
        let number = self.seek(kind, hidden).and_then(|number| u32::try_from(number).ok())?;
        self.remember(kind, number, hidden);
        Some(number)
    }

    /// A UUID of version 4 form: 120 hidden bits, the version, the variant and two fixed bits.
    pub fn uuid(&self, kind: Kind, number: u64) -> uuid::Uuid {
        let hidden = self.hide::<15>(kind, number);
        let mut bytes = [0_u8; 16];
        bytes[..6].copy_from_slice(&hidden[..6]);
        bytes[6] = 0x40 | (hidden[6] >> 4);
        bytes[7] = (hidden[6] << 4) | (hidden[7] >> 4);
        bytes[8] = 0x80 | (hidden[7] & 0x0F);
        bytes[9..16].copy_from_slice(&hidden[8..15]);
        uuid::Uuid::from_bytes(bytes)
    }

    pub fn read_uuid(&self, kind: Kind, text: &str) -> Option<u64> {
        let uuid = uuid::Uuid::parse_str(text).ok()?;
        let bytes = uuid.as_bytes();
        if bytes[6] >> 4 != 4 || bytes[8] >> 4 != 8 {
            return None;
        }
        let mut hidden = [0_u8; 15];
        hidden[..6].copy_from_slice(&bytes[..6]);
        hidden[6] = (bytes[6] << 4) | (bytes[7] >> 4);
        hidden[7] = (bytes[7] << 4) | (bytes[8] & 0x0F);
        hidden[8..15].copy_from_slice(&bytes[9..16]);
        self.seek::<15>(kind, hidden)
    }

    /// 20 characters of base62 (Feedbot's message ids).
    pub fn base62(&self, kind: Kind, number: u64) -> String {
        let mut value = self.hide::<14>(kind, number).iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        let mut text = [b'0'; 20];
        for digit in text.iter_mut().rev() {
            *digit = BASE62[(value % 62) as usize];
            value /= 62;
        }
        String::from_utf8_lossy(&text).into_owned()
    }

    pub fn read_base62(&self, kind: Kind, text: &str) -> Option<u64> {
        if text.len() != 20 {
            return None;
        }
        let mut value = 0_u128;
        for byte in text.bytes() {
            let digit = BASE62.iter().position(|known| *known == byte)?;
            value = value.checked_mul(62)?.checked_add(digit as u128)?;
        }
        if value >> 112 != 0 {
            return None;
        }
        let mut hidden = [0_u8; 14];
        hidden.copy_from_slice(&value.to_be_bytes()[2..]);
        self.seek::<14>(kind, hidden)
    }

    /// `evt_` and 16 hex digits: what a webhook carries as its id.
    pub fn event(&self, id: EventId) -> String {
        format!("evt_{}", self.hex16(Kind::Event, id.get()))
    }

    pub fn read_event(&self, text: &str) -> Option<EventId> {
        self.read_hex16(Kind::Event, text.strip_prefix("evt_")?).and_then(EventId::new)
    }

    fn remember(&self, kind: Kind, number: u32, hidden: [u8; 6]) {
        keep(&self.ciphers.short, (kind, number), hidden);
        keep(&self.ciphers.shorts, (kind, hidden), number);
    }

    fn hide64(&self, kind: Kind, number: u64) -> [u8; 8] {
        let mut bytes = number.to_be_bytes().into();
        self.ciphers.blocks[kind as usize].encrypt_block(&mut bytes);
        bytes.into()
    }

    fn seek64(&self, kind: Kind, digits: &str) -> Option<u64> {
        let mut hidden = [0_u8; 8];
        hex::decode_to_slice(digits, &mut hidden).ok()?;
        let mut bytes = hidden.into();
        self.ciphers.blocks[kind as usize].decrypt_block(&mut bytes);
        let number = u64::from_be_bytes(bytes.into());
        (number < Id::LIMIT).then_some(number)
    }

    fn hide<const BYTES: usize>(&self, kind: Kind, number: u64) -> [u8; BYTES] {
        let mut plain = [0_u8; BYTES];
        for (slot, byte) in plain.iter_mut().rev().zip(number.to_le_bytes()) {
            *slot = byte;
        }
        let numerals = BinaryNumeralString::from_bytes_le(&plain);
        match self.ciphers.any.encrypt(&[kind as u8], &numerals) {
            Ok(hidden) => fixed(&hidden.to_bytes_le()),
            Err(error) => unreachable!("FF1 over {BYTES} bytes: {error:?}"),
        }
    }

    fn seek<const BYTES: usize>(&self, kind: Kind, hidden: [u8; BYTES]) -> Option<u64> {
        let numerals = BinaryNumeralString::from_bytes_le(&hidden);
        let plain: [u8; BYTES] = fixed(&self.ciphers.any.decrypt(&[kind as u8], &numerals).ok()?.to_bytes_le());
        let (free, number) = plain.split_at(BYTES.saturating_sub(8));
        let number = number.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        (free.iter().all(|byte| *byte == 0) && number < Id::LIMIT).then_some(number)
    }
}

fn recall<K: Eq + std::hash::Hash, V: Copy>(known: &RwLock<HashMap<K, V>>, key: &K) -> Option<V> {
    known.read().unwrap_or_else(PoisonError::into_inner).get(key).copied()
}

fn keep<K: Eq + std::hash::Hash, V>(known: &RwLock<HashMap<K, V>>, key: K, value: V) {
    let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < REMEMBERED {
        known.insert(key, value);
    }
}

/// The cipher of a kind, keyed by the gateway's key and the kind.
fn block(key: &[u8; 32], kind: Kind) -> Blowfish {
    let mut own = [0_u8; 33];
    own[..32].copy_from_slice(key);
    own[32] = kind as u8;
    match Blowfish::new_from_slice(&own) {
        Ok(cipher) => cipher,
        // Blowfish takes keys of 4 to 56 bytes.
        Err(error) => unreachable!("Blowfish with 33 bytes: {error}"),
    }
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn fixed<const BYTES: usize>(bytes: &[u8]) -> [u8; BYTES] {
    let mut array = [0_u8; BYTES];
    array.copy_from_slice(bytes);
    array
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelling() -> Spelling {
        Spelling::new(&[7; 32])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_spelling_reads_back(number in 0..Id::LIMIT, small in any::<u32>()) {
            let s = spelling();
            prop_assert_eq!(s.read_hex16(Kind::Task, &s.hex16(Kind::Task, number)), Some(number));
            prop_assert_eq!(s.read_uuid(Kind::Task, &s.uuid(Kind::Task, number).to_string()), Some(number));
            prop_assert_eq!(s.read_base62(Kind::Task, &s.base62(Kind::Task, number)), Some(number));
            prop_assert_eq!(s.read_hex12(Kind::Account, &s.hex12(Kind::Account, small)), Some(small));
            let id = MessageId(Id::new(number).unwrap());
            prop_assert_eq!(s.read_remote(&s.remote(id)), Some(id));
        }
    }

    #[test]
    fn a_uuid_has_the_form_of_version_4() {
        let uuid = spelling().uuid(Kind::Task, 42);
        assert_eq!(uuid.get_version_num(), 4);
        assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn another_key_or_kind_reads_nothing() {
        let text = spelling().uuid(Kind::Task, 42).to_string();
        assert_eq!(Spelling::new(&[8; 32]).read_uuid(Kind::Task, &text), None);
        assert_eq!(spelling().read_uuid(Kind::Event, &text), None);
    }
}

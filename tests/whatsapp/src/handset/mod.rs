//! Phones. Each account has one: it is device 0, holds the account's key, vouches for linked devices, and can read and write
//! messages like any other device. In tests it is the human without a computer.

mod hear;
mod history;
mod keys;
mod speak;

use std::collections::{BTreeSet, HashMap, VecDeque};

use anyhow::{Context, Result};
use futures_util::FutureExt;
use wacore_binary::{Jid, Node};
use wacore_libsignal::protocol::{
    GenericSignedPreKey, IdentityKey, IdentityKeyPair, KeyPair, PreKeyRecord, ProtocolAddress, SignedPreKeyRecord,
    Timestamp,
};
use waproto::whatsapp::Message;

pub use history::{Chat, Past};

use crate::answers::signed_node;
use crate::keys::{pair, public};
use crate::node::{build, holding};
use crate::state::SignedKey;
use keys::{Identities, OneTimeKeys, SenderKeys, Sessions, SignedKeyOf};

/// Prekeys that a phone has handed out and still remembers; a sender uses its one within seconds.
const ONE_TIME: u32 = 4_096;
/// Messages and receipts that a phone remembers.
const HEARD: usize = 20_000;
/// Own messages that it can encrypt again when asked to.
const SENT: usize = 500;

pub struct Handset {
    pub identity: KeyPair,
    pub raw_id: u32,
    pub heard: VecDeque<Heard>,
    pub receipts: VecDeque<Told>,
    /// Messages that it could not decrypt.
    pub unreadable: u32,
    pub manners: Manners,
    cipher: Cipher,
    next_key: u32,
    sent: VecDeque<Sent>,
    /// Linked devices that have been given the key of the app state.
    greeted: BTreeSet<u16>,
    app_key: ([u8; 6], [u8; 32]),
}

/// How a phone behaves when a message comes.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// It confirms delivery; a phone that is off does not.
    pub delivers: bool,
    /// Its owner looks at everything at once.
    pub reads: bool,
}

/// A message that a phone has read.
#[derive(Clone, Debug)]
pub struct Heard {
    pub id: String,
    /// Who wrote it, by number.
    pub from: String,
    /// The device it was written with; 0 is a phone.
    pub device: u16,
    /// Where it stands: a person, a group, or `status@broadcast`.
    pub chat: Jid,
    /// It was written with a linked device of the same account.
    pub own: bool,
    pub message: Message,
}

/// A receipt that a phone got.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: String,
    /// Empty for delivered, otherwise `read`, `played`, `inactive` or `retry`.
    pub kind: String,
    /// Who sent it, by number.
    pub from: String,
}

struct Sent {
    id: String,
    to: Jid,
    message: Message,
}

/// All that encryption needs; apart, so that it can be used while the rest of the world is looked at.
struct Cipher {
    sessions: Sessions,
    identities: Identities,
    one_time: OneTimeKeys,
    signed: SignedKeyOf,
    sender_keys: SenderKeys,
    /// Devices that have a group's sender key, by group.
    distributed: HashMap<String, BTreeSet<String>>,
}

impl Handset {
    pub fn new() -> Result<Self> {
        let (identity, signed) = (pair(), pair());
        let signature = identity.calculate_signature(&signed.public_key.serialize(), &mut rand::rng())?;
        let own = IdentityKeyPair::new(IdentityKey::new(identity.public_key), identity.private_key.clone());
        let stamp = Timestamp::from_epoch_millis(crate::node::now() * 1_000);
        let record = SignedPreKeyRecord::new(1.into(), stamp, &signed, &signature);
        let cipher = Cipher {
            sessions: Sessions::default(),
            identities: Identities { own, registration: rand::random_range(1..0x3fff), known: HashMap::new() },
            one_time: OneTimeKeys::default(),
            signed: SignedKeyOf(record),
            sender_keys: SenderKeys::default(),
            distributed: HashMap::new(),
        };
        Ok(Self {
            identity,
            raw_id: rand::random_range(1..0x7fff_ffff),
            heard: VecDeque::new(),
            receipts: VecDeque::new(),
            unreadable: 0,
            manners: Manners { delivers: true, reads: false },
            cipher,
            next_key: 1,
            sent: VecDeque::new(),
            greeted: BTreeSet::new(),
            app_key: (rand::random(), rand::random()),
        })
    }

    /// Signs with the account's key, as the phone does for its linked devices.
    pub fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        let signature = self.identity.calculate_signature(&parts.concat(), &mut rand::rng());
        signature.map(|signature| signature.to_vec()).unwrap_or_default()
    }

    /// The keys with which somebody begins a session with this phone.
    pub fn bundle(&mut self) -> Vec<Node> {
        let id = self.next_key;
        self.next_key += 1;
        let key = pair();
        self.cipher.one_time.0.insert(id, PreKeyRecord::new(id.into(), &key));
        self.cipher.one_time.0.remove(&id.wrapping_sub(ONE_TIME));
        vec![
            holding("registration", self.cipher.identities.registration.to_be_bytes()),
            holding("type", [5]),
            holding("identity", public(&self.identity)),
            signed_node(&self.signed_key()),
            build("key").children([holding("id", three(id)), holding("value", public(&key))]).build(),
        ]
    }

    fn signed_key(&self) -> SignedKey {
        let record = &self.cipher.signed.0;
        let value = record.public_key().map(|key| key.public_key_bytes().to_vec()).unwrap_or_default();
        SignedKey { id: three(1), value, signature: record.signature().unwrap_or_default() }
    }
}

/// Ids of keys are three bytes long.
fn three(id: u32) -> Vec<u8> {
    id.to_be_bytes()[1..].to_vec()
}

/// The name of a device's session: its LID and its number.
fn session(lid: &str, device: u16) -> ProtocolAddress {
    ProtocolAddress::new(&format!("{lid}:{device}"), 0.into())
}

/// The stores are in memory, so what they are asked is answered at once.
fn at_once<T, E: Into<anyhow::Error>>(work: impl Future<Output = Result<T, E>>) -> Result<T> {
    work.now_or_never().context("a store in memory kept somebody waiting")?.map_err(Into::into)
}

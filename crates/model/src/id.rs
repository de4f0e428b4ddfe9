//! Identifiers: numbers below 2^53, so that they survive JSON in every language.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

const NODE_BITS: u32 = 4;
const SEQUENCE_BITS: u32 = 8;
/// 2020-01-01T00:00:00Z: 41 bits of milliseconds reach to the year 2089 from here.
const EPOCH_MILLIS: i64 = 1_577_836_800_000;

/// A number below 2^53 ordered by time: milliseconds since 2020, node, sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(u64);

impl Id {
    pub const LIMIT: u64 = 1 << 53;

    /// `None` when the number does not fit 53 bits.
    pub const fn new(number: u64) -> Option<Self> {
        if number < Self::LIMIT { Some(Self(number)) } else { None }
    }

    pub const fn get(self) -> u64 {
        self.0
    }

    /// When it was minted, to the millisecond.
    pub const fn minted_at(self) -> Timestamp {
        Timestamp::from_millis((self.0 >> (NODE_BITS + SEQUENCE_BITS)) as i64 + EPOCH_MILLIS)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Mints [`Id`]s for one node, each greater than the one before, even when the clock steps back.
#[derive(Debug)]
pub struct Mint {
    node: u64,
    last: u64,
}

impl Mint {
    /// `node` is 0 to 15; `after` is the greatest id known to have been minted before (a restart with a clock
    /// that stepped back must not repeat one).
    pub fn new(node: u8, after: Option<Id>) -> Self {
        Self { node: u64::from(node) & ((1 << NODE_BITS) - 1), last: after.map_or(0, Id::get) }
    }

    pub fn next(&mut self, now: Timestamp) -> Id {
        let millis = u64::try_from(now.millis() - EPOCH_MILLIS).unwrap_or(0);
        let fresh = (millis << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS);
        self.last = if fresh > self.last { fresh } else { self.following() };
        Id(self.last % Id::LIMIT)
    }

    /// The next sequence number; when 256 are used up, the next millisecond is borrowed.
    fn following(&self) -> u64 {
        let sequence_mask = (1 << SEQUENCE_BITS) - 1;
        if self.last & sequence_mask < sequence_mask && (self.last >> SEQUENCE_BITS) & 0xF == self.node {
            return self.last + 1;
        }
        let millis = (self.last >> (NODE_BITS + SEQUENCE_BITS)) + 1;
        (millis << (NODE_BITS + SEQUENCE_BITS)) | (self.node << SEQUENCE_BITS)
    }
}

macro_rules! time_ordered {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Id);

        impl $name {
            pub const fn get(self) -> u64 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

time_ordered! {
    /// A message, either way; an outgoing one keeps it from accept to read.
    MessageId,
    /// One call of the HTTP API, as the request log knows it.
    RequestId,
}

macro_rules! counted {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

counted! {
    /// A customer of the gateway; everything belongs to one.
    WorkspaceId,
    /// A connected messenger account. Counted from 1 and below 2^22, so that [`EventId`] fits 53 bits.
    AccountId,
    /// An API key.
    KeyId,
    /// A consumer of an account's journal.
    ListenerId,
    /// A person who uses the console.
    UserId,
    /// A place in one account's journal, counted from 1, below 2^31 (GREEN-API shows it as `receiptId`, which its
    /// clients read as a signed 32-bit number).
    Position,
}

impl Position {
    /// Before the first entry.
    pub const START: Position = Position(0);

    #[must_use]
    pub const fn next(self) -> Position {
        Position(self.0 + 1)
    }
}

/// One journal entry, the same over every retry and replay: the account and the position in its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(u64);

impl EventId {
    pub const fn of(account: AccountId, position: Position) -> Self {
        Self(((account.0 as u64) << 31) | (position.0 as u64 & 0x7FFF_FFFF))
    }

    /// `None` when the number does not fit 53 bits.
    pub const fn new(number: u64) -> Option<Self> {
        if number < Id::LIMIT { Some(Self(number)) } else { None }
    }

    pub const fn get(self) -> u64 {
        self.0
    }

    pub const fn account(self) -> AccountId {
        AccountId((self.0 >> 31) as u32)
    }

    pub const fn position(self) -> Position {
        Position((self.0 & 0x7FFF_FFFF) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_steps_back_or_stands_still() {
        let mut mint = Mint::new(3, None);
        let start = Timestamp::from_millis(EPOCH_MILLIS + 1_000_000);
        let mut last = mint.next(start);
        for step in 0..2_000_i64 {
            let next = mint.next(Timestamp::from_millis(start.millis() - step % 7));
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    }

    #[test]
    fn an_id_tells_when_it_was_minted() {
        let at = Timestamp::from_millis(1_790_000_000_123);
        assert_eq!(Mint::new(0, None).next(at).minted_at(), at);
    }

    #[test]
    fn a_mint_goes_on_after_the_last_known_id() {
        let at = Timestamp::from_millis(1_790_000_000_000);
        let known = Mint::new(0, None).next(at);
        assert!(Mint::new(0, Some(known)).next(Timestamp::from_millis(1_780_000_000_000)) > known);
    }

    #[test]
    fn an_event_id_holds_account_and_position() {
        let id = EventId::of(AccountId((1 << 22) - 1), Position(0x7FFF_FFFF));
        assert!(id.get() < Id::LIMIT);
        assert_eq!((id.account(), id.position()), (AccountId((1 << 22) - 1), Position(0x7FFF_FFFF)));
    }
}

//! Outgoing messages from accept to settle.
//!
//! A lane is one chat of one account. Of each lane only the oldest order can be claimed, and the next one only after
//! that was settled for good: so a chat keeps its order, and a chat that waits for a retry holds up no other. An order accepted
//! for an hour that is [`FAR_OFF`] enters its lane at that hour: tomorrow's message does not hold up today's.

use std::time::Duration;

use async_trait::async_trait;
use sluice_model::message::Trouble;
use sluice_model::{AccountId, Address, KeyId, MessageId, Order, Timestamp};

use crate::shelf::Page;
use crate::{Epoch, Fault};

/// Further ahead than this, an order's hour is no delay of its lane but a date.
pub const FAR_OFF: Duration = Duration::from_secs(60);

#[async_trait]
pub trait Outbox: Send + Sync {
    /// Lays orders on the shelf and into the archive (state `Waiting`), each submission whole or not at all, and
    /// decides its idempotency key in the same commit. Answers in the order of `submissions`.
    async fn accept(&self, submissions: Vec<Submission>) -> Result<Vec<Accepted>, Fault>;

    /// Takes orders of one account in hand: due by `now`, at most one of a lane, oldest first. Each gets a higher
    /// `attempt` and, durably, the state `Claimed`. Orders found expired on the way become `Expired` with their
    /// journal entry. `Fault::Stale` when `epoch` is not the account's.
    async fn claim(&self, claim: Claim) -> Result<Claimed, Fault>;

    /// Says what became of claims: the order's state, its journal entry and the lane's next order, in one commit. A
    /// settle whose epoch or attempt is not the present one changes nothing and answers `Verdict::Stale`; so does one
    /// that a receipt has overtaken.
    async fn settle(&self, settled: Vec<Settled>) -> Result<Vec<Verdict>, Fault>;

    /// Orders left claimed under an earlier epoch, whose outcome nobody knows. `repeat` puts them back on the shelf,
    /// due at once (the messenger de-duplicates by message id), and the claim that was broken off is not counted;
    /// otherwise, and where their time has run out, they become `Uncertain` with a journal entry. Returns how many.
    async fn recover(&self, account: AccountId, epoch: Epoch, repeat: bool, now: Timestamp) -> Result<u64, Fault>;

    /// Orders left claimed under an earlier epoch, which are from now on claimed under this one, oldest first: whoever
    /// remembers what became of them goes on with them. `Fault::Stale` when `epoch` is not the account's.
    async fn adopt(&self, account: AccountId, epoch: Epoch) -> Result<Vec<Order>, Fault>;

    /// Takes waiting orders back, with a journal entry each. `ids: None` means all of the account. Returns those that
    /// were still waiting.
    async fn cancel(
        &self,
        account: AccountId,
        ids: Option<Vec<MessageId>>,
        now: Timestamp,
    ) -> Result<Vec<MessageId>, Fault>;

    /// Ends waiting orders whose time has run out by `now`, of any account, with a journal entry each. Returns how
    /// many; at most `limit`.
    async fn expire(&self, now: Timestamp, limit: usize) -> Result<u64, Fault>;

    /// Waiting and claimed orders of one account, oldest first.
    async fn waiting(&self, account: AccountId, page: Page) -> Result<Vec<Order>, Fault>;

    async fn count_waiting(&self, account: AccountId) -> Result<u64, Fault>;

    /// Since when nothing may be claimed, because the data are a copy of a gateway that may go on elsewhere; `None` when
    /// it is no copy, or somebody has let it go on.
    async fn resting(&self) -> Result<Option<Timestamp>, Fault>;

    /// The greatest id ever accepted or recorded, so that a new mint starts above it.
    async fn greatest_id(&self) -> Result<Option<sluice_model::Id>, Fault>;
}

/// Orders accepted together: one call of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// `attempt` is 0. All of one workspace, possibly of several accounts.
    pub orders: Vec<Order>,
    /// Those of them that cannot be sent, and why: they fail in the commit that accepts them, with their journal entry.
    pub unsendable: Vec<(MessageId, Trouble)>,
    pub idempotency: Option<Idempotency>,
    pub at: Timestamp,
}

/// The caller's promise that a repeat is the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Whose key: two callers may use the same words.
    pub scope: KeyId,
    pub key: String,
    /// SHA-256 of what was asked.
    pub request: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// On disk now.
    New,
    /// The same request was accepted before, at this time and with these ids, in the order of its orders.
    Before { ids: Vec<MessageId>, at: Timestamp },
    /// The idempotency key was used for another request; nothing was accepted.
    KeyReused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub account: AccountId,
    pub epoch: Epoch,
    pub limit: usize,
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    pub orders: Vec<Order>,
    /// When the account's next order can be claimed, as far as it is known now; `None` when nothing waits for time.
    pub next_due: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub order: Order,
    pub epoch: Epoch,
    pub at: Timestamp,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The messenger took it. `remote` where the messenger gave its own id, `alias` where it said the chat's other
    /// address.
    Sent {
        remote: Option<String>,
        alias: Option<Address>,
    },
    /// It surely did not arrive; again at `next_at`.
    Retry {
        next_at: Timestamp,
        trouble: Trouble,
    },
    Failed {
        trouble: Trouble,
    },
    /// It may have arrived and is not sent again.
    Uncertain {
        note: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Settled,
    Stale,
}

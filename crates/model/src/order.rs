//! An order: an outgoing message on its way, and the states that it passes.

use serde::{Deserialize, Serialize};

use crate::content::Quoted;
use crate::message::{Message, Origin};
use crate::{AccountId, Address, Content, MessageId, Timestamp, WorkspaceId};

/// What a caller asks to be sent, before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub account: AccountId,
    pub chat: Address,
    pub content: Content,
    pub quoted: Option<Quoted>,
    pub forwarded: u32,
    pub origin: Origin,
    /// Not before; `None` means at once.
    pub due_at: Option<Timestamp>,
    /// Not after; `None` means the gateway's default.
    pub expires_at: Option<Timestamp>,
    /// Show the account as typing for so many milliseconds before sending.
    pub typing_ms: Option<u32>,
}

impl Draft {
    pub const fn new(account: AccountId, chat: Address, content: Content, origin: Origin) -> Self {
        Self {
            account,
            chat,
            content,
            quoted: None,
            forwarded: 0,
            origin,
            due_at: None,
            expires_at: None,
            typing_ms: None,
        }
    }
}

/// An outgoing message on the outbox shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub message: Message,
    pub due_at: Timestamp,
    pub expires_at: Timestamp,
    #[serde(default)]
    pub typing_ms: Option<u32>,
    /// How many times it was claimed, this one included; claims that a stop or a crash broke off are not counted.
    pub attempt: u32,
}

impl Order {
    pub const fn id(&self) -> MessageId {
        self.message.id
    }

    pub const fn chat(&self) -> &Address {
        &self.message.chat
    }
}

/// What became of a message. The first six are an order's life; a message from outside is `Received`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// On the shelf: for its turn, its hour, the account or the next attempt.
    Waiting,
    /// One courier has it in hand.
    Claimed,
    /// The messenger has it.
    Sent,
    /// It is on the other side's device.
    Delivered,
    Read,
    /// The messenger refused it for good.
    Failed,
    /// Its time ran out before it could be sent.
    Expired,
    /// Taken back by the caller before it was sent.
    Cancelled,
    /// It may or may not have arrived, and sending again could double it.
    Uncertain,
    /// Came in.
    Received,
}

/// Something that happens to an outgoing message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Claim,
    /// The attempt surely did not arrive; it goes back on the shelf.
    Retry,
    /// The messenger took it: the settle's word or the messenger's later evidence.
    Send,
    Deliver,
    Read,
    Fail,
    Expire,
    Cancel,
    /// The attempt's outcome is not known and must not be repeated.
    Doubt,
}

impl State {
    pub const ALL: [State; 10] = [
        Self::Waiting,
        Self::Claimed,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
        Self::Uncertain,
        Self::Received,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Uncertain => "uncertain",
            Self::Received => "received",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Still on the outbox shelf.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Claimed)
    }

    /// How far the messenger has carried it: evidence of a higher rank wins over any verdict of ours.
    const fn rank(self) -> u8 {
        match self {
            Self::Sent => 1,
            Self::Delivered => 2,
            Self::Read | Self::Received => 3,
            _ => 0,
        }
    }

    /// The state after `step`, or `None` when the step changes nothing (it is late, repeated or out of place).
    pub const fn after(self, step: Step) -> Option<State> {
        match step {
            Step::Claim if matches!(self, Self::Waiting) => Some(Self::Claimed),
            Step::Retry if matches!(self, Self::Claimed) => Some(Self::Waiting),
            Step::Doubt if matches!(self, Self::Claimed) => Some(Self::Uncertain),
            Step::Cancel if matches!(self, Self::Waiting) => Some(Self::Cancelled),
            Step::Expire if self.is_open() => Some(Self::Expired),
            // A refusal may come after the messenger took it (not on the messenger, not in the group).
            Step::Fail if self.is_open() || matches!(self, Self::Sent | Self::Uncertain) => Some(Self::Failed),
            Step::Send if self.rank() < 1 => Some(Self::Sent),
            Step::Deliver if self.rank() < 2 => Some(Self::Delivered),
            Step::Read if self.rank() < 3 => Some(Self::Read),
            _ => None,
        }
    }

    /// The steps to tell when `step` is learned: what was read was delivered and what was delivered was sent, even if
    /// these words are late or overtaken, and listeners must hear them in that order.
    pub fn told_by(self, step: Step) -> Vec<Step> {
        if self.after(step).is_none() {
            return Vec::new();
        }
        let earlier: &[Step] = match step {
            Step::Deliver => &[Step::Send],
            Step::Read => &[Step::Send, Step::Deliver],
            _ => &[],
        };
        let missed = earlier.iter().copied().filter(|earlier| self.after(*earlier).is_some());
        missed.chain([step]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STEPS: [Step; 9] = [
        Step::Claim,
        Step::Retry,
        Step::Send,
        Step::Deliver,
        Step::Read,
        Step::Fail,
        Step::Expire,
        Step::Cancel,
        Step::Doubt,
    ];

    proptest! {
        #[test]
        fn whatever_happens_evidence_never_goes_back(steps in proptest::collection::vec(0..STEPS.len(), 0..40)) {
            let mut state = State::Waiting;
            let mut told = Vec::new();
            for step in steps.into_iter().map(|i| STEPS[i]) {
                let before = state;
                for step in before.told_by(step) {
                    state = state.after(step).expect("a told step is a legal one");
                    told.push(step);
                }
                if before.rank() > 1 {
                    prop_assert!(state.rank() >= before.rank(), "{before:?} fell to {state:?} by {step:?}");
                }
                if !before.is_open() {
                    prop_assert!(!state.is_open(), "{before:?} went back on the shelf by {step:?}");
                }
            }
            // Sent, delivered and read are each told at most once, unless a refusal stood between, and in order.
            let place = |wanted| told.iter().rposition(|step| *step == wanted);
            if let (Some(read), Some(sent)) = (place(Step::Read), place(Step::Send)) {
                prop_assert!(sent < read);
            }
            if let (Some(delivered), Some(sent)) = (place(Step::Deliver), place(Step::Send)) {
                prop_assert!(sent < delivered);
            }
            if let Some(read) = place(Step::Read) {
                prop_assert!(place(Step::Deliver).is_some_and(|delivered| delivered < read), "read before delivered");
            }
        }

        #[test]
        fn a_message_is_never_claimed_twice_without_going_back(steps in proptest::collection::vec(0..STEPS.len(), 0..40)) {
            let mut state = State::Waiting;
            let mut in_hand = false;
            for step in steps.into_iter().map(|i| STEPS[i]) {
                if let Some(next) = state.after(step) {
                    if step == Step::Claim {
                        prop_assert!(!in_hand);
                    }
                    in_hand = next == State::Claimed;
                    state = next;
                }
            }
        }
    }

    #[test]
    fn names_read_back() {
        for state in State::ALL {
            assert_eq!(State::named(state.name()), Some(state));
        }
    }
}

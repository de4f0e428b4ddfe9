//! What a phone that serves as a gateway and its account say to each other (contract phone.md §9), in no wire's words.

mod status;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::content::{Blob, MediaKind};
use crate::{MessageId, Timestamp};

pub use status::{Counts, Device, Status};

/// What the phone, or the operator about it, says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Give me something to do.
    Claim(Claim),
    Renew {
        lease: String,
        lease_s: Option<u32>,
    },
    /// Take it back, nothing was done.
    Release {
        lease: String,
        reason: Option<String>,
    },
    Results {
        who: Who,
        results: Vec<Report>,
    },
    Heartbeat {
        who: Who,
        health: Health,
    },
    Events {
        events: Vec<Happening>,
    },
    /// The script looks into one chat when it is asked to.
    Check,
    /// What it saw there.
    Ticks {
        id: String,
        ticks: Ticks,
    },
    Status,
    /// Members of this object replace those of the same name in the account's settings of the phone.
    Set {
        settings: Value,
    },
    /// An operator lifts whatever stopped the phone.
    Resume,
    /// The phone's owner ends the pairing.
    Leave,
    /// Give these orders back to the outbox, unless the phone may be sending them.
    Withdraw {
        ids: Vec<MessageId>,
    },
}

/// Which copy of the phone's program speaks: two at a time must not share a token (contract §9.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Who {
    pub install: Option<String>,
    pub boot: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    pub who: Who,
    /// When the phone asked: what it was given since, another call of it has.
    pub began: Timestamp,
    /// How long the account may wait for something to give, of its clock.
    pub wait_ms: u32,
    pub lease_s: Option<u32>,
    /// What is unfinished in the phone's own journal.
    pub have: Vec<Have>,
    pub health: Health,
    pub manner: Manner,
}

/// How much of the contract the phone's program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// All of it.
    Full,
    /// Sends what it is given and knows no other kind of item (contract feedbot.md §8).
    Puller,
    /// As `Puller`, and does not say when it begins to send (contract §1.2).
    Blind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Have {
    pub id: String,
    pub state: String,
}

/// How the phone says that it is; `None` for what it does not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    pub screen: Option<bool>,
    /// Another flow is using the screen.
    pub busy: Option<bool>,
    pub locked: Option<bool>,
    /// Percent.
    pub battery: Option<u8>,
    pub charging: Option<bool>,
    pub net: Option<String>,
    /// How the messenger on the phone stands.
    pub session: Option<Login>,
    /// Entries of its journal that wait to be told.
    pub queue: Option<u32>,
    /// The phone's own clock.
    pub clock: Option<Timestamp>,
    pub version: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    Ok,
    LoggedOut,
    Banned,
    Unknown,
}

/// What became of an item, by the phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub id: String,
    pub lease: Option<String>,
    pub seq: Option<u64>,
    pub state: Told,
    pub reason: Option<String>,
    /// What stood on the screen: `entry`, `invite`.
    pub ui: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The next thing it does is the click.
    Sending,
    Sent,
    Failed,
    Retry,
    Delivered,
    Read,
    Cancelled,
}

/// The marks at a message in the messenger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ticks {
    Clock,
    One,
    Two,
    Blue,
    Unknown,
}

/// Something that the phone noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happening {
    /// Made by the phone; a repeat has the same one.
    pub eid: String,
    pub at: Timestamp,
    pub what: Noticed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "noticed", rename_all = "snake_case")]
pub enum Noticed {
    /// Lines that a notification shows now, oldest first; some or all of them may have stood there before.
    Lines {
        key: String,
        from: From,
        lines: Vec<Line>,
    },
    Message {
        from: From,
        text: String,
        media: Option<Media>,
        from_phone: bool,
    },
    Receipt {
        id: String,
        read: bool,
    },
    Call {
        from: From,
        video: bool,
        missed: bool,
    },
    /// Nothing that anybody must hear of: a summary, a backup.
    Nothing,
}

/// Who writes, as far as the phone can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct From {
    /// Digits, where it is known.
    pub number: Option<String>,
    pub name: Option<String>,
    /// The group's name, where it is one.
    pub group: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub text: String,
    /// The member of the group that wrote it.
    pub sender: Option<String>,
    /// The line's own time, where the notification has one.
    pub at: Option<Timestamp>,
    /// The words stand for a file that the notification does not hold.
    pub placeholder: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub kind: MediaKind,
    pub blob: Blob,
    pub mime: String,
    pub name: Option<String>,
}

/// What the account answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    Claimed {
        items: Vec<Item>,
        pace: Pace,
    },
    Lease {
        until: Timestamp,
    },
    LeaseLost,
    LeaseUnknown,
    Acks {
        acks: Vec<Ack>,
        pace: Pace,
    },
    Beat {
        pace: Pace,
    },
    /// What need not be told again.
    Seen {
        eids: Vec<String>,
    },
    Look {
        task: Option<Look>,
    },
    Status {
        status: Box<Status>,
    },
    Done,
    /// The same token is used by two phones.
    Conflict,
}

/// When to come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    pub now: Timestamp,
    pub next_poll_ms: u32,
    pub pause: Option<Pause>,
    /// Grows with each change of the settings.
    pub settings_rev: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// [`Timestamp::NEVER`] where an operator must lift it.
    pub until: Timestamp,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub kind: ItemKind,
    pub lease: String,
    pub lease_until: Timestamp,
    pub attempt: u32,
    /// Digits.
    pub to: String,
    pub text: String,
    pub media: Option<Media>,
    pub not_after: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    Send,
    /// Look into the chat whether it was sent.
    Verify,
    /// Do not send it any more.
    Cancel,
    /// Look into the chat how far it came.
    CheckReceipt,
}

impl ItemKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Verify => "verify",
            Self::Cancel => "cancel",
            Self::CheckReceipt => "check_receipt",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    pub id: String,
    pub seq: Option<u64>,
    pub taken: Taken,
    /// How the message stands now: `queued`, `leased`, `sending`, `sent`, `unknown`, …
    pub state: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    Applied,
    Duplicate,
    /// Of a lease that is not in force: the phone must not click.
    Stale,
    UnknownId,
}

impl Taken {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Stale => "stale",
            Self::UnknownId => "unknown_id",
        }
    }
}

/// A chat to look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub id: String,
    /// Digits.
    pub to: String,
    pub text: String,
    pub sent_at: Timestamp,
}

//! One message that a phone was given, as the account's journal keeps it: enough to never give it twice in silence.

use serde::{Deserialize, Serialize};
use sluice_model::failure::Why;
use sluice_model::{MessageId, Timestamp};

/// Kept in the vault from the first lease on; a message without one was surely never sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub number: MessageId,
    /// The id that the phone knows it by.
    pub id: String,
    /// Digits.
    pub to: String,
    /// Its beginning: what a look into the chat is to find.
    pub text: String,
    pub stage: Stage,
    /// When the stage was entered.
    pub since: Timestamp,
    pub lease: Option<Lease>,
    /// Every lease that was issued, the newest last, as far as they are kept.
    pub leases: Vec<String>,
    /// Times it was given out.
    pub attempt: u32,
    /// Leases that ended without a word.
    pub ends: u32,
    /// Times that the phone could not open the chat.
    pub misses: u32,
    pub not_before: Timestamp,
    /// Reports that were taken, so that a repeat is known.
    pub seqs: Vec<(u64, String)>,
    /// It is given out again although it may have been sent.
    pub resent: bool,
    /// Counted among the day's new chats.
    pub counted: bool,
    /// Looks into the chat that were asked for, and when the last one was.
    pub looks: u32,
    pub looked_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// How far the marks in the messenger show it: 1 sent, 2 delivered, 3 read.
    pub ticks: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Not with the phone.
    Waiting,
    Leased,
    /// The phone said that the click is next.
    Sending,
    /// It may have been sent. `over`: that was told, and nothing is asked any more.
    Unknown {
        over: bool,
    },
    /// The phone says that the number is not on the messenger; not believed before the phone has proved itself.
    Doubted,
    Sent,
    Failed {
        why: Why,
        note: String,
    },
    /// Taken back, by its caller or by its time. `told`: the phone knows.
    Withdrawn {
        expired: bool,
        told: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    pub id: String,
    pub until: Timestamp,
    pub issued_at: Timestamp,
    /// The phone does not say when it begins to send: whatever it was given may have been sent.
    pub blind: bool,
    /// A look into the chat, not a message to send.
    pub look: bool,
}

/// Leases and reports remembered of one message.
const KEPT: usize = 16;

/// Of the text, characters.
const SHOWN: usize = 200;

impl Job {
    pub fn new(number: MessageId, id: &str, to: &str, text: &str, now: Timestamp) -> Self {
        Self {
            number,
            id: id.to_owned(),
            to: to.to_owned(),
            text: text.chars().take(SHOWN).collect(),
            stage: Stage::Waiting,
            since: now,
            lease: None,
            leases: Vec::new(),
            attempt: 0,
            ends: 0,
            misses: 0,
            not_before: Timestamp::default(),
            seqs: Vec::new(),
            resent: false,
            counted: false,
            looks: 0,
            looked_at: Timestamp::default(),
            sent_at: None,
            ticks: 0,
        }
    }

    pub fn enter(&mut self, stage: Stage, now: Timestamp) {
        self.stage = stage;
        self.since = now;
    }

    pub fn lend(&mut self, lease: Lease) {
        if self.leases.len() == KEPT {
            self.leases.remove(0);
        }
        self.leases.push(lease.id.clone());
        self.lease = Some(lease);
    }

    /// The lease in force, if `given` is its name or no name was given.
    pub fn live(&self, given: Option<&str>, now: Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| now < lease.until && given.is_none_or(|given| given == lease.id))
    }

    /// The newest lease, if `given` is its name or no name was given.
    pub fn newest(&self, given: Option<&str>) -> bool {
        self.lease.is_some() && given.is_none_or(|given| self.lease.as_ref().is_some_and(|lease| lease.id == given))
    }

    pub fn was_lent(&self, given: Option<&str>) -> bool {
        given.map_or(!self.leases.is_empty(), |given| self.leases.iter().any(|known| known == given))
    }

    /// With the phone now.
    pub const fn is_out(&self) -> bool {
        matches!(self.stage, Stage::Leased | Stage::Sending)
    }

    /// Nobody can say that it surely was not sent.
    pub fn may_be_sent(&self) -> bool {
        match self.stage {
            Stage::Sending | Stage::Unknown { .. } | Stage::Sent => true,
            Stage::Leased => self.lease.as_ref().is_some_and(|lease| lease.blind),
            _ => false,
        }
    }

    /// Nothing of it is under way any more.
    pub const fn is_over(&self) -> bool {
        matches!(
            self.stage,
            Stage::Unknown { over: true } | Stage::Sent | Stage::Failed { .. } | Stage::Withdrawn { .. }
        )
    }

    pub fn knows(&self, seq: Option<u64>, state: &str) -> bool {
        seq.is_some_and(|seq| self.seqs.iter().any(|(known, said)| *known == seq && said == state))
    }

    pub fn remember(&mut self, seq: Option<u64>, state: &str) {
        let Some(seq) = seq else { return };
        if self.seqs.len() == KEPT {
            self.seqs.remove(0);
        }
        self.seqs.push((seq, state.to_owned()));
    }

    /// The contract's word (§8).
    pub const fn word(&self) -> &'static str {
        match &self.stage {
            Stage::Waiting | Stage::Doubted => "queued",
            Stage::Leased => "leased",
            Stage::Sending => "sending",
            Stage::Unknown { .. } => "unknown",
            Stage::Sent => match self.ticks {
                3 => "read",
                2 => "delivered",
                _ => "sent",
            },
            Stage::Failed { .. } => "failed",
            Stage::Withdrawn { expired: true, .. } => "expired",
            Stage::Withdrawn { expired: false, .. } => "cancelled",
        }
    }
}

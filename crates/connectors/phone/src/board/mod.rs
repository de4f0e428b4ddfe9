//! The account's side of the contract as a state machine (phone.md §8, §9): what lies on the board for the phone, what it
//! has in hand, what it said. Pure: time comes in as an argument, and what must follow goes out as [`Effects`].
//!
//! - `offers.rs`: orders come from the courier and go back to it;
//! - `claim.rs`: something is given to the phone, when it may be;
//! - `report.rs`: the phone says what became of it;
//! - `look.rs`: looks into a chat, where nobody knows;
//! - `time.rs`: what happens when nothing is said;
//! - `health.rs`: who speaks for the phone, and how it stands.
//!
//! Architecture invariant: only the phone's own word moves a message to `Sending`, and from then on nothing but evidence
//! or an operator's setting gives it out again.

mod chat;
mod claim;
mod effects;
mod health;
mod job;
mod look;
mod offers;
mod report;
mod standing;
#[cfg(test)]
mod tests;
mod time;

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde::Serialize;
use serde_json::Value;
use sluice_clock::Dice;
use sluice_connector::{Closed, Vault};
use sluice_model::device::{Counts, Device, Health, Pace, Status};
use sluice_model::order::Step;
use sluice_model::{Address, Failure, MessageId, Timestamp};

pub use self::chat::Chat;
pub use self::effects::{Effects, Evidence, Waiter};
pub use self::job::{Job, Lease, Stage};
pub use self::offers::{Goods, Placed};
pub use self::standing::{Standing, Stop};
use crate::keep;
use crate::settings::{Settings, merge};

/// Chats remembered; the one that was silent longest goes first.
const CHATS: usize = 4_096;

pub struct Board {
    dice: Dice,
    pub device: Device,
    defaults: Settings,
    /// The account's own members.
    own: Value,
    pub settings: Settings,
    pub standing: Standing,
    jobs: BTreeMap<MessageId, Job>,
    numbers: HashMap<String, MessageId>,
    offers: BTreeMap<MessageId, offers::Offer>,
    pub chats: HashMap<Address, Chat>,
    evidence: VecDeque<(u64, Evidence)>,
    next_evidence: u64,

    seen_at: Option<Timestamp>,
    /// Who spoke last, and when: two at a time must not.
    voice_at: Timestamp,
    health: Health,
    clock_offset_ms: Option<i64>,
    /// What the house was told last.
    link: Option<health::Link>,
    /// A chat that the script looks into.
    looking_until: Timestamp,
    /// The pairing is over: nothing is written any more.
    gone: bool,
    effects: Effects,
}

impl Board {
    /// As the vault has it; `None` when nobody is paired.
    ///
    /// # Errors
    /// The vault is another session's.
    pub async fn read(vault: &dyn Vault, defaults: &Settings, dice: Dice) -> Result<Option<Self>, Closed> {
        let Some(device) = keep::read::<Device>(vault, keep::DEVICE).await? else { return Ok(None) };
        let mut board = Self::new(device, defaults.clone(), dice);
        board.standing = keep::read(vault, keep::STANDING).await?.unwrap_or_default();
        if let Some(own) = keep::read::<Value>(vault, keep::SETTINGS).await?
            && let Ok(settings) = board.defaults.with(&own)
        {
            (board.own, board.settings) = (own, settings);
        }
        for (_, job) in keep::list::<Job>(vault, keep::JOBS).await? {
            board.numbers.insert(job.id.clone(), job.number);
            board.jobs.insert(job.number, job);
        }
        for (_, chat) in keep::list::<Chat>(vault, keep::CHATS).await? {
            board.chats.insert(chat.address.clone(), chat);
        }
        for (name, evidence) in keep::list::<Evidence>(vault, keep::EVIDENCE).await? {
            let number = u64::from_str_radix(name.trim_start_matches(keep::EVIDENCE), 16).unwrap_or_default();
            board.next_evidence = board.next_evidence.max(number + 1);
            board.evidence.push_back((number, evidence));
        }
        Ok(Some(board))
    }

    pub fn new(device: Device, defaults: Settings, dice: Dice) -> Self {
        Self {
            dice,
            device,
            settings: defaults.clone(),
            defaults,
            own: Value::Object(serde_json::Map::new()),
            standing: Standing::default(),
            jobs: BTreeMap::new(),
            numbers: HashMap::new(),
            offers: BTreeMap::new(),
            chats: HashMap::new(),
            evidence: VecDeque::new(),
            next_evidence: 0,
            seen_at: None,
            voice_at: Timestamp::default(),
            health: Health::default(),
            clock_offset_ms: None,
            link: None,
            looking_until: Timestamp::default(),
            gone: false,
            effects: Effects::default(),
        }
    }

    /// What the acts so far bring about.
    pub fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }

    pub const fn is_gone(&self) -> bool {
        self.gone
    }

    fn keep(&mut self, name: String, record: &impl Serialize) {
        self.effects.changes.insert(name, Some(keep::bytes(record)));
    }

    fn keep_job(&mut self, number: MessageId) {
        if let Some(job) = self.jobs.get(&number) {
            let record = keep::bytes(job);
            self.effects.changes.insert(keep::job(number), Some(record));
        }
    }

    fn keep_standing(&mut self) {
        let record = keep::bytes(&self.standing);
        self.effects.changes.insert(keep::STANDING.to_owned(), Some(record));
    }

    fn settle(&mut self, number: MessageId, result: Result<sluice_connector::Receipt, Failure>) {
        if let Some(offer) = self.offers.remove(&number) {
            self.effects.settled.push((offer.waiter, result));
        }
    }

    /// Lays evidence down to be handed in.
    fn prove(&mut self, evidence: Evidence) {
        let number = self.next_evidence;
        self.next_evidence += 1;
        self.keep(keep::evidence(number), &evidence);
        self.evidence.push_back((number, evidence));
    }

    fn prove_step(&mut self, id: &str, step: Step, at: Timestamp) {
        self.prove(Evidence { id: id.to_owned(), step, at, why: None, note: String::new() });
    }

    /// The oldest evidence that the house does not have yet.
    pub fn next_evidence(&self) -> Option<(u64, Evidence)> {
        self.evidence.front().cloned()
    }

    /// The house has it. A send that was proved so is settled with it.
    pub fn handed_in(&mut self, number: u64) {
        self.evidence.retain(|(known, _)| *known != number);
        self.effects.changes.insert(keep::evidence(number), None);
        let proved: Vec<MessageId> = self
            .offers
            .keys()
            .filter(|number| self.jobs.get(number).is_some_and(|job| job.stage == Stage::Sent))
            .copied()
            .collect();
        for number in proved {
            let waits = self.evidence.iter().any(|(_, evidence)| self.numbers.get(&evidence.id) == Some(&number));
            if !waits {
                self.settle(number, Ok(self.receipt(number)));
            }
        }
    }

    fn receipt(&self, number: MessageId) -> sluice_connector::Receipt {
        sluice_connector::Receipt { remote: self.jobs.get(&number).map(|job| job.id.clone()), alias: None }
    }

    pub fn set(&mut self, change: &Value) -> Result<(), Failure> {
        // Read by itself first: whatever is no object would replace all that there is.
        self.defaults.with(change)?;
        let mut own = self.own.clone();
        merge(&mut own, change);
        self.settings = self.defaults.with(&own)?;
        self.standing.settings_rev += 1;
        self.effects.changes.insert(keep::SETTINGS.to_owned(), Some(keep::bytes(&own)));
        self.own = own;
        self.keep_standing();
        self.effects.wake = true;
        Ok(())
    }

    /// Remembers something of a chat, and forgets the one that was silent longest.
    pub fn know_chat(&mut self, chat: Chat) {
        self.keep(keep::named(keep::CHATS, &chat.address.to_string()), &chat);
        self.chats.insert(chat.address.clone(), chat);
        if self.chats.len() > CHATS
            && let Some(oldest) =
                self.chats.values().min_by_key(|chat| chat.touched_at()).map(|chat| chat.address.clone())
        {
            self.chats.remove(&oldest);
            self.effects.changes.insert(keep::named(keep::CHATS, &oldest.to_string()), None);
        }
    }

    pub fn pace(&self, now: Timestamp, next_poll: std::time::Duration) -> Pace {
        let pause = self.standing.halt(now).or_else(|| self.quiet(now));
        let next_poll_ms = u32::try_from(next_poll.as_millis()).unwrap_or(u32::MAX);
        Pace { now, next_poll_ms, pause, settings_rev: self.standing.settings_rev }
    }

    pub fn status(&self, now: Timestamp) -> Status {
        let in_hand = self.jobs.values().find(|job| job.is_out()).map(|job| job.id.clone());
        let unknown = self.jobs.values().filter(|job| matches!(job.stage, Stage::Unknown { .. }));
        Status {
            device: self.device.clone(),
            settings: serde_json::to_value(&self.settings).unwrap_or_default(),
            pace: self.pace(now, self.poll()),
            last_seen: self.seen_at,
            health: self.health.clone(),
            clock_offset_ms: self.clock_offset_ms,
            waiting: u32::try_from(self.offers.len()).unwrap_or(u32::MAX),
            oldest: self.offers.values().map(|offer| offer.since).min(),
            in_hand,
            unknown: unknown.map(|job| job.id.clone()).collect(),
            counts: self.standing.counts.clone(),
        }
    }

    /// The pace of a phone that asked for nothing.
    pub fn usual_pace(&self, now: Timestamp) -> Pace {
        self.pace(now, self.poll())
    }

    /// Writes these together with everything else that the act changes.
    pub fn also_keep(&mut self, changes: Vec<(String, Option<Vec<u8>>)>) {
        self.effects.changes.extend(changes);
    }

    fn counts(&mut self) -> &mut Counts {
        &mut self.standing.counts
    }

    fn poll(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.settings.poll_ms.into())
    }
}

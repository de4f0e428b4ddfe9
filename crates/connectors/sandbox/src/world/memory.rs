//! What the messenger has in mind of what was sent to it: bounded, however long the gateway runs.

use std::collections::{HashSet, VecDeque};

use serde::Serialize;
use sluice_model::event::Call;
use sluice_model::{Address, Content, MessageId, Timestamp};

use super::ledger::Sent;

/// Messages by whose id a repetition is known.
const KNOWN: usize = 131_072;
/// Messages and acts that can be looked at.
const SHOWN: usize = 500;

#[derive(Debug, Default)]
pub(crate) struct Memory {
    ids: HashSet<u64>,
    by_age: VecDeque<u64>,
    shown: VecDeque<Seen>,
    acts: VecDeque<Act>,
    ringing: VecDeque<Call>,
}

/// A message from the gateway, as the lever `seen` shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seen {
    pub at: Timestamp,
    pub remote: String,
    pub chat: Address,
    pub kind: String,
    pub words: String,
    /// Missing after a restart: the ledger has the words only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// How often it came again.
    pub repeated: u32,
}

/// Something else that the account did: typing, read marks, the address book.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Act {
    pub at: Timestamp,
    #[serde(flatten)]
    pub what: serde_json::Value,
}

impl Memory {
    pub fn knows(&self, id: MessageId) -> bool {
        self.ids.contains(&id.get())
    }

    pub fn note(&mut self, at: Timestamp, sent: &Sent, content: Option<Content>) {
        if self.ids.insert(sent.id) {
            self.by_age.push_back(sent.id);
        }
        if self.by_age.len() > KNOWN
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.ids.remove(&oldest);
        }
        let Sent { remote, chat, kind, words, .. } = sent.clone();
        push(&mut self.shown, Seen { at, remote, chat, kind, words, content, repeated: 0 });
    }

    pub fn note_repetition(&mut self, remote: &str) {
        if let Some(seen) = self.shown.iter_mut().rev().find(|seen| seen.remote == remote) {
            seen.repeated += 1;
        }
    }

    pub fn note_act(&mut self, act: Act) {
        push(&mut self.acts, act);
    }

    pub fn note_call(&mut self, call: Call) {
        push(&mut self.ringing, call);
    }

    /// Takes out a call that rings.
    pub fn take_call(&mut self, remote: &str) -> Option<Call> {
        let place = self.ringing.iter().position(|call| call.remote == remote)?;
        self.ringing.remove(place)
    }

    /// The newest `limit` messages of a chat or of all, oldest first.
    pub fn shown(&self, chat: Option<&Address>, limit: usize) -> Vec<&Seen> {
        let wanted = self.shown.iter().rev().filter(|seen| chat.is_none_or(|chat| seen.chat == *chat));
        let mut newest: Vec<_> = wanted.take(limit).collect();
        newest.reverse();
        newest
    }

    /// The newest `limit` acts, oldest first.
    pub fn acts(&self, limit: usize) -> Vec<&Act> {
        self.acts.iter().skip(self.acts.len().saturating_sub(limit)).collect()
    }

    /// When a story was told, while it is in mind.
    pub fn story(&self, remote: &str) -> Option<Timestamp> {
        self.shown.iter().find(|seen| seen.remote == remote && seen.chat == Address::Story).map(|seen| seen.at)
    }
}

fn push<T>(ring: &mut VecDeque<T>, item: T) {
    if ring.len() == SHOWN {
        ring.pop_front();
    }
    ring.push_back(item);
}

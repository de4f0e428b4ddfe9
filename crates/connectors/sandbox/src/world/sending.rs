//! A message reaches the messenger, and what follows is planned.

use std::io;
use std::time::Duration;

use sluice_connector::Receipt;
use sluice_model::failure::{Retry, Why};
use sluice_model::order::Step;
use sluice_model::{Address, Channel, Failure, Order, Timestamp};

use super::ledger::Sent;
use super::parcel::{Answer, Parcel};
use super::{REMEMBERED, State, World};
use crate::magic::{self, Aftermath, Fate, Reply};
use crate::people::People;

impl World {
    /// Takes an order from the session, as its chat's fate will have it.
    pub fn send(&self, session: u64, order: &Order, now: Timestamp) -> Result<Receipt, Failure> {
        let mut state = self.lock();
        if !state.hears(session) {
            return Err(not_connected());
        }
        let remote = order.message.remote.clone().unwrap_or_else(|| order.id().to_string());
        let content = &order.message.content;
        let mut sent = Sent {
            id: order.id().get(),
            remote: remote.clone(),
            chat: order.chat().clone(),
            kind: content.kind().to_owned(),
            words: content.words().to_owned(),
            dup: false,
        };
        let alias = self.people.alias(order.chat()).filter(|_| self.people.channel == Channel::Whatsapp);
        let receipt = Receipt { remote: Some(remote), alias };
        if state.memory.knows(order.id()) {
            sent.dup = true;
            state.memory.note_repetition(&sent.remote);
            state.ledger.sent(now, &sent).map_err(not_written)?;
            return Ok(receipt);
        }

        if let Some(failure) = state.trouble_with(order, now) {
            // The line may have been cut.
            self.bell.notify_one();
            return Err(failure);
        }
        let line = state.ledger.sent(now, &sent).map_err(not_written)?;
        state.memory.note(now, &sent, Some(content.clone()));
        if !self.instant {
            let before = state.timetable.next_at();
            state.plan(line, now, &sent, &self.people);
            if state.timetable.next_at() != before {
                self.bell.notify_one();
            }
        }
        Ok(receipt)
    }
}

impl State {
    /// What the chat's fate has against taking the order now.
    fn trouble_with(&mut self, order: &Order, now: Timestamp) -> Option<Failure> {
        let attempts = self.attempts.get(&order.id()).copied().unwrap_or(0);
        let refused = |why, note: &str| Some(Failure::refused(why, note));
        match magic::fate(order.chat()) {
            Fate::Taken(_) => None,
            Fate::Absent => refused(Why::NotOnMessenger, "This number is not on the messenger."),
            Fate::NotMember => refused(Why::NotInGroup, "The account is not in this group."),
            Fate::Refused => refused(Why::BlockedByRecipient, "The messenger refused the message for good."),
            Fate::Unknown => Some(Failure::unknown("The messenger did not say whether it took the message.")),
            Fate::RateLimited if attempts < magic::RATE_REFUSALS => {
                self.note_attempt(order, attempts + 1);
                let (why, retry) = (Why::RateLimited, Retry::After(magic::RATE_PAUSE));
                Some(Failure::not_sent(why, retry, "The messenger asks for a pause."))
            }
            Fate::Dropped if attempts == 0 => {
                self.note_attempt(order, 1);
                self.cut(now.plus(magic::DROPPED_FOR), now);
                Some(Failure::unknown("The connection dropped while the message was being sent."))
            }
            Fate::RateLimited | Fate::Dropped => {
                self.attempts.remove(&order.id());
                None
            }
        }
    }

    fn note_attempt(&mut self, order: &Order, attempts: u32) {
        if self.attempts.len() >= REMEMBERED {
            self.attempts.clear();
        }
        self.attempts.insert(order.id(), attempts);
    }

    /// Plans what follows a message that was taken at `at` and stands in the ledger's `line`.
    pub(super) fn plan(&mut self, line: u64, at: Timestamp, sent: &Sent, people: &People) {
        let Aftermath { receipts, answer } = magic::aftermath(&sent.chat);
        let mut parcels = Vec::with_capacity(2);
        if receipts {
            for (after, step) in [(magic::DELIVERED_AFTER, Step::Deliver), (magic::READ_AFTER, Step::Read)] {
                let at = at.plus(after);
                parcels.push((at, Parcel::Receipt { remote: sent.remote.clone(), step, at }));
            }
        }
        if stands_alone(&sent.kind) {
            let answers = self.compose(sent, answer, at.plus(magic::ANSWERED_AFTER), people);
            parcels.extend(answers.into_iter().map(|answer| (answer.at, Parcel::Answer(Box::new(answer)))));
        }
        self.unsettled.add(line, u32::try_from(parcels.len()).unwrap_or(u32::MAX));
        for (at, parcel) in parcels {
            self.timetable.plan(at, line, parcel);
        }
    }

    /// The messages of an answer, each about the right one.
    fn compose(&mut self, sent: &Sent, replies: &[Reply], from: Timestamp, people: &People) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::new();
        let mut add = |reply: Reply, about: &str| {
            let turn = u32::try_from(answers.len()).unwrap_or(0);
            let remote = people.remote(&format!("{}/{reply:?}", sent.remote));
            let (chat, words) = (sent.chat.clone(), sent.words.clone());
            let at = from.plus(magic::ANSWERS_APART * turn);
            answers.push(Answer { reply, remote: remote.clone(), about: about.to_owned(), chat, words, at });
            remote
        };
        for reply in replies {
            match reply {
                Reply::Edit | Reply::Delete => {
                    let known = self.last_said.get(&sent.chat).cloned();
                    let about = known.unwrap_or_else(|| add(Reply::Opening, &sent.remote));
                    add(*reply, &about);
                    if *reply == Reply::Delete {
                        self.last_said.remove(&sent.chat);
                    } else {
                        self.said(&sent.chat, about);
                    }
                }
                Reply::Vote => {
                    let poll = people.remote(&format!("{}/{:?}", sent.remote, Reply::Poll));
                    add(*reply, &poll);
                }
                Reply::Reaction | Reply::MissedCall => drop(add(*reply, &sent.remote)),
                _ => {
                    let remote = add(*reply, &sent.remote);
                    self.said(&sent.chat, remote);
                }
            }
        }
        answers
    }

    /// Remembers the last message of somebody, which they may edit or delete.
    pub(super) fn said(&mut self, chat: &Address, remote: String) {
        if self.last_said.len() >= REMEMBERED {
            self.last_said.clear();
        }
        self.last_said.insert(chat.clone(), remote);
    }
}

/// Whether somebody would answer to it; told by the kind alone, which is what the ledger has.
fn stands_alone(kind: &str) -> bool {
    !matches!(kind, "reaction" | "edit" | "delete" | "vote")
}

pub(crate) fn not_connected() -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "The account is not connected to the pretend messenger.")
}

fn not_written(error: io::Error) -> Failure {
    let note = format!("The sandbox's ledger cannot be written: {error}");
    Failure::not_sent(Why::Unknown, Retry::After(Duration::from_secs(1)), note)
}

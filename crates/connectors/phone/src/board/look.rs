//! Messages of unknown outcome: nothing is sent again before somebody looked into the chat (contract §8).

use std::time::Duration;

use sluice_model::device::{Claim, Item, ItemKind, Look, Ticks};
use sluice_model::{Failure, MessageId, Timestamp};

use super::offers::NOBODY_KNOWS;
use super::{Board, Stage};
use crate::settings::OnUnknown;

/// What a phone gets for one look, and the pause before it is asked again.
const LOOK: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_secs(300);
/// Looks for one message.
const LOOKS: u32 = 5;
/// How long after it was sent a message's marks are looked at: the first time, the second, ...
const MARKS: [Duration; 4] =
    [Duration::from_secs(120), Duration::from_secs(900), Duration::from_secs(7_200), Duration::from_secs(43_200)];

impl Board {
    /// It may have been sent, and nobody can say.
    pub fn doubt(&mut self, number: MessageId, now: Timestamp) {
        let over = self.settings.on_unknown == OnUnknown::Fail;
        self.enter(number, Stage::Unknown { over }, now);
        self.keep_job(number);
        self.effects.wake = true;
        match self.settings.on_unknown {
            OnUnknown::Hold => {}
            OnUnknown::Resend => self.send_again(number, now),
            OnUnknown::Fail => self.settle(number, Err(Failure::unknown(NOBODY_KNOWS))),
        }
    }

    /// Given out once more, marked as what may be a second copy.
    pub fn send_again(&mut self, number: MessageId, now: Timestamp) {
        let Some(job) = self.jobs.get_mut(&number) else { return };
        if job.stage != (Stage::Unknown { over: false }) {
            // It was told already that nobody knows: nothing is sent behind the caller's back.
            return;
        }
        job.resent = true;
        job.looks = 0;
        job.enter(Stage::Waiting, now);
        self.looking_until = now;
        self.keep_job(number);
        self.effects.wake = true;
    }

    /// Something for a phone that can look into chats.
    pub fn look_to_ask_for(&mut self, ask: &Claim, now: Timestamp) -> Option<Item> {
        let marks = self.settings.check_receipts;
        let number = self.to_look_at(marks, now)?;
        let kind = match self.jobs.get(&number)?.stage {
            Stage::Sent => ItemKind::CheckReceipt,
            _ => ItemKind::Verify,
        };
        let mut lease = self.new_lease(self.settings.lease(ask.lease_s), false, now);
        lease.look = true;
        let until = lease.until;
        let job = self.jobs.get_mut(&number)?;
        job.lend(lease);
        job.looks += 1;
        job.looked_at = now;
        self.looking_until = until;
        self.keep_job(number);
        self.item(number, kind)
    }

    /// A chat for a script that asks for one. Never while it has a message in hand: there is one screen.
    pub fn look(&mut self, now: Timestamp) -> Option<Look> {
        if self.hands_full(now) || self.standing.halt(now).is_some() {
            return None;
        }
        let number = self.to_look_at(true, now)?;
        let job = self.jobs.get_mut(&number)?;
        job.looks += 1;
        job.looked_at = now;
        self.looking_until = now.plus(LOOK);
        let look = Look {
            id: job.id.clone(),
            to: job.to.clone(),
            text: job.text.clone(),
            sent_at: job.sent_at.unwrap_or(job.since),
        };
        self.keep_job(number);
        Some(look)
    }

    /// Those that may have been sent first, then those whose marks are due.
    fn to_look_at(&self, marks: bool, now: Timestamp) -> Option<MessageId> {
        let unknown = self.jobs.values().find(|job| {
            matches!(job.stage, Stage::Unknown { .. })
                && job.looks < LOOKS
                && (job.looks == 0 || now.since(job.looked_at) >= LOOK_AGAIN)
        });
        let due = || {
            self.jobs.values().find(|job| {
                let sent_at = job.sent_at.filter(|_| job.stage == Stage::Sent && job.ticks < 3);
                let pause = MARKS.get(job.looks as usize);
                sent_at.zip(pause).is_some_and(|(at, pause)| now.since(at) >= *pause)
            })
        };
        unknown.or_else(|| due().filter(|_| marks)).map(|job| job.number)
    }

    /// What the script saw. False for a message that it was never given.
    pub fn saw(&mut self, id: &str, ticks: Ticks, now: Timestamp) -> bool {
        let Some(number) = self.numbers.get(id).copied() else { return false };
        self.looking_until = now;
        self.effects.wake = true;
        let Some(job) = self.jobs.get(&number).filter(|job| !job.leases.is_empty()) else { return false };
        let (unknown, resent) = (matches!(job.stage, Stage::Unknown { .. }), job.resent);
        match ticks {
            Ticks::Clock | Ticks::One if job.stage != Stage::Sent => self.was_sent(number, None, now),
            Ticks::Clock | Ticks::One => {}
            Ticks::Two => drop(self.came_far(number, false, now)),
            Ticks::Blue => drop(self.came_far(number, true, now)),
            // At most once, and only where the owner wants it (contract §1.2).
            Ticks::Unknown if unknown && self.settings.blind_retry && !resent => self.send_again(number, now),
            Ticks::Unknown => {}
        }
        true
    }
}

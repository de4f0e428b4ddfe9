//! What happens when nothing is said.

use std::time::Duration;

use sluice_model::failure::Why;
use sluice_model::{Failure, MessageId, Timestamp};

use super::offers::NOBODY_KNOWS;
use super::report::{TRIES, back_off};
use super::{Board, Stage};
use crate::keep;

/// A number that the phone says is not on the messenger is believed after so long, unless the phone proved itself before.
const PROBATION: Duration = Duration::from_secs(600);
/// Messages that are over are remembered for so long, and so many of them (contract §9.5 duty 6).
const MEMORY: Duration = Duration::from_secs(7 * 86_400);
const MEMORIES: usize = 2_000;

impl Board {
    /// Ends what has ended by now.
    pub fn pass(&mut self, now: Timestamp) {
        let lapsed = |lease: &Option<super::Lease>| lease.as_ref().is_none_or(|lease| lease.until <= now);
        let numbers: Vec<MessageId> = self.jobs.values().filter(|job| !job.is_over()).map(|job| job.number).collect();
        for number in numbers {
            let Some(job) = self.jobs.get(&number) else { continue };
            match job.stage {
                Stage::Leased if lapsed(&job.lease) && job.may_be_sent() => self.lapsed_unsure(number, now),
                Stage::Leased if lapsed(&job.lease) => self.lapsed(number, now),
                Stage::Sending if lapsed(&job.lease) => self.lapsed_unsure(number, now),
                Stage::Unknown { over: false } if now.since(job.since) >= self.settings.hold() => {
                    self.enter(number, Stage::Unknown { over: true }, now);
                    self.keep_job(number);
                    self.settle(number, Err(Failure::unknown(NOBODY_KNOWS)));
                }
                Stage::Doubted if now.since(job.since) >= PROBATION => self.believe_stranger(number, now),
                _ => {}
            }
        }
        if self.standing.pause.as_ref().is_some_and(|pause| pause.until <= now) {
            self.standing.pause = None;
            self.keep_standing();
            self.effects.wake = true;
        }
        if self.jobs.len() > MEMORIES {
            self.forget_oldest(now);
        }
    }

    /// When the next of these ends.
    pub fn deadline(&self) -> Timestamp {
        let of_job = |job: &super::Job| match job.stage {
            Stage::Leased | Stage::Sending => job.lease.as_ref().map(|lease| lease.until),
            Stage::Unknown { over: false } => Some(job.since.plus(self.settings.hold())),
            Stage::Doubted => Some(job.since.plus(PROBATION)),
            _ => None,
        };
        let away = self.seen_at().filter(|_| self.is_up()).map(|at| at.plus(self.settings.away()));
        let pause = self.standing.pause.as_ref().map(|pause| pause.until);
        self.jobs.values().filter_map(of_job).chain(away).chain(pause).fold(Timestamp::NEVER, Timestamp::min)
    }

    /// The phone took it and never began: it surely was not sent (contract §9.3).
    fn lapsed(&mut self, number: MessageId, now: Timestamp) {
        self.counts().leases_ended += 1;
        self.standing.failed(&self.settings.pacing, now);
        self.keep_standing();
        let Some(job) = self.jobs.get_mut(&number) else { return };
        job.ends += 1;
        let ends = job.ends;
        if ends >= TRIES {
            return self.refuse(number, Why::Timeout, "device_unreliable: the phone took it and never reported", now);
        }
        let note = "the phone took it and did not report";
        self.back_to_outbox(number, back_off(ends), Why::Timeout, note, now);
    }

    /// The phone was about to send it, or is one that does not say.
    fn lapsed_unsure(&mut self, number: MessageId, now: Timestamp) {
        self.counts().sendings_ended += 1;
        self.standing.failed(&self.settings.pacing, now);
        self.keep_standing();
        self.doubt(number, now);
    }

    /// The phone has proved itself: what it said of numbers that are not there is believed.
    pub fn believe_strangers(&mut self, now: Timestamp) {
        for number in self.doubted() {
            self.believe_stranger(number, now);
        }
    }

    fn believe_stranger(&mut self, number: MessageId, now: Timestamp) {
        self.refuse(number, Why::NotOnMessenger, "the phone could not open the chat, twice", now);
    }

    /// The phone is not to be believed: its verdicts that were not told yet are void.
    pub fn put_doubted_back(&mut self, now: Timestamp) {
        for number in self.doubted() {
            if let Some(job) = self.jobs.get_mut(&number) {
                job.misses = 0;
                job.enter(Stage::Waiting, now);
            }
            self.keep_job(number);
        }
    }

    fn doubted(&self) -> Vec<MessageId> {
        self.jobs.values().filter(|job| job.stage == Stage::Doubted).map(|job| job.number).collect()
    }

    fn forget_oldest(&mut self, now: Timestamp) {
        let mut over: Vec<(Timestamp, MessageId)> = self
            .jobs
            .values()
            .filter(|job| job.is_over() && !self.offers.contains_key(&job.number))
            .map(|job| (job.since, job.number))
            .collect();
        over.sort_unstable();
        let surplus = self.jobs.len().saturating_sub(MEMORIES * 9 / 10);
        for (nth, (since, number)) in over.into_iter().enumerate() {
            if nth >= surplus && now.since(since) < MEMORY {
                break;
            }
            if let Some(job) = self.jobs.remove(&number) {
                self.numbers.remove(&job.id);
            }
            self.effects.changes.insert(keep::job(number), None);
        }
    }
}

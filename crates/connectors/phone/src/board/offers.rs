//! Orders in the courier's hands: they come to the board with its attempt and go back with the attempt's result.

use std::time::Duration;

use sluice_connector::Receipt;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Failure, MessageId, Timestamp};

use super::{Board, Stage, Waiter};
use sluice_model::device::Media;

/// What is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Goods {
    pub number: MessageId,
    /// The message's id at the messenger: ours, since the phone tells none.
    pub id: String,
    /// Digits.
    pub to: String,
    pub text: String,
    pub media: Option<Media>,
    pub not_after: Timestamp,
}

pub struct Offer {
    pub goods: Goods,
    pub waiter: Waiter,
    pub since: Timestamp,
}

/// An order laid on the board.
#[derive(Debug, PartialEq)]
pub enum Placed {
    Waits,
    Settled(Result<Receipt, Failure>),
}

/// Before an order that was withdrawn may come again: its caller takes it back meanwhile.
const WITHDRAWN: Duration = Duration::from_secs(10);

impl Board {
    /// Lays an order on the board, or goes on where the last attempt at it was left.
    pub fn place(&mut self, goods: Goods, waiter: Waiter, now: Timestamp) -> Placed {
        let number = goods.number;
        let job = self.jobs.get(&number);
        let may_be_sent = job.is_some_and(super::Job::may_be_sent);
        match job.map(|job| job.stage.clone()) {
            Some(Stage::Sent) if !self.is_proving(number) => return Placed::Settled(Ok(self.receipt(number))),
            Some(Stage::Failed { why, note }) => return Placed::Settled(Err(Failure::Refused { why, note })),
            Some(Stage::Unknown { over: true }) => return Placed::Settled(Err(Failure::unknown(NOBODY_KNOWS))),
            Some(Stage::Withdrawn { .. }) => {
                // The caller did not take it back after all.
                self.enter(number, Stage::Waiting, now);
                self.keep_job(number);
            }
            _ => {}
        }
        let is_out = self.jobs.get(&number).is_some_and(super::Job::is_out);
        if let Some(failure) = self.out_of_reach().filter(|_| !may_be_sent && !is_out) {
            return Placed::Settled(Err(failure));
        }
        self.offers.insert(number, Offer { goods, waiter, since: now });
        self.effects.wake = true;
        Placed::Waits
    }

    /// Attempts that the courier gave up; what the phone has, it has.
    pub fn forget_abandoned(&mut self) {
        self.offers.retain(|_, offer| !offer.waiter.is_closed());
    }

    /// The order's time ran out.
    pub fn too_late(&mut self, number: MessageId, now: Timestamp) {
        if self.take_away(number, true, now) {
            let late =
                Failure::not_sent(Why::TooLate, Retry::BackOff, "its time ran out before the phone could send it");
            self.settle(number, Err(late));
        }
    }

    /// Gives orders back that their caller wants to take back.
    pub fn withdraw(&mut self, numbers: &[MessageId], now: Timestamp) {
        for number in numbers {
            if self.offers.contains_key(number) && self.take_away(*number, false, now) {
                let note = "taken out of the phone's queue";
                self.settle(*number, Err(Failure::not_sent(Why::Unknown, Retry::After(WITHDRAWN), note)));
            }
        }
    }

    /// From the phone, unless it may be sending: a `sending` for it is refused from now on.
    fn take_away(&mut self, number: MessageId, expired: bool, now: Timestamp) -> bool {
        let Some(job) = self.jobs.get_mut(&number) else { return true };
        match job.stage {
            Stage::Leased if !job.may_be_sent() => job.enter(Stage::Withdrawn { expired, told: false }, now),
            Stage::Waiting => job.enter(Stage::Withdrawn { expired, told: true }, now),
            _ => return false,
        }
        self.keep_job(number);
        self.effects.wake = true;
        true
    }

    /// All that the phone does not have in hand goes back to the outbox, where it can be taken back and can expire.
    pub fn give_back(&mut self, failure: &Failure) {
        let waiting: Vec<MessageId> = self
            .offers
            .keys()
            .filter(|number| self.jobs.get(number).is_none_or(|job| job.stage == Stage::Waiting))
            .copied()
            .collect();
        for number in waiting {
            self.settle(number, Err(failure.clone()));
        }
    }

    /// Evidence that it was sent is still on its way in.
    fn is_proving(&self, number: MessageId) -> bool {
        self.evidence.iter().any(|(_, evidence)| self.numbers.get(&evidence.id) == Some(&number))
    }

    pub fn enter(&mut self, number: MessageId, stage: Stage, now: Timestamp) {
        if let Some(job) = self.jobs.get_mut(&number) {
            job.enter(stage, now);
        }
    }
}

/// The note of what became uncertain.
pub const NOBODY_KNOWS: &str = "the phone began to send this and did not say what came of it";

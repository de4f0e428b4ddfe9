//! Something for the phone (contract §9.2), when it may have something (§9.7).

use std::time::Duration;

use sluice_model::device::{Claim, Have, Item, ItemKind, Manner, Pause};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Failure, MessageId, Timestamp};

use super::{Board, Job, Lease, Stage};

/// What a claim comes to.
#[derive(Debug, PartialEq)]
pub struct Given {
    pub items: Vec<Item>,
    pub next_poll: Duration,
    /// When it may be worth asking again, if nothing happens before.
    pub worth_asking: Option<Timestamp>,
}

/// A script that says nothing is believed for so long (contract §1.2).
const BLIND_LEASE: Duration = Duration::from_secs(60);
/// Between polls in quiet hours and while nothing goes out (contract §9.2).
const SELDOM: Duration = Duration::from_secs(60);
/// A longer wait for one message lets others of the account go first.
const SOON: Duration = Duration::from_secs(600);

enum Gate {
    Open,
    /// All wait until then.
    Closed(Timestamp),
    /// This one does, for so long that it goes back to the outbox meanwhile.
    NotToday(Timestamp),
}

impl Board {
    /// The phone asks for something to do. Its health was heard already.
    pub fn claim(&mut self, ask: &Claim, now: Timestamp) -> Given {
        self.believe(&ask.have, now);
        let nothing = |next_poll| Given { items: Vec::new(), next_poll, worth_asking: None };
        if let Some(halt) = self.standing.halt(now) {
            return nothing(halt.until.since(now).clamp(Duration::from_secs(1), SELDOM));
        }
        if ask.manner == Manner::Full {
            let cancels = self.cancels(now);
            if !cancels.is_empty() {
                return Given { items: cancels, next_poll: Duration::ZERO, worth_asking: None };
            }
        }
        if let Some(item) = self.same_again(ask, now) {
            return Given { items: vec![item], next_poll: Duration::ZERO, worth_asking: None };
        }
        let busy = ask.health.screen == Some(false) || ask.health.busy == Some(true);
        if self.hands_full(now) || ask.manner == Manner::Blind && busy {
            return nothing(self.poll());
        }
        if ask.manner == Manner::Full
            && let Some(item) = self.look_to_ask_for(ask, now)
        {
            return Given { items: vec![item], next_poll: Duration::ZERO, worth_asking: None };
        }
        self.next_send(ask, now)
    }

    /// What the phone's own journal has of messages that it sent settles them before anything else is given.
    fn believe(&mut self, have: &[Have], now: Timestamp) {
        for Have { id, state } in have {
            if state == "sent"
                && let Some(number) = self.numbers.get(id).copied()
                && self.jobs.get(&number).is_some_and(|job| job.stage != Stage::Sent)
            {
                self.was_sent(number, None, now);
            }
        }
    }

    /// The phone asks again for what it has: the answer that brought it was lost (contract §7 row 11).
    fn same_again(&self, ask: &Claim, now: Timestamp) -> Option<Item> {
        if ask.manner == Manner::Blind {
            return None;
        }
        let job = self.jobs.values().find(|job| {
            job.stage == Stage::Leased
                && job
                    .lease
                    .as_ref()
                    .is_some_and(|lease| !lease.blind && now < lease.until && lease.issued_at < ask.began)
        })?;
        self.item(job.number, ItemKind::Send)
    }

    /// One thing at a time: there is one screen.
    pub fn hands_full(&self, now: Timestamp) -> bool {
        now < self.looking_until || self.jobs.values().any(|job| job.is_out() && job.live(None, now))
    }

    fn cancels(&mut self, now: Timestamp) -> Vec<Item> {
        let untold = |job: &&Job| matches!(job.stage, Stage::Withdrawn { told: false, .. });
        let numbers: Vec<MessageId> = self.jobs.values().filter(untold).map(|job| job.number).collect();
        let items = numbers.iter().filter_map(|number| self.item(*number, ItemKind::Cancel)).collect();
        for number in numbers {
            if let Some(job) = self.jobs.get_mut(&number)
                && let Stage::Withdrawn { expired, .. } = job.stage
            {
                job.enter(Stage::Withdrawn { expired, told: true }, now);
            }
            self.keep_job(number);
        }
        items
    }

    fn next_send(&mut self, ask: &Claim, now: Timestamp) -> Given {
        let mut until: Option<Timestamp> = None;
        let numbers: Vec<MessageId> =
            self.offers.values().filter(|offer| now < offer.goods.not_after).map(|offer| offer.goods.number).collect();
        for number in numbers {
            if self.jobs.get(&number).is_some_and(|job| job.stage != Stage::Waiting) {
                continue;
            }
            if let Some(at) = self.jobs.get(&number).map(|job| job.not_before).filter(|at| now < *at) {
                until = Some(until.map_or(at, |known| known.min(at)));
                continue;
            }
            match self.gate(number, now) {
                Gate::Open => {
                    self.lend(number, ask, now);
                    let items = self.item(number, ItemKind::Send).into_iter().collect();
                    return Given { items, next_poll: Duration::ZERO, worth_asking: None };
                }
                Gate::Closed(at) => until = Some(until.map_or(at, |known| known.min(at))),
                Gate::NotToday(at) => self.defer(number, at, now),
            }
        }
        let pause = if self.quiet(now).is_some() { SELDOM } else { self.poll() };
        let next_poll = until.map_or(pause, |at| at.since(now).max(Duration::from_millis(200)).min(pause));
        Given { items: Vec::new(), next_poll, worth_asking: until }
    }

    fn gate(&self, number: MessageId, now: Timestamp) -> Gate {
        let Some(offer) = self.offers.get(&number) else { return Gate::Closed(now.plus(SELDOM)) };
        if let Some(quiet) = self.quiet(now) {
            return Gate::Closed(quiet.until);
        }
        let pacing = &self.settings.pacing;
        let chat = self.chats.get(&Address::Phone(offer.goods.to.clone()));
        let gap_ends = match chat {
            Some(chat) if chat.waits_for_answer() => self.standing.reply_gap_ends,
            _ => self.standing.gap_ends,
        };
        let counted = self.jobs.get(&number).is_some_and(|job| job.counted);
        if chat.is_none() && !counted {
            let day = pacing.day(now, self.device.utc_offset_min);
            if self.standing.begun_today(day) >= pacing.daily_cap(self.device.paired_at, now) {
                return Gate::NotToday(pacing.next_day(now, self.device.utc_offset_min));
            }
        }
        if now < gap_ends { Gate::Closed(gap_ends) } else { Gate::Open }
    }

    fn defer(&mut self, number: MessageId, at: Timestamp, now: Timestamp) {
        let note = "the phone has begun as many new chats today as it may";
        let pause = at.since(now).max(SOON);
        self.settle(number, Err(Failure::not_sent(Why::RateLimited, Retry::After(pause), note)));
    }

    fn lend(&mut self, number: MessageId, ask: &Claim, now: Timestamp) {
        let Some(goods) = self.offers.get(&number).map(|offer| offer.goods.clone()) else { return };
        let blind = ask.manner == Manner::Blind;
        let span = if blind { BLIND_LEASE } else { self.settings.lease(ask.lease_s) };
        let lease = self.new_lease(span, blind, now);
        let pacing = self.settings.pacing.clone();
        let new_chat = !self.chats.contains_key(&Address::Phone(goods.to.clone()));
        let job = self.jobs.entry(number).or_insert_with(|| Job::new(number, &goods.id, &goods.to, &goods.text, now));
        job.lend(lease);
        job.attempt += 1;
        job.enter(Stage::Leased, now);
        let begins = new_chat && !std::mem::replace(&mut job.counted, true);
        self.numbers.insert(goods.id, number);
        if begins {
            self.standing.begin_chat(pacing.day(now, self.device.utc_offset_min));
        }
        self.standing.gave(&pacing, &self.dice, now);
        self.keep_job(number);
        self.keep_standing();
    }

    pub fn new_lease(&self, span: Duration, blind: bool, now: Timestamp) -> Lease {
        let id = format!("{:016x}", self.dice.below(u64::MAX));
        Lease { id, until: now.plus(span), issued_at: now, blind, look: false }
    }

    pub fn item(&self, number: MessageId, kind: ItemKind) -> Option<Item> {
        let job = self.jobs.get(&number)?;
        let lease = job.lease.as_ref()?;
        let goods = self.offers.get(&number).map(|offer| &offer.goods);
        let sends = kind == ItemKind::Send;
        // Without its order there is only the beginning of its text.
        if sends && goods.is_none() {
            return None;
        }
        Some(Item {
            id: job.id.clone(),
            kind,
            lease: lease.id.clone(),
            lease_until: lease.until,
            attempt: job.attempt,
            to: job.to.clone(),
            text: goods.filter(|_| sends).map_or_else(|| job.text.clone(), |goods| goods.text.clone()),
            media: goods.filter(|_| sends).and_then(|goods| goods.media.clone()),
            not_after: goods.map(|goods| goods.not_after).filter(|end| *end < Timestamp::NEVER),
        })
    }

    pub fn quiet(&self, now: Timestamp) -> Option<Pause> {
        let until = self.settings.pacing.quiet_until(now, self.device.utc_offset_min)?;
        Some(Pause { until, reason: "quiet_hours".to_owned() })
    }

    /// Another span for a lease that is in force: `Ok(None)` when it is not any more, `Err` when there never was one.
    pub fn renew(&mut self, lease: &str, seconds: Option<u32>, now: Timestamp) -> Result<Option<Timestamp>, ()> {
        let number = self.lent(lease).ok_or(())?;
        let span = self.settings.lease(seconds);
        let Some(job) = self.jobs.get_mut(&number).filter(|job| job.is_out() && job.live(Some(lease), now)) else {
            return Ok(None);
        };
        let until = now.plus(span);
        if let Some(lease) = &mut job.lease {
            lease.until = until;
        }
        self.keep_job(number);
        Ok(Some(until))
    }

    /// The phone gives it back untouched; no attempt is counted.
    pub fn release(&mut self, lease: &str, now: Timestamp) -> Result<bool, ()> {
        let number = self.lent(lease).ok_or(())?;
        let Some(job) =
            self.jobs.get_mut(&number).filter(|job| job.stage == Stage::Leased && job.live(Some(lease), now))
        else {
            return Ok(false);
        };
        job.attempt = job.attempt.saturating_sub(1);
        job.enter(Stage::Waiting, now);
        // Not at once to the same phone, which has just said that it cannot.
        job.not_before = now.plus(Duration::from_secs(5));
        self.keep_job(number);
        self.effects.wake = true;
        Ok(true)
    }

    fn lent(&self, lease: &str) -> Option<MessageId> {
        self.jobs.values().find(|job| job.was_lent(Some(lease))).map(|job| job.number)
    }
}

//! What became of an item, by the phone (contract §9.4).

use std::time::Duration;

use sluice_model::device::{Ack, Report, Taken, Told};
use sluice_model::failure::{Retry, Why};
use sluice_model::order::Step;
use sluice_model::{Address, Failure, MessageId, Timestamp};

use super::{Board, Chat, Evidence, Stage, Stop};

/// Before a chat that could not be opened is tried once more (contract §1.2).
const ONCE_MORE: Duration = Duration::from_secs(60);
/// The pause after a failed try doubles from here, up to [`LONGEST`] (contract §9.3).
const FIRST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(900);
/// Tries that come to nothing before a message has failed (contract §9.3).
pub const TRIES: u32 = 5;

pub fn back_off(nth: u32) -> Duration {
    FIRST.saturating_mul(1_u32.checked_shl(nth.saturating_sub(1)).unwrap_or(u32::MAX)).min(LONGEST)
}

impl Board {
    pub fn report(&mut self, report: &Report, now: Timestamp) -> Ack {
        let ack = |taken, state: &str| Ack { id: report.id.clone(), seq: report.seq, taken, state: state.to_owned() };
        let Some(number) = self.numbers.get(&report.id).copied() else {
            return ack(Taken::UnknownId, "unknown");
        };
        let word = said(report.state);
        let known = self.jobs.get(&number).is_some_and(|job| job.knows(report.seq, word));
        let taken = if known { Taken::Duplicate } else { self.take(number, report, now) };
        if taken == Taken::Duplicate {
            self.counts().duplicate_reports += 1;
            self.keep_standing();
        }
        if taken == Taken::Applied {
            if let Some(job) = self.jobs.get_mut(&number) {
                job.remember(report.seq, word);
            }
            self.keep_job(number);
            self.keep_standing();
            self.effects.wake = true;
        }
        ack(taken, self.jobs.get(&number).map_or("unknown", super::Job::word))
    }

    fn take(&mut self, number: MessageId, report: &Report, now: Timestamp) -> Taken {
        let Some(job) = self.jobs.get_mut(&number) else { return Taken::UnknownId };
        let lease = report.lease.as_deref();
        match report.state {
            Told::Sending => match job.stage {
                Stage::Leased if job.live(lease, now) => {
                    job.enter(Stage::Sending, now);
                    Taken::Applied
                }
                Stage::Sending if job.newest(lease) => Taken::Duplicate,
                // The fence: the phone must not click.
                _ => Taken::Stale,
            },
            Told::Sent if job.stage == Stage::Sent => Taken::Duplicate,
            Told::Sent if !job.was_lent(lease) => Taken::Stale,
            Told::Sent => {
                self.was_sent(number, lease, now);
                Taken::Applied
            }
            Told::Delivered | Told::Read => self.came_far(number, report.state == Told::Read, now),
            Told::Cancelled => match job.stage {
                Stage::Withdrawn { expired, told: false } => {
                    job.enter(Stage::Withdrawn { expired, told: true }, now);
                    Taken::Applied
                }
                Stage::Withdrawn { .. } => Taken::Duplicate,
                _ => Taken::Stale,
            },
            Told::Failed | Told::Retry => {
                let under_way = job.is_out() || job.stage == (Stage::Unknown { over: false });
                if !under_way || !job.newest(lease) {
                    return if job.is_over() { Taken::Duplicate } else { Taken::Stale };
                }
                // It said that the click was next: whatever it says now, another try may be the second one that arrives.
                job.resent |= job.stage == Stage::Sending;
                if report.state == Told::Failed {
                    self.failed(number, report, now);
                } else {
                    self.put_off(number, report, now);
                }
                Taken::Applied
            }
        }
    }

    /// Evidence: it was sent, whatever was thought of it (contract §8: a late `sent` always wins).
    pub fn was_sent(&mut self, number: MessageId, lease: Option<&str>, now: Timestamp) {
        let Some(job) = self.jobs.get_mut(&number) else { return };
        let in_time = job.is_out() && job.newest(lease) && job.live(None, now);
        let doubled = job.resent || job.stage == Stage::Leased && !job.newest(lease) || {
            job.stage == Stage::Sending && !job.newest(lease)
        };
        job.enter(Stage::Sent, now);
        job.sent_at = Some(now);
        job.ticks = job.ticks.max(1);
        let (id, chat) = (job.id.clone(), Address::Phone(job.to.clone()));
        if in_time && !doubled {
            self.settle(number, Ok(self.receipt(number)));
        } else {
            let (why, note) = match doubled {
                true => (Why::Duplicate, "possible_duplicate: the phone sent it, and may have sent it before as well"),
                false => (Why::TooLate, "late: the phone said that it was sent after its time with the phone was over"),
            };
            self.counts().late += 1;
            self.counts().possible_duplicates += u64::from(doubled);
            // The attempt is settled when the house has this: it says more than the attempt can.
            self.prove(Evidence { id, step: Step::Send, at: now, why: Some(why), note: note.to_owned() });
        }
        let chat = self.chats.get(&chat).cloned().unwrap_or_else(|| Chat::new(chat));
        self.know_chat(Chat { answered_at: now, ..chat });
        self.counts().sent += 1;
        self.standing.succeeded(now);
        self.believe_strangers(now);
        self.keep_job(number);
        self.keep_standing();
    }

    /// The marks at the message. They only grow, and what was delivered was sent.
    pub fn came_far(&mut self, number: MessageId, read: bool, now: Timestamp) -> Taken {
        let Some(job) = self.jobs.get(&number) else { return Taken::UnknownId };
        if job.leases.is_empty() {
            return Taken::Stale;
        }
        if job.stage != Stage::Sent {
            self.was_sent(number, None, now);
        }
        let (ticks, step) = if read { (3, Step::Read) } else { (2, Step::Deliver) };
        let Some(job) = self.jobs.get_mut(&number) else { return Taken::UnknownId };
        if job.ticks >= ticks {
            return Taken::Duplicate;
        }
        job.ticks = ticks;
        let id = job.id.clone();
        self.keep_job(number);
        self.prove_step(&id, step, now);
        Taken::Applied
    }

    fn failed(&mut self, number: MessageId, report: &Report, now: Timestamp) {
        let reason = report.reason.as_deref().unwrap_or("not_registered");
        let invited = reason == "invite_dialog" || report.ui.as_deref() == Some("invite");
        match reason {
            _ if invited => self.not_registered(number, now),
            "not_registered" | "chat_not_opened" => self.chat_not_opened(number, now),
            "logged_out" | "banned" => {
                self.enter(number, Stage::Waiting, now);
                self.stop(if reason == "banned" { Stop::Banned } else { Stop::LoggedOut }, now);
            }
            "expired" => {
                self.enter(number, Stage::Withdrawn { expired: true, told: true }, now);
                let late = Failure::not_sent(Why::TooLate, Retry::BackOff, "its time ran out on the phone");
                self.settle(number, Err(late));
            }
            "send_not_confirmed" => self.doubt(number, now),
            "invalid" => self.refuse(number, Why::InvalidRecipient, "the phone cannot write to this number", now),
            "policy" => self.refuse(number, Why::Spam, "the messenger does not let the phone send this", now),
            _ => self.missed(number, reason, now),
        }
    }

    /// The messenger itself offered to invite the number: it is not there.
    fn not_registered(&mut self, number: MessageId, now: Timestamp) {
        if self.standing.met_stranger(now) {
            self.enter(number, Stage::Waiting, now);
            self.stop(Stop::Fault, now);
        } else {
            self.refuse(number, Why::NotOnMessenger, "the number is not on the messenger", now);
        }
    }

    /// Not registered, or too slow, or a dialog in the way: the phone cannot tell (contract §1.1).
    fn chat_not_opened(&mut self, number: MessageId, now: Timestamp) {
        let Some(job) = self.jobs.get_mut(&number) else { return };
        job.misses += 1;
        let twice = job.misses >= 2;
        self.standing.failed(&self.settings.pacing, now);
        if self.standing.met_stranger(now) {
            self.enter(number, Stage::Waiting, now);
            self.stop(Stop::Fault, now);
        } else if twice {
            self.enter(number, Stage::Doubted, now);
        } else {
            self.back_to_outbox(number, ONCE_MORE, Why::NotOnMessenger, "the phone could not open the chat", now);
        }
    }

    /// A try that came to nothing, for a reason that may pass.
    fn missed(&mut self, number: MessageId, reason: &str, now: Timestamp) {
        let Some(job) = self.jobs.get_mut(&number) else { return };
        job.misses += 1;
        let misses = job.misses;
        self.standing.failed(&self.settings.pacing, now);
        let why = if reason == "media_failed" { Why::MediaUnreachable } else { Why::Timeout };
        // What the phone says goes into notes for people: a word, not a text.
        let word: String = reason.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
        if misses >= TRIES {
            self.refuse(number, why, &format!("device_unreliable: {word}, {misses} times"), now);
        } else {
            self.back_to_outbox(number, back_off(misses), why, &format!("the phone could not send it: {word}"), now);
        }
    }

    fn put_off(&mut self, number: MessageId, report: &Report, now: Timestamp) {
        match report.reason.as_deref() {
            Some("send_not_confirmed") => self.doubt(number, now),
            // The answer to a look into the chat: its bubble is not there.
            Some("not_found" | "not_sent") if self.is_unknown(number) => self.send_again(number, now),
            _ if self.is_unknown(number) => {}
            Some("locked" | "screen_off" | "busy" | "low_battery") | None => {
                self.back_to_outbox(number, FIRST, Why::Timeout, "the phone cannot send now", now);
            }
            Some(reason) => self.missed(number, reason, now),
        }
    }

    fn is_unknown(&self, number: MessageId) -> bool {
        self.jobs.get(&number).is_some_and(|job| matches!(job.stage, Stage::Unknown { .. }))
    }

    pub fn refuse(&mut self, number: MessageId, why: Why, note: &str, now: Timestamp) {
        self.enter(number, Stage::Failed { why, note: note.to_owned() }, now);
        self.counts().failed += 1;
        self.keep_job(number);
        self.settle(number, Err(Failure::refused(why, note)));
    }

    /// It surely was not sent; the outbox gives it again after `pause`.
    pub fn back_to_outbox(&mut self, number: MessageId, pause: Duration, why: Why, note: &str, now: Timestamp) {
        if let Some(job) = self.jobs.get_mut(&number) {
            job.enter(Stage::Waiting, now);
            job.not_before = now.plus(pause);
        }
        self.keep_job(number);
        self.settle(number, Err(Failure::not_sent(why, Retry::After(pause), note)));
    }
}

const fn said(state: Told) -> &'static str {
    match state {
        Told::Sending => "sending",
        Told::Sent => "sent",
        Told::Failed => "failed",
        Told::Retry => "retry",
        Told::Delivered => "delivered",
        Told::Read => "read",
        Told::Cancelled => "cancelled",
    }
}

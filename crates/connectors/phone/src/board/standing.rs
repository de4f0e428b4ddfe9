//! How the phone itself stands: what stopped it, how fast it may go, who speaks for it. Kept in the vault as one record.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_clock::Dice;
use sluice_model::Timestamp;
use sluice_model::device::{Counts, Pause, Who};

use crate::pacing::Pacing;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    pub stop: Option<Stop>,
    pub pause: Option<Pause>,
    /// In a row.
    pub failures: u32,
    /// Pauses of the breaker since the last success.
    pub falls: u32,
    /// Numbers in a row that the phone says are not on the messenger.
    pub strangers: u32,
    /// Results of the last ten minutes: when, and whether the number was said not to be there.
    pub results: Vec<(Timestamp, bool)>,
    /// Sends of the last hour.
    pub sends: Vec<Timestamp>,
    /// When the next message may go to anybody, and to a chat that has just written.
    pub gap_ends: Timestamp,
    pub reply_gap_ends: Timestamp,
    /// The phone's present day, and the chats that were begun in it.
    pub day: i64,
    pub new_chats: u32,
    /// Programs that spoke for the phone, the present one last.
    pub voices: Vec<Who>,
    pub counts: Counts,
    pub settings_rev: u32,
}

/// What stopped the phone until somebody sees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The messenger on the phone is logged out.
    LoggedOut,
    Banned,
    /// Nearly every number is said not to be on the messenger: that is the phone's trouble, not the numbers'.
    Fault,
    /// Two phones use one token.
    Conflict,
}

impl Stop {
    pub const fn word(self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Banned => "banned",
            Self::Fault => "device_fault",
            Self::Conflict => "token_conflict",
        }
    }

    /// For a person.
    pub const fn note(self) -> &'static str {
        match self {
            Self::LoggedOut => "The messenger on the phone is logged out. Log in there; the queue is kept.",
            Self::Banned => {
                "The messenger has banned the phone's account. The queue is kept until an operator resumes it."
            }
            Self::Fault => {
                "The phone says of nearly every number that it is not on the messenger, which is more likely its own \
                 trouble: a logged-out messenger, a new version, a dialog in the way. Look at it, then resume."
            }
            Self::Conflict => {
                "Two phones use the same device token, perhaps restored from one backup. Pair the right one anew, or \
                 stop the other and resume."
            }
        }
    }
}

const HOUR: Duration = Duration::from_secs(3_600);
/// Results are looked at together for so long (contract §9.4).
const WINDOW: Duration = Duration::from_secs(600);
/// More of them in a row are the phone's fault.
const STRANGERS: u32 = 5;
/// As few results say nothing by their share.
const FEW: usize = 10;
/// Results and sends remembered at most.
const KEPT: usize = 200;

impl Standing {
    /// A message was given out.
    pub fn gave(&mut self, pacing: &Pacing, dice: &Dice, now: Timestamp) {
        self.sends.retain(|at| now.since(*at) < HOUR);
        if self.sends.len() == KEPT {
            self.sends.remove(0);
        }
        self.gap_ends = now.plus(pacing.gap(self.sends.len(), dice));
        self.reply_gap_ends = now.plus(pacing.reply_gap(dice));
        self.sends.push(now);
    }

    /// How many chats were begun today.
    pub fn begun_today(&self, day: i64) -> u32 {
        if self.day == day { self.new_chats } else { 0 }
    }

    pub fn begin_chat(&mut self, day: i64) {
        self.new_chats = self.begun_today(day) + 1;
        self.day = day;
    }

    pub fn succeeded(&mut self, now: Timestamp) {
        (self.failures, self.falls, self.strangers) = (0, 0, 0);
        self.noted(now, false);
    }

    /// A failure of the phone's own. Too many in a row are a pause.
    pub fn failed(&mut self, pacing: &Pacing, now: Timestamp) {
        self.failures += 1;
        if self.failures < pacing.breaker_failures {
            return;
        }
        let until = now.plus(pacing.breaker_pause(self.falls));
        self.pause = Some(Pause { until, reason: "breaker".to_owned() });
        self.falls += 1;
        self.failures = 0;
    }

    /// The phone says that a number is not on the messenger. Whether that cannot be believed any more.
    pub fn met_stranger(&mut self, now: Timestamp) -> bool {
        self.strangers += 1;
        self.counts.not_registered += 1;
        self.noted(now, true);
        let strangers = self.results.iter().filter(|(_, stranger)| *stranger).count();
        let most = self.results.len() >= FEW && strangers * 5 > self.results.len() * 4;
        self.strangers > STRANGERS || most
    }

    fn noted(&mut self, now: Timestamp, stranger: bool) {
        self.results.retain(|(at, _)| now.since(*at) < WINDOW);
        if self.results.len() == KEPT {
            self.results.remove(0);
        }
        self.results.push((now, stranger));
    }

    /// What keeps the phone from being given anything, whatever it is.
    pub fn halt(&self, now: Timestamp) -> Option<Pause> {
        if let Some(stop) = self.stop {
            return Some(Pause { until: Timestamp::NEVER, reason: stop.word().to_owned() });
        }
        self.pause.clone().filter(|pause| now < pause.until)
    }

    /// An operator says that it is in order.
    pub fn resume(&mut self) {
        self.stop = None;
        self.pause = None;
        (self.failures, self.falls, self.strangers) = (0, 0, 0);
        self.results.clear();
        self.voices.clear();
    }
}

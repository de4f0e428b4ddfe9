//! Who speaks for the phone, how it says that it is, and what the house is told of that.

use std::time::Duration;

use sluice_connector::SessionState;
use sluice_model::device::{Health, Login, Who};
use sluice_model::failure::{Retry, Why};
use sluice_model::{Failure, Timestamp};

use super::{Board, Stop};

/// How the phone's side of the account stands, as the house was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Up,
    Away,
    Stopped(Stop),
}

/// Two installations that speak within so long of each other are two phones.
const AT_A_TIME: Duration = Duration::from_secs(60);
/// Programs of one phone remembered.
const VOICES: usize = 8;

impl Board {
    /// The phone is there. False when another phone speaks with the same token (contract §9.1).
    pub fn hear(&mut self, who: &Who, now: Timestamp) -> bool {
        self.seen_at = Some(now);
        if self.standing.stop == Some(Stop::Conflict) {
            return false;
        }
        if who.install.is_none() && who.boot.is_none() {
            return true;
        }
        let voices = &mut self.standing.voices;
        let last = voices.last();
        if last == Some(who) {
            self.voice_at = now;
            return true;
        }
        let other_install = last.is_some_and(|last| last.install != who.install);
        let at_a_time = other_install && now.since(self.voice_at) < AT_A_TIME;
        if voices.contains(who) || at_a_time {
            self.stop(Stop::Conflict, now);
            return false;
        }
        if voices.len() == VOICES {
            voices.remove(0);
        }
        voices.push(who.clone());
        self.voice_at = now;
        self.keep_standing();
        true
    }

    /// What the phone says of itself. What it leaves out stays as it was.
    pub fn feel(&mut self, health: &Health, now: Timestamp) {
        if let Some(clock) = health.clock {
            self.clock_offset_ms = Some(clock.millis().saturating_sub(now.millis()));
        }
        match (health.session, self.standing.stop) {
            (Some(Login::LoggedOut), None) => self.stop(Stop::LoggedOut, now),
            (Some(Login::Banned), None | Some(Stop::LoggedOut)) => self.stop(Stop::Banned, now),
            // Whoever logged in on the phone was the operator.
            (Some(Login::Ok), Some(Stop::LoggedOut)) => {
                self.standing.stop = None;
                self.keep_standing();
                self.effects.wake = true;
            }
            _ => {}
        }
        let old = std::mem::take(&mut self.health);
        self.health = Health {
            screen: health.screen.or(old.screen),
            busy: health.busy.or(old.busy),
            locked: health.locked.or(old.locked),
            battery: health.battery.or(old.battery),
            charging: health.charging.or(old.charging),
            net: health.net.clone().or(old.net),
            session: health.session.or(old.session),
            queue: health.queue.or(old.queue),
            clock: health.clock.or(old.clock),
            version: health.version.clone().or(old.version),
        };
    }

    pub fn stop(&mut self, stop: Stop, now: Timestamp) {
        self.standing.stop = Some(stop);
        self.keep_standing();
        if stop == Stop::Fault {
            self.put_doubted_back(now);
        }
    }

    pub fn resume(&mut self) {
        self.standing.resume();
        self.keep_standing();
        self.effects.wake = true;
    }

    /// Tells the house how the phone stands, when that changed.
    pub fn tell(&mut self, now: Timestamp) {
        if self.gone {
            return;
        }
        let heard = self.seen_at.is_some_and(|at| now.since(at) < self.settings.away());
        let link = match self.standing.stop {
            Some(stop) => Link::Stopped(stop),
            None if heard => Link::Up,
            None => Link::Away,
        };
        if self.link.replace(link) == Some(link) {
            return;
        }
        self.effects.states.push(match link {
            Link::Up => SessionState::Connected {
                phone: self.device.number.clone(),
                lid: None,
                push_name: Some(self.device.model.clone()).filter(|model| !model.is_empty()),
            },
            Link::Away => SessionState::Disconnected { why: Why::Disconnected, note: self.absence(now) },
            Link::Stopped(stop) => SessionState::Blocked { until: None, note: stop.note().to_owned() },
        });
        if let Some(failure) = self.out_of_reach() {
            self.give_back(&failure);
        }
    }

    fn absence(&self, now: Timestamp) -> String {
        match self.seen_at {
            None => "The phone has not called since the gateway started.".to_owned(),
            Some(at) => format!("The phone has not called for {} s.", now.since(at).as_secs()),
        }
    }

    /// Why nothing can be given to the phone for now.
    pub fn out_of_reach(&self) -> Option<Failure> {
        let (why, note) = match self.link {
            _ if self.gone => (Why::LoggedOut, "no phone is paired with this account"),
            Some(Link::Up) => return None,
            None | Some(Link::Away) => (Why::Disconnected, "the phone does not call"),
            Some(Link::Stopped(Stop::LoggedOut)) => (Why::LoggedOut, "the messenger on the phone is logged out"),
            Some(Link::Stopped(Stop::Banned)) => (Why::Banned, "the messenger has banned the phone's account"),
            Some(Link::Stopped(_)) => (Why::Disconnected, "the phone is stopped until an operator resumes it"),
        };
        Some(Failure::not_sent(why, Retry::Reconnected, note))
    }

    /// The house was told that the phone is there.
    pub fn is_up(&self) -> bool {
        self.link == Some(Link::Up)
    }

    pub const fn seen_at(&self) -> Option<Timestamp> {
        self.seen_at
    }

    /// Ends the pairing: everything goes back, and nothing is done any more.
    pub fn leave(&mut self) {
        self.gone = true;
        let failure = Failure::not_sent(Why::LoggedOut, Retry::Reconnected, "no phone is paired with this account");
        self.give_back(&failure);
        let held: Vec<_> = self.offers.keys().copied().collect();
        for number in held {
            let sure = self.jobs.get(&number).is_none_or(|job| !job.may_be_sent());
            let unknown = Failure::unknown(super::offers::NOBODY_KNOWS);
            self.settle(number, Err(if sure { failure.clone() } else { unknown }));
        }
        self.effects.changes.clear();
    }
}

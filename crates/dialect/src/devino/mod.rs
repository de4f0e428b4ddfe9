//! Devino Online's WhatsApp API (contract `devino.md`): batches with a verdict per message, templates, status callbacks
//! to the address that each message names, an incoming webhook.
//!
//! [`table`] lists the endpoints; [`batch`] reads a call's messages and says what is wrong with them, `answer` makes
//! bodies of outcomes, `notice` makes callbacks of journal entries. What differs from upstream on purpose is in `README.md`.

mod answer;
mod batch;
mod codes;
mod login;
mod media;
mod notice;
mod reason;
mod table;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{Entry, Outcome, Refusal};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};

/// The word in keys, listeners, metrics and logs.
const NAME: &str = "devino";

pub struct Devino;

impl Dialect for Devino {
    fn name(&self) -> &'static str {
        NAME
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        table::ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        matches!(first, "whatsapp" | "billing-api")
    }

    /// A message names its account itself.
    fn credentials(&self, call: &Call) -> Credentials {
        Credentials { token: login::token(call), account: Named::No }
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        answer::answer(call, outcome)
    }

    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        notice::notice(entry, setting)
    }

    fn callback<'e>(&self, entry: &'e Entry) -> Option<&'e str> {
        notice::callback(entry)
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&PAUSES),
            success: Success::Any2xx,
            timeout: Duration::from_secs(10),
            heeds_receiver: false,
        }
    }

    fn login_of<'t>(&self, token: &'t str) -> Option<(&'t str, &'t str)> {
        login::of(token)
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(login::DIGITS)
    }
}

/// From 5 s each twice as long as the one before, up to 15 min, for 24 h in all (contract §11).
const PAUSES: [Duration; 103] = pauses();

const fn pauses() -> [Duration; 103] {
    let (mut pauses, mut seconds, mut place) = ([Duration::ZERO; 103], 5, 0);
    while place < pauses.len() {
        pauses[place] = Duration::from_secs(seconds);
        seconds = if seconds * 2 > 900 { 900 } else { seconds * 2 };
        place += 1;
    }
    pauses
}

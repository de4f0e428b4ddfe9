//! Wahelp's HTTP API (contract `wahelp.md`): projects with channels, channels with users, messages to them, webhooks of a
//! project. Callers sign in with a login and a password and get a token for an hour.
//!
//! [`table`] lists the endpoints; `read` makes commands of calls, `answer` makes bodies of outcomes, `notice` makes
//! webhooks of journal entries. What differs from upstream on purpose is in `README.md`.

mod answer;
mod channels;
mod errors;
mod hooks;
mod ids;
mod notice;
mod read;
mod shown;
mod table;
mod times;

pub use hooks::of_project as project_switches;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::refusal::Noun;
use sluice_model::{AccountId, Entry, Listener, Outcome, Refusal, Spelling};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Needs, Notice, Passage, Reply, Setting, TokenShape};

pub struct Wahelp;

const HOUR: Duration = Duration::from_secs(3600);

/// Upstream's are not known; these grow from 5 s to 1 h and end within a day (contract §9.2).
const PAUSES: [Duration; 29] = {
    let mut pauses = [HOUR; 29];
    let growing = [5, 15, 60, 5 * 60, 15 * 60, 30 * 60];
    let mut at = 0;
    while at < growing.len() {
        pauses[at] = Duration::from_secs(growing[at]);
        at += 1;
    }
    pauses
};
const PATIENCE: Duration = Duration::from_secs(10);

impl Dialect for Wahelp {
    fn name(&self) -> &'static str {
        "wahelp"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        &table::ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        let mut words = path.trim_start_matches('/').split('/');
        matches!((words.next(), words.next()), (Some("app"), _) | (Some("api"), Some("app")))
    }

    fn credentials(&self, call: &Call) -> Credentials {
        let token = call.header("authorization").and_then(|text| {
            let (scheme, token) = text.trim().split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        let account = match call.endpoint.map(|endpoint| endpoint.needs) {
            Some(Needs::Account(_)) => {
                ids::read_channel(&call.spelling, call.param("channel")).map_or(Named::Nonsense, Named::Account)
            }
            _ => Named::No,
        };
        Credentials { token: token.filter(|token| !token.is_empty()), account }
    }

    fn passages(&self, call: &Call) -> Vec<Passage> {
        let listener = |id, fits, noun| match id {
            Some(id) => Passage::Listener { id, fits, noun },
            None => Passage::Nothing(noun),
        };
        let passage = |(name, value): &(&'static str, String)| match *name {
            "project" => {
                Some(listener(ids::read_project(value), |_, listener| hooks::is_project(listener), Noun::Project))
            }
            "webhook" => Some(listener(ids::read_webhook(&call.spelling, value), is_webhook_here, Noun::Listener)),
            "user" => Some(ids::read_user(value).map_or(Passage::Nothing(Noun::Contact), Passage::Known)),
            _ => None,
        };
        call.params.iter().filter_map(passage).collect()
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        let row = call.endpoint.and_then(|endpoint| table::row_named(endpoint.name));
        let outcome = match outcome {
            Ok(outcome) => outcome,
            // Nothing is left to be done for a channel that is connected, which is what its caller wants to hear.
            Err(Refusal::LoggedInAlready) if row.is_some_and(table::Row::connects) => {
                return answer::channels::connected();
            }
            Err(refusal) => return errors::refuse(call, &refusal),
        };
        row.and_then(|row| (row.answer)(call, outcome))
            .unwrap_or_else(|| errors::refuse(call, &Refusal::Fault { code: "wahelp-outcome".to_owned() }))
    }

    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        notice::notice(entry, setting)
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&PAUSES),
            success: Success::Any2xx,
            timeout: PATIENCE,
            heeds_receiver: false,
        }
    }

    /// A channel's uuid.
    fn account_name(&self, spelling: &Spelling, account: AccountId) -> String {
        ids::channel_uuid(spelling, account)
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Prefixed("wh_")
    }
}

/// Whether the listener is a webhook of the project in the path.
fn is_webhook_here(call: &Call, listener: &Listener) -> bool {
    hooks::project_of(listener).is_some_and(|project| ids::read_project(call.param("project")) == Some(project))
}

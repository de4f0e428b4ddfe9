//! Wappi's HTTP API (contract `wappi.md`): WhatsApp, Telegram and MAX under three bases, answers in the request or by
//! tasks, webhooks with five attempts.
//!
//! [`table`] lists the endpoints; `read` makes commands of calls, `answer` makes bodies of outcomes, `notice` makes
//! webhooks of journal entries. What differs from upstream on purpose is in `README.md`.

mod address;
mod answer;
mod errors;
mod ids;
mod notice;
mod platform;
mod read;
mod shown;
mod switches;
mod table;
mod times;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::content::Blob;
use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{AccountId, Entry, Outcome, Refusal, Spelling};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Needs, Notice, Reply, Setting, TokenShape};

pub struct Wappi;

/// First words of paths that are Wappi's, served or not.
const LANDS: [&str; 8] = ["api", "tapi", "maxapi", "botapi", "broadcast", "csender", "payments", "panel"];

const MINUTE: Duration = Duration::from_secs(60);
/// Before the second attempt to the fifth (contract §3.1).
const PAUSES: [Duration; 4] =
    [MINUTE.saturating_mul(5), MINUTE.saturating_mul(10), MINUTE.saturating_mul(20), MINUTE.saturating_mul(30)];
/// Upstream's is not known. Its guide asks receivers for less than 5 s; twice that forgives a slow one.
const PATIENCE: Duration = Duration::from_secs(10);

impl Dialect for Wappi {
    fn name(&self) -> &'static str {
        "wappi"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        &table::ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        LANDS.contains(&first)
    }

    /// The token stands bare in `Authorization`; a `Bearer` before it is forgiven, quotes around it are not.
    fn credentials(&self, call: &Call) -> Credentials {
        let token = call.header("authorization").map(str::trim).map(|text| {
            let (scheme, rest) = text.split_at_checked("Bearer ".len()).unwrap_or_default();
            if scheme.eq_ignore_ascii_case("Bearer ") { rest.trim() } else { text }
        });
        // Other calls may carry a profile as well: there it says nothing.
        let named = call.endpoint.is_some_and(|endpoint| matches!(endpoint.needs, Needs::Account(_)));
        let account = match call.query("profile_id").filter(|_| named) {
            None => Named::No,
            Some(text) => ids::read_profile(&call.spelling, text.trim()).map_or(Named::Nonsense, Named::Account),
        };
        Credentials { token: token.filter(|token| !token.is_empty()).map(str::to_owned), account }
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(refusal) => return errors::refuse(call, &refusal),
        };
        let row = call.endpoint.and_then(|endpoint| table::row_named(endpoint.name));
        row.and_then(|row| (row.answer)(call, outcome))
            .unwrap_or_else(|| errors::refuse(call, &Refusal::Fault { code: "wappi-outcome".to_owned() }))
    }

    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        notice::notice(entry, setting)
    }

    fn needs_bytes<'e>(&self, entry: &'e Entry) -> Option<&'e Blob> {
        notice::needs_bytes(entry)
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&PAUSES),
            success: Success::Exactly200,
            timeout: PATIENCE,
            heeds_receiver: false,
        }
    }

    fn first_switches(&self) -> Option<serde_json::Value> {
        Some(switches::first())
    }

    fn account_name(&self, spelling: &Spelling, account: AccountId) -> String {
        ids::profile(spelling, account)
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(40)
    }
}

/// The profile that a call is about, as `uuid` shows it.
fn profile_of(call: &Call) -> String {
    match call.account() {
        Ok(account) => ids::profile(&call.spelling, account.id),
        Err(_) => call.query("profile_id").unwrap_or_default().to_owned(),
    }
}

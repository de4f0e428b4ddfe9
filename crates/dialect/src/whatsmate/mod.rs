//! WhatsMate's HTTP API (contract `phone.md` §3): messages to persons and into groups known by their names, two headers for
//! the credentials, an instance in the path; incoming messages by webhook, as its enterprise gateways tell them.
//!
//! [`table`] lists the endpoints; `read` makes commands of calls, `answer` makes bodies of outcomes. What differs from
//! upstream on purpose is in `README.md`.

mod answer;
mod body;
mod client;
mod notice;
mod read;
mod table;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{AccountId, Entry, Outcome, Refusal, Spelling};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};

pub struct WhatsMate;

/// Upstream documents no repetition at all; these forgive a receiver that restarts.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(600), Duration::from_secs(3600)];

impl Dialect for WhatsMate {
    fn name(&self) -> &'static str {
        "whatsmate"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        &table::ENDPOINTS
    }

    /// What is below `/v1` and not served is answered by our own API, whose beginning it is too.
    fn owns(&self, path: &str) -> bool {
        ["/v3/whatsapp", "/v3/telegram", "/v2/whatsapp"]
            .iter()
            .any(|land| path.strip_prefix(land).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// The secret is the key's token; the client's id is looked at when the key is known. An instance is the name of an
    /// account, or its number.
    fn credentials(&self, call: &Call) -> Credentials {
        let secret = call.header(client::SECRET).map(str::trim).filter(|secret| !secret.is_empty());
        let account = match call.param(table::INSTANCE) {
            "" => Named::No,
            instance => instance.parse().map_or(Named::Nonsense, |number| Named::Account(AccountId(number))),
        };
        Credentials { token: secret.map(str::to_owned), account }
    }

    fn account_called(&self, call: &Call) -> Option<String> {
        let instance = call.param(table::INSTANCE);
        (!instance.is_empty()).then(|| instance.to_owned())
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        answer::answer(call, outcome)
    }

    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        notice::notice(entry, setting)
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&PAUSES),
            success: Success::Any2xx,
            timeout: Duration::from_secs(15),
            heeds_receiver: false,
        }
    }

    fn account_name(&self, _: &Spelling, account: AccountId) -> String {
        account.to_string()
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(32)
    }
}

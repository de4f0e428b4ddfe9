//! The HTTP API of chat-api.com (contract `phone.md` §2), whose users were left without a service: one instance with one
//! token, messages by a growing number, webhooks.
//!
//! [`table`] lists the methods; `read` makes commands of calls, `answer` makes bodies of outcomes, [`notice`] makes
//! webhooks of journal entries. What differs from upstream on purpose is in `README.md`.

mod address;
mod answer;
mod arguments;
mod errors;
mod ids;
mod notice;
mod read;
mod settings;
mod shown;
mod table;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{AccountId, Entry, Outcome, Refusal, Spelling};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};

pub struct ChatApi;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// Between the 20 tries of a hook (contract §2, `guaranteedHooks`); upstream's pauses are not known. All in all about ten
/// hours.
const PAUSES: [Duration; 19] = [
    SECOND.saturating_mul(5),
    SECOND.saturating_mul(10),
    SECOND.saturating_mul(30),
    MINUTE,
    MINUTE.saturating_mul(2),
    MINUTE.saturating_mul(5),
    MINUTE.saturating_mul(10),
    MINUTE.saturating_mul(15),
    MINUTE.saturating_mul(15),
    MINUTE.saturating_mul(30),
    MINUTE.saturating_mul(30),
    MINUTE.saturating_mul(30),
    MINUTE.saturating_mul(30),
    HOUR,
    HOUR,
    HOUR,
    HOUR,
    HOUR,
    HOUR,
];

impl Dialect for ChatApi {
    fn name(&self) -> &'static str {
        "chat_api"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        &table::ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        first.strip_prefix("instance").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// The token stands in the query, the instance in the path.
    fn credentials(&self, call: &Call) -> Credentials {
        let token = call.query("token").map(str::to_owned);
        let account = ids::read_instance(call.param("id")).map_or(Named::Nonsense, Named::Account);
        Credentials { token, account }
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
            success: Success::Exactly200,
            timeout: Duration::from_secs(10),
            heeds_receiver: false,
        }
    }

    fn first_switches(&self) -> Option<serde_json::Value> {
        Some(settings::first())
    }

    fn account_name(&self, _: &Spelling, account: AccountId) -> String {
        ids::instance(account)
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(32)
    }
}

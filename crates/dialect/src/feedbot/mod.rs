//! Feedbot's HTTP API (contract `feedbot.md`): messages to be sent, and what became of them. Its two operations are two
//! hosts upstream, so a call is known by its host as well as by its path.
//!
//! [`table`] lists the endpoints; `read` makes commands of calls, `answer` makes bodies of outcomes. There are no
//! webhooks: clients ask. What differs from upstream on purpose is in `README.md`.

mod answer;
mod body;
mod ids;
mod phone;
mod read;
mod status;
mod table;

#[cfg(test)]
mod tests;

use std::time::Duration;

use http::Method;
use sluice_model::command::Wish;
use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::message::Trouble;
use sluice_model::{Entry, Outcome, Refusal, Timestamp};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, Setting, TokenShape};

pub struct Feedbot;

impl Dialect for Feedbot {
    fn name(&self) -> &'static str {
        "feedbot"
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        table::ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        ["feedbot", "addnewmessages", "getmessagestatus"].iter().any(|land| land.eq_ignore_ascii_case(first))
    }

    /// Upstream's function hosts answer at any path (contract §1). A host that begins with `feedbot` is ours alone: there
    /// the method tells the operations apart.
    fn path_at(&self, host: &str, method: &Method, path: &str) -> Option<&'static str> {
        let is = |name: &str| host.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        match path {
            _ if is("addnewmessages") => Some(table::ADD),
            _ if is("getmessagestatus") => Some(table::STATUS),
            "" | "/" if is("feedbot") => Some(if *method == Method::GET { table::STATUS } else { table::ADD }),
            _ => None,
        }
    }

    fn ignores_case(&self) -> bool {
        true
    }

    /// The account is the token's own.
    fn credentials(&self, call: &Call) -> Credentials {
        let token = call.header("auth").map(str::trim).filter(|token| !token.is_empty());
        Credentials { token: token.map(str::to_owned), account: Named::No }
    }

    fn unsendable(&self, wish: &Wish, now: Timestamp) -> Option<Trouble> {
        status::unsendable(wish, now)
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        answer::answer(call, outcome)
    }

    /// Nobody is called (contract §6).
    fn notice(&self, _entry: &Entry, _setting: &Setting<'_>) -> Option<Notice> {
        None
    }

    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::Independent,
            pauses: Pauses::Listed(&[]),
            success: Success::Any2xx,
            timeout: Duration::from_secs(10),
            heeds_receiver: false,
        }
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(40)
    }
}

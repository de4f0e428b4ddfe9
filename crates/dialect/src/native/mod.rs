//! `native` (`/v1`): Sluicegate's own API. What it is and why it is so stands in `README.md` beside this file.

mod address;
mod answer;
mod ids;
mod names;
mod notice;
mod openapi;
mod page;
mod problem;
mod read;
mod sample;
mod shape;
mod sign;
mod strict;
mod table;
mod when;

#[cfg(test)]
mod tests;

pub use problem::CODES;

use http::header::AUTHORIZATION;
use sluice_model::delivery::Schedule;
use sluice_model::{AccountId, Entry, Outcome, Refusal, Spelling};

use crate::{Call, Credentials, Dialect, Endpoint, Named, Notice, Reply, SentEvent, Setting, StreamItem, TokenShape};

pub use openapi::document as openapi;
pub use table::ENDPOINTS;

/// The word in keys, listeners, metrics and logs.
const NAME: &str = "native";

pub struct Native;

impl Dialect for Native {
    fn name(&self) -> &'static str {
        NAME
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        path == "/v1" || path.starts_with("/v1/")
    }

    /// `Authorization: Bearer …`, or `X-Api-Key`. The account is the path's; an event's path names it by the event.
    fn credentials(&self, call: &Call) -> Credentials {
        let named = |name: &str| call.params.iter().any(|(known, _)| *known == name);
        let account = if named("account") {
            ids::read_account(&call.spelling, call.param("account")).map_or(Named::Nonsense, Named::Account)
        } else if named("event") && !named("listener") {
            ids::event_in(call).map_or(Named::Nonsense, |event| Named::Account(event.account()))
        } else {
            Named::No
        };
        Credentials { token: token(call), account }
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        answer::reply(call, outcome)
    }

    fn stream_item(&self, _call: &Call, item: StreamItem<'_>) -> Option<SentEvent> {
        match item {
            StreamItem::Entry(entry, setting) => notice::sent(entry, setting),
            StreamItem::Login(step, _) => notice::step(step),
            StreamItem::LoginOver => None,
        }
    }

    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        notice::webhook(entry, setting)
    }

    fn schedule(&self) -> Schedule {
        notice::SCHEDULE
    }

    fn account_name(&self, spelling: &Spelling, account: AccountId) -> String {
        ids::account(spelling, account)
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Prefixed("sg_")
    }
}

fn token(call: &Call) -> Option<String> {
    let bearer = call.header(AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer.or_else(|| call.header("x-api-key")).filter(|token| !token.is_empty()).map(str::to_owned)
}

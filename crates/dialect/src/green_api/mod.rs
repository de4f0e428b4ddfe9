//! GREEN-API's HTTP API (`docs`: `README.md` beside this file; wire facts: contract greenapi.md).
//!
//! A client of any of the vendor's SDKs changes the host and nothing else.

mod address;
mod answer;
mod content;
mod errors;
mod frame;
mod ids;
mod instance;
mod members;
mod notice;
mod path;
mod rates;
mod read;
mod settings;
mod stage;
mod table;

#[cfg(test)]
mod tests;

use std::time::Duration;

use sluice_model::delivery::{Pauses, Queue, Schedule, Success};
use sluice_model::{AccountId, Entry, Outcome, Refusal, Spelling};

use self::path::Place;
use self::table::ENDPOINTS;
use crate::{
    Call, Credentials, Dialect, Endpoint, Named, Notice, Rate, Reply, SentEvent, Setting, StreamItem, TokenShape,
};

pub struct GreenApi;

const NAME: &str = "green_api";

impl Dialect for GreenApi {
    fn name(&self) -> &'static str {
        NAME
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn owns(&self, path: &str) -> bool {
        Place::of(path).is_some()
    }

    /// The SDKs write the methods in both ways (contract §0.1).
    fn ignores_case(&self) -> bool {
        true
    }

    /// The vendor's own chat page runs in browsers (contract §1.1).
    fn cors(&self) -> bool {
        true
    }

    fn rate(&self, endpoint: &Endpoint) -> Option<Rate> {
        rates::of(endpoint.name)
    }

    /// Out of the path itself, so that a call to an unknown method is refused for its token first (contract §0.10).
    fn credentials(&self, call: &Call) -> Credentials {
        let place = Place::of(&call.path);
        let token = place.map(|place| place.token).filter(|token| !token.is_empty());
        let account = place.and_then(|place| place.instance).map_or(Named::No, ids::account);
        Credentials { token: token.map(str::to_owned), account }
    }

    /// `linkPreview` is true by default (contract §2.2).
    fn shows_cards(&self) -> bool {
        true
    }

    fn answer(&self, call: &Call, outcome: Result<Outcome, Refusal>) -> Reply {
        answer::answer(call, outcome)
    }

    fn stream_item(&self, call: &Call, item: StreamItem<'_>) -> Option<SentEvent> {
        answer::frame(call, item)
    }

    fn notice(&self, entry: &Entry, setting: &Setting<'_>) -> Option<Notice> {
        notice::notice(entry, setting)
    }

    /// Contract §5.3.
    fn schedule(&self) -> Schedule {
        Schedule {
            queue: Queue::HeadOfLine,
            pauses: Pauses::Every { pause: Duration::from_secs(60), until: Duration::from_secs(24 * 3600) },
            success: Success::Exactly200,
            timeout: Duration::from_secs(180),
            heeds_receiver: false,
        }
    }

    fn first_switches(&self) -> Option<serde_json::Value> {
        Some(settings::first())
    }

    fn account_name(&self, _: &Spelling, account: AccountId) -> String {
        ids::instance(account).to_string()
    }

    fn token_shape(&self) -> TokenShape {
        TokenShape::Hex(50)
    }
}

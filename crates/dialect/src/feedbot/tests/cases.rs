//! Golden cases, `cases/*.txt`.

use std::time::Duration;

use serde_json::json;
use sluice_model::failure::Why;
use sluice_model::message::{Kept, Origin};
use sluice_model::refusal::Noun;
use sluice_model::{Address, Content, Outcome, Refusal, State};

use crate::feedbot::{Feedbot, ids};
use crate::golden::{Stage, world};

const STAGE: Stage = Stage { dialect: &Feedbot, fill, outcome };

fn fill(text: &str) -> String {
    text.replace("{message}", &ids::write(&world::spelling(), world::message_id(0)))
}

fn outcome(name: &str) -> Result<Outcome, Refusal> {
    Ok(match name {
        "one" => Outcome::Accepted(world::accepted(1)),
        "two" => Outcome::Accepted(world::accepted(2)),
        "not there" => return Err(Refusal::NotFound(Noun::Message)),
        "too long" => return Err(Refusal::TooLong { field: "text", limit: 4096 }),
        "busy" => return Err(Refusal::Busy { retry_after: Duration::from_secs(1) }),
        "fault" => return Err(Refusal::Fault { code: "F-1".into() }),
        _ => Outcome::Message(Box::new(message(name))),
    })
}

/// `sent`, `failed not_on_messenger`, `expired, valid until -1` (seconds from now), `uncertain for 3600`.
fn message(name: &str) -> Kept {
    let (name, end) = match name.split_once(", valid until ") {
        Some((name, seconds)) => (name, Some(seconds.parse::<i64>().unwrap())),
        None => (name, None),
    };
    let mut words = name.splitn(2, ' ');
    let state = words.next().and_then(State::named).unwrap_or_else(|| panic!("no outcome is called {name}"));
    let rest = words.next();
    let mut message = world::sent("feedbot", Address::Phone("972586666644".into()), Content::text("Hello world"));
    if let (Origin::Api { memo, .. }, Some(seconds)) = (&mut message.origin, end) {
        *memo = Some(json!({"invalidationTime": world::NOW.millis() + seconds * 1000}));
    }
    let mut kept = world::kept(message, state);
    match (state, rest) {
        (State::Uncertain, Some(rest)) => {
            let seconds = rest.strip_prefix("for ").and_then(|seconds| seconds.parse().ok()).unwrap();
            kept.state_at = world::NOW.minus(Duration::from_secs(seconds));
        }
        (_, Some(why)) => {
            kept.trouble = Some(world::trouble(serde_json::from_value::<Why>(json!(why)).unwrap()));
        }
        _ => {}
    }
    kept
}

#[test]
fn every_case_is_answered_byte_for_byte_and_every_endpoint_has_one() {
    STAGE.check_calls();
}

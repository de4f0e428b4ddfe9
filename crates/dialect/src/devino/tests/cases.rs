//! Golden cases, `cases/*.txt` and `cases/notices/*.txt`.

use std::time::Duration;

use sluice_model::ability::Ability;
use sluice_model::refusal::Noun;
use sluice_model::{Outcome, Refusal, Scope};

use crate::devino::Devino;
use crate::golden::{Stage, world};

const STAGE: Stage = Stage { dialect: &Devino, fill: str::to_owned, outcome };

/// `done`; `each ok, no sender, …`, a verdict for each message that reads well; or a refusal of the whole call.
fn outcome(name: &str) -> Result<Outcome, Refusal> {
    if let Some(each) = name.strip_prefix("each ") {
        let verdicts = each.split(", ").enumerate().map(|(place, word)| match word {
            "ok" => Ok(world::accepted(place as u64 + 1).remove(place)),
            "no sender" => Err(Refusal::NotFound(Noun::Account)),
            "no such ability" => Err(Refusal::Unsupported(Ability::Document)),
            "no connector" => Err(Refusal::Conflict("this gateway has no connector 'cloud'".into())),
            "too long" => Err(Refusal::TooLong { field: "text", limit: 500 }),
            "too late" => Err(Refusal::invalid("expires_at", "is before the message is to be sent")),
            _ => panic!("no verdict is called {word}"),
        });
        return Ok(Outcome::Each(verdicts.collect()));
    }
    Err(match name {
        "done" => return Ok(Outcome::Done),
        "nothing" => return Ok(Outcome::Each(Vec::new())),
        "forbidden" => Refusal::Forbidden(Scope::Send),
        "too large" => Refusal::TooLarge { limit: 1_048_576 },
        "key reused" => Refusal::KeyReused,
        "too many" => Refusal::TooMany { retry_after: Duration::from_secs(3) },
        "busy" => Refusal::Busy { retry_after: Duration::from_secs(1) },
        "fault" => Refusal::Fault { code: "F-1".into() },
        _ => panic!("no outcome is called {name}"),
    })
}

#[test]
fn every_case_is_answered_byte_for_byte_and_every_endpoint_has_one() {
    STAGE.check_calls();
}

#[test]
fn every_event_is_told_byte_for_byte() {
    STAGE.check_notices();
}

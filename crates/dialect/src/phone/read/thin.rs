//! The thin variant (contract §1.2): everything by GET or a form, so that any script can do it.

use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sluice_model::device::{Call as Word, Claim, Happening, Health, Manner, Report, Ticks, Told, Who};
use sluice_model::{Command, Refusal};

use super::super::notification::{self, Shown};
use super::{ID_LENGTH, ask, moment, of_device};
use crate::{Call, form};

/// What a script said: in the body, JSON or a form, or else in the query.
pub struct Said<'c> {
    body: Map<String, Value>,
    call: &'c Call,
}

impl<'c> Said<'c> {
    /// A body that is neither says nothing. One that begins as JSON does is meant as JSON.
    pub fn of(call: &'c Call) -> Result<Self, Refusal> {
        let is_json = call.body.trim_ascii_start().first() == Some(&b'{');
        let body = if is_json {
            call.json()?
        } else {
            let pairs = form::pairs(&call.body).unwrap_or_default().into_iter();
            // Of a name that comes twice the first counts.
            pairs.rev().map(|(name, value)| (name, Value::String(value))).collect()
        };
        Ok(Self { body, call })
    }

    pub fn get(&self, name: &str) -> Option<String> {
        let in_body = match self.body.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        in_body.or_else(|| self.call.query(name).map(str::to_owned)).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<String, Refusal> {
        self.get(name).ok_or(Refusal::Missing(name))
    }
}

fn is_on(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes")
}

pub fn next(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let health = Health {
        screen: call.query("screen").map(is_on),
        busy: call.query("busy").map(is_on),
        battery: call.query("battery").and_then(|percent| percent.trim_end_matches('%').parse().ok()),
        version: call.query("ver").map(|version| version.chars().take(64).collect()),
        ..Health::default()
    };
    let claim = Claim {
        who: Who::default(),
        began: call.at,
        wait_ms: 0,
        lease_s: None,
        have: Vec::new(),
        health,
        manner: Manner::Blind,
    };
    Ok(Command::Device { call: Box::new(Word::Claim(claim)), wait: Duration::ZERO })
}

/// 1 sent, 2 not sent (the number may not be there), 3 later.
pub fn result(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let said = Said::of(call)?;
    let id = said.required("id")?;
    let (state, reason) = match said.required("status")?.as_str() {
        "1" => (Told::Sent, None),
        "2" => (Told::Failed, Some("not_registered")),
        "3" => (Told::Retry, Some("busy")),
        _ => return Err(Refusal::invalid("status", "is 1 (sent), 2 (not sent) or 3 (try later)")),
    };
    let report = Report { id, lease: said.get("lease"), seq: None, state, reason: reason.map(str::to_owned), ui: None };
    Ok(ask(Word::Results { who: Who::default(), results: vec![report] }))
}

pub fn notification(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let said = Said::of(call)?;
    let text = |name: &str| said.get(name);
    let shown = Shown {
        package: text("package").unwrap_or_default(),
        title: text("title").unwrap_or_default(),
        text: text("text").or_else(|| text("ticker")).unwrap_or_default(),
        big_text: text("big_text"),
        messages: text("messages").map(|messages| lines(&messages)).unwrap_or_default(),
        key: text("key").or_else(|| text("sbn_id")),
        number: text("number"),
    };
    if shown.title.is_empty() && shown.text.is_empty() && shown.big_text.is_none() && shown.messages.is_empty() {
        return Err(Refusal::Missing("text"));
    }
    let post_ms = text("post_time").and_then(|millis| millis.parse().ok());
    let at = moment(call, post_ms);
    let what = notification::read(&shown, at);
    Ok(ask(Word::Events { events: vec![Happening { eid: eid(call, &said), at, what }] }))
}

/// The id of what was posted: a script that posts it twice has the same one, as far as it says when it was posted.
fn eid(call: &Call, said: &Said<'_>) -> String {
    let mut digest = Sha256::new();
    for name in ["package", "key", "sbn_id", "post_time", "title", "text", "ticker", "big_text", "messages"] {
        let value = said.get(name).unwrap_or_default();
        digest.update((value.len() as u64).to_be_bytes());
        digest.update(value.as_bytes());
    }
    if said.get("post_time").is_none() {
        digest.update(call.id.get().to_be_bytes());
    }
    hex::encode(&digest.finalize()[..12])
}

/// JSON, or one message a line.
fn lines(text: &str) -> Vec<Value> {
    match serde_json::from_str(text) {
        Ok(Value::Array(lines)) => lines,
        _ => text.lines().filter(|line| !line.trim().is_empty()).map(|line| Value::String(line.to_owned())).collect(),
    }
}

pub fn check(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    Ok(ask(Word::Check))
}

pub fn checked(call: &Call) -> Result<Command, Refusal> {
    of_device(call)?;
    let said = Said::of(call)?;
    let id = said.required("id")?;
    if id.len() > ID_LENGTH {
        return Err(Refusal::TooLong { field: "id", limit: ID_LENGTH });
    }
    let ticks = match said.required("ticks")?.as_str() {
        "clock" => Ticks::Clock,
        "one" => Ticks::One,
        "two" => Ticks::Two,
        "blue" => Ticks::Blue,
        "unknown" => Ticks::Unknown,
        _ => return Err(Refusal::invalid("ticks", "is clock, one, two, blue or unknown")),
    };
    Ok(ask(Word::Ticks { id, ticks }))
}

//! `sluice message get` and `sluice message trace`.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::Result;
use serde_json::Value;

use super::print;
use crate::cli::{Message, OneMessage};
use crate::client::Client;

pub async fn run(command: Message) -> Result<()> {
    match command {
        Message::Get(args) => {
            let message = fetch(&Client::new(&args.gateway)?, &args, "").await?;
            print(&format!("{}\n", serde_json::to_string_pretty(&message)?))
        }
        Message::Trace(args) => {
            let client = Client::new(&args.gateway)?;
            let trace = fetch(&client, &args, "/trace").await?;
            if args.gateway.json {
                return print(&format!("{trace}\n"));
            }
            print(&story(&trace, &names(&client, &trace).await))
        }
    }
}

async fn fetch(client: &Client, args: &OneMessage, part: &str) -> Result<Value> {
    let account = client.account(args.account.as_deref()).await?;
    client.get(&format!("/v1/accounts/{account}/messages/{}{part}", args.id)).await
}

/// What the listeners in a trace are called, by id; without those that have no name or that the key may not see.
async fn names(client: &Client, trace: &Value) -> Names {
    let mut names = Names::new();
    for call in list(trace, "deliveries") {
        let id = word(call, "listener");
        if !names.contains_key(id) {
            let listener = client.get(&format!("/v1/listeners/{id}")).await.unwrap_or_default();
            names.insert(id.to_owned(), word(&listener, "name").to_owned());
        }
    }
    names.retain(|_, name| !name.is_empty());
    names
}

/// Names of listeners by their ids.
pub type Names = BTreeMap<String, String>;

/// A trace as a timeline, one line a step under its day: when, what, and what a person should know of it.
pub fn story(trace: &Value, names: &Names) -> String {
    let mut steps = Vec::new();
    let request = &trace["request"];
    if request.is_object() {
        let note = format!(
            "{} {} through {}, answered {} after {} ms",
            word(request, "method"),
            word(request, "path"),
            word(request, "dialect"),
            request["status"],
            request["took_ms"],
        );
        steps.push((word(request, "at"), "accepted", note));
    } else {
        steps.push((word(&trace["message"], "at"), "accepted", String::new()));
    }
    for event in list(trace, "events") {
        let kind = word(event, "type");
        steps.push((word(event, "at"), kind.strip_prefix("message.").unwrap_or(kind), note_of(&event["data"])));
    }
    for call in list(trace, "deliveries") {
        let outcome = match call["status"].as_u64() {
            Some(status) => format!("answered {status} after {} ms", call["took_ms"]),
            None => word(call, "answer").to_owned(),
        };
        let id = word(call, "listener");
        let listener = names.get(id).map_or_else(|| id.to_owned(), |name| format!("{name:?} ({id})"));
        let told = list(trace, "events").find(|event| event["id"] == call["event"]);
        let told = told.map_or_else(|| word(call, "event"), |event| word(event, "type"));
        let note = format!("{told} to {listener}, attempt {}: {outcome}", call["number"]);
        steps.push((word(call, "at"), "webhook", note));
    }
    // RFC 3339 in one time zone and of one length sorts as text.
    steps.sort_by(|one, other| one.0.cmp(other.0));
    let (mut text, mut today) = (String::new(), "");
    for (at, step, note) in steps {
        let day = at.get(..10).unwrap_or_default();
        if day != today {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {day} (UTC)");
            today = day;
        }
        // Hours to milliseconds are what a reader compares.
        let line = format!("  {}  {step:<10} {note}", at.get(11..23).unwrap_or(at));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if let Some(reason) = trace["waits_for"].as_str() {
        let _ = writeln!(text, "  waits for: {reason}");
    }
    text
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Why it is not further, where an event says so.
fn note_of(data: &Value) -> String {
    let trouble = word(&data["message"]["trouble"], "note");
    let attempt = data["attempt"].as_u64().filter(|attempt| *attempt > 1);
    match attempt {
        Some(attempt) => format!("attempt {attempt} {trouble}"),
        None => trouble.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the native API tells it (crates/dialect/src/native/cases/answers/trace_message.whole.json).
    const TRACE: &str = include_str!("../../../dialect/src/native/cases/answers/trace_message.whole.json");

    #[test]
    fn the_story_says_what_happened_why_and_what_the_receiver_answered() {
        let case: Value = serde_json::from_str(TRACE).unwrap();
        let id = case["body"]["deliveries"][0]["listener"].as_str().unwrap().to_owned();
        let story = story(&case["body"], &Names::from([(id.clone(), "the CRM".to_owned())]));
        assert!(story.contains("accepted   POST /v1/messages"), "{story}");
        for event in case["body"]["events"].as_array().unwrap() {
            let note = word(&event["data"]["message"]["trouble"], "note");
            assert!(story.contains(note), "{note:?} is not told:\n{story}");
        }
        for call in case["body"]["deliveries"].as_array().unwrap() {
            assert!(story.contains(&format!("attempt {}", call["number"])), "{story}");
        }
        assert!(
            story.contains(&format!("message.delivered to \"the CRM\" ({id}), attempt 2: answered 500")),
            "{story}"
        );
        assert!(story.starts_with("  2026-10-01 (UTC)\n"), "{story}");
        assert_eq!(story.matches("(UTC)").count(), 1, "a day is said once:\n{story}");
        assert!(!story.contains("null"), "{story}");
    }
}

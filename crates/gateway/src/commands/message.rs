//! `sluice message get` and `sluice message trace`.

use std::fmt::Write;

use anyhow::Result;
use serde_json::Value;

use super::print;
use crate::cli::{Message, OneMessage};
use crate::client::Client;

pub async fn run(command: Message) -> Result<()> {
    match command {
        Message::Get(args) => {
            let message = fetch(&args, "").await?;
            print(&format!("{}\n", serde_json::to_string_pretty(&message)?))
        }
        Message::Trace(args) => {
            let trace = fetch(&args, "/trace").await?;
            print(&if args.gateway.json { format!("{trace}\n") } else { story(&trace) })
        }
    }
}

async fn fetch(args: &OneMessage, part: &str) -> Result<Value> {
    let client = Client::new(&args.gateway)?;
    let account = client.account(args.account.as_deref()).await?;
    client.get(&format!("/v1/accounts/{account}/messages/{}{part}", args.id)).await
}

/// A trace as a timeline, one line a step: when, what, and what a person should know of it.
pub fn story(trace: &Value) -> String {
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
    for event in trace["events"].as_array().into_iter().flatten() {
        let kind = word(event, "type");
        steps.push((word(event, "at"), kind.strip_prefix("message.").unwrap_or(kind), note_of(&event["data"])));
    }
    for call in trace["deliveries"].as_array().into_iter().flatten() {
        let outcome = match call["status"].as_u64() {
            Some(status) => format!("answered {status} after {} ms", call["took_ms"]),
            None => word(call, "answer").to_owned(),
        };
        let note = format!("{}, attempt {}: {outcome}", word(call, "listener"), call["number"]);
        steps.push((word(call, "at"), "webhook", note));
    }
    // RFC 3339 in one time zone and of one length sorts as text.
    steps.sort_by(|one, other| one.0.cmp(other.0));
    let mut text = String::new();
    for (at, step, note) in steps {
        // Hours to milliseconds are what a reader compares; the date is in the JSON.
        let line = format!("  {}  {step:<10} {note}", at.get(11..23).unwrap_or(at));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if let Some(reason) = trace["waits_for"].as_str() {
        let _ = writeln!(text, "  waits for: {reason}");
    }
    text
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
        let story = story(&case["body"]);
        assert!(story.contains("accepted   POST /v1/messages"), "{story}");
        for event in case["body"]["events"].as_array().unwrap() {
            let note = word(&event["data"]["message"]["trouble"], "note");
            assert!(story.contains(note), "{note:?} is not told:\n{story}");
        }
        for call in case["body"]["deliveries"].as_array().unwrap() {
            assert!(story.contains(&format!("attempt {}", call["number"])), "{story}");
        }
        assert!(!story.contains("null"), "{story}");
    }
}

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
    let mut text = String::new();
    for step in trace["timeline"].as_array().into_iter().flatten() {
        let word = |name: &str| step[name].as_str().unwrap_or_default();
        let at = word("at");
        // Hours to milliseconds are what a reader compares; the date is in the JSON.
        let time = at.get(11..23).unwrap_or(at);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {time}  {:<12} {}", word("step"), word("note"));
    }
    if let Some(reason) = trace["waits_for"].as_str() {
        let _ = writeln!(text, "  waits for: {reason}");
    }
    text
}

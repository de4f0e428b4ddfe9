//! `sluice tail`: events as they come.

use anyhow::Result;
use serde_json::Value;

use super::print;
use crate::cli::Tail;
use crate::client::Client;

pub async fn run(args: Tail) -> Result<()> {
    let client = Client::new(&args.gateway)?;
    let account = client.account(args.account.as_deref()).await?;
    let mut stream = client.stream(&format!("/v1/accounts/{account}/events")).await?;
    let mut unread = Vec::new();
    while let Some(bytes) = stream.chunk().await? {
        unread.extend_from_slice(&bytes);
        while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = unread.drain(..=end).collect();
            // Of a server-sent event only the data is shown; the id and the name stand in it too.
            if let Some(data) = String::from_utf8_lossy(&line).strip_prefix("data:") {
                print(&if args.gateway.json { format!("{}\n", data.trim()) } else { line_of(data) })?;
            }
        }
    }
    Ok(())
}

fn line_of(data: &str) -> String {
    let event: Value = serde_json::from_str(data).unwrap_or_default();
    let word = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let chat = word("/data/message/chat/address");
    // The words where there are some, else the kind; why, where it failed; who, where somebody calls.
    let said = ["/data/message/content/text", "/data/message/content/caption", "/data/message/content/type"];
    let words = said.into_iter().map(word).find(|words| !words.is_empty()).unwrap_or_default();
    let (why, caller) = (word("/data/message/trouble/note"), word("/data/call/from/address"));
    let line = format!("{}  {:<20} {chat}{caller}  {words}{why}", word("/at"), word("/type"));
    line.trim_end().to_owned() + "\n"
}

//! The demo's first message, through the same doors as any client's.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::Demo;
use crate::cli::Gateway;
use crate::client::Client;

/// Whom it goes to: a number that answers with the same text.
const FRIEND: &str = "79990000200";

/// Through the same doors as any client: log in, switch the notifications on, send, wait for the last word about it.
pub async fn message(base: &str, demo: &Demo, last_word: &str) -> Result<Value> {
    let client = Client::new(&Gateway { url: base.to_owned(), token: demo.token.clone(), json: true })?;
    for account in client.get("/v1/accounts").await?["items"].as_array().into_iter().flatten() {
        let id = account["id"].as_str().unwrap_or_default();
        if account["connector"] != "sandbox" {
            // Nobody plays the phone yet.
            continue;
        }
        let path = format!("/v1/accounts/{id}");
        let settled = |account: &Value| account["state"] == "open" || account["state"] == "login_needed";
        if until(&client, &path, settled).await?["state"] == "login_needed" {
            client.post(&format!("{path}/login"), &json!({"way": "qr"}), None).await?;
            client.post(&format!("/v1/sandbox/{id}/scan"), &json!({}), None).await?;
            until(&client, &path, |account| account["state"] == "open").await?;
        }
    }
    for (path, switches) in demo.corners.iter().filter_map(|corner| corner.switches.as_ref()) {
        client.post(path, switches, None).await?;
    }
    let messages = format!("/v1/accounts/{}/messages", demo.account);
    if demo.found {
        // What an earlier run left may take any time to be sent; the newest message there is tells its story.
        let newest = client.get(&format!("{messages}?direction=out&limit=1")).await?;
        return match newest["items"][0]["id"].as_str() {
            Some(id) => client.get(&format!("{messages}/{id}/trace")).await,
            None => Ok(Value::Null),
        };
    }
    let sent = client.post(&messages, &json!({"to": FRIEND, "text": "Hello from Sluicegate"}), None).await?;
    let message = format!("{messages}/{}", sent["id"].as_str().unwrap_or_default());
    until(&client, &message, |message| message["state"] == last_word).await?;
    client.get(&format!("{message}/trace")).await
}

/// Asks until the answer is as wanted; ten seconds are far more than the sandbox takes.
async fn until(client: &Client, path: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    for _ in 0..200 {
        let answer = client.get(path).await?;
        if wanted(&answer) {
            return Ok(answer);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{path} did not become ready; the log says more (SLUICE_LOG=info)")
}

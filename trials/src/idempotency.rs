//! Trial 7: one key, a thousand concurrent calls, a SIGKILL in their midst. One order, one answer to all, and a conflict for
//! another body.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use crate::clients::free_port;
use crate::report::{Report, Size};

/// At once under one key.
const CALLS: usize = 1000;

/// `count` keys.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 7: idempotency", size.seed);
    let environment = vec![("SLUICE_SERVER__LIMITS__CONNECTIONS_PER_ADDRESS".to_owned(), "2048".to_owned())];
    let mut gateway = Gateway::start(Plan { port: free_port().await?, environment, ..Plan::default() }).await?;
    for key in 0..size.count {
        // Every other key is cut by a kill.
        let answers = storm(&mut gateway, key, CALLS, key % 2 == 1).await?;
        let different: BTreeSet<_> = answers.iter().collect();
        if different.len() != 1 {
            report.fault(format!("key {key} had {} different answers: {different:?}", different.len()));
        }
        let orders = orders(&gateway, key).await?;
        if orders != 1 {
            report.fault(format!("key {key} made {orders} orders"));
        }
        let (status, other) = send(&gateway.http, &call(&gateway), key, "another text").await?;
        if status != 409 {
            report.fault(format!("key {key} with another body was answered {status}: {other}"));
        }
    }
    report.row("keys", size.count);
    report.row("concurrent calls a key", CALLS);
    report.row("keys with a SIGKILL amid their calls", size.count / 2);
    Ok(report)
}

/// Where to send and with which key.
fn call(gateway: &Gateway) -> (String, String) {
    let url = format!("{}/v1/accounts/{}/messages", gateway.base(), gateway.account());
    (url, gateway.word("/native/key").to_owned())
}

async fn storm(gateway: &mut Gateway, key: usize, calls: usize, kill: bool) -> Result<Vec<String>> {
    let target = call(gateway);
    let clients: Vec<_> = (0..calls)
        .map(|_| {
            let (http, target) = (gateway.http.clone(), target.clone());
            tokio::spawn(async move {
                loop {
                    match send(&http, &target, key, "pay once").await {
                        Ok((202, body)) => return Ok(body),
                        Ok((status, body)) if status != 503 => bail!("{status} {body}"),
                        // No answer, or full: the same call again.
                        _ => tokio::time::sleep(Duration::from_millis(20)).await,
                    }
                }
            })
        })
        .collect();
    if kill {
        tokio::time::sleep(Duration::from_millis(50)).await;
        gateway.kill().await?;
        gateway.restart().await?;
    }
    let mut answers = Vec::new();
    for client in clients {
        answers.push(tokio::time::timeout(Duration::from_secs(120), client).await.context("a call found no end")???);
    }
    Ok(answers)
}

async fn send(
    http: &reqwest::Client,
    (url, token): &(String, String),
    key: usize,
    text: &str,
) -> Result<(u16, String)> {
    let body = json!({"to": "79993001111", "text": format!("{text} {key}")});
    let answer =
        http.post(url).bearer_auth(token).header("idempotency-key", format!("key-{key}")).json(&body).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

async fn orders(gateway: &Gateway, key: usize) -> Result<usize> {
    let path = format!("/v1/accounts/{}/messages?direction=out&limit=500", gateway.account());
    let (_, page) = gateway.native(Method::GET, &path, None).await?;
    let text = Value::from(format!("pay once {key}"));
    Ok(page["items"].as_array().context("items")?.iter().filter(|message| message["content"]["text"] == text).count())
}

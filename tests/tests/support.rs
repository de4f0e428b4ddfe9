//! What somebody finds who is to help a customer: the log by the account's name, a listener that went silent, a queue.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::Plan;
use sluice_tests::receiver::Reply;
use sluice_tests::{Gateway, Receiver};

const PATIENCE: Duration = Duration::from_secs(30);

/// The first line of the log that holds all of this.
async fn line(log: &Path, words: &[&str]) -> Result<String> {
    let found = async {
        loop {
            let text = std::fs::read_to_string(log)?;
            if let Some(line) = text.lines().find(|line| words.iter().all(|word| line.contains(word))) {
                return anyhow::Ok(line.to_owned());
            }
            // The log is written beside what it tells.
            tokio::task::yield_now().await;
        }
    };
    let nothing = || format!("no line with {words:?}:\n{}", std::fs::read_to_string(log).unwrap_or_default());
    tokio::time::timeout(PATIENCE, found).await.with_context(nothing)?
}

#[tokio::test]
async fn log_lines_carry_the_accounts_name_and_the_reason() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("log");
    let environment = vec![("SLUICE_LOG".to_owned(), "info".to_owned())];
    let gateway = Gateway::start(Plan { log: Some(log.clone()), environment, ..Plan::default() }).await?;
    let name = format!("Лавка\n\u{1b}[31mERROR all is lost {}", "x".repeat(100));
    let new = json!({"name": name, "channel": "whatsapp", "connector": "sandbox"});
    let (status, added) = gateway.native(Method::POST, "/v1/accounts", Some(new)).await?;
    ensure!(status == 201, "{added}");
    let account = added["id"].as_str().context("id")?;
    gateway.sandbox_of(account, "scan", json!({})).await?;
    let connected = line(&log, &["Лавка", ": connected"]).await?;
    ensure!(connected.contains(r"Лавка\n\u{1b}[31mERROR") && !connected.contains('\u{1b}'), "{connected}");
    ensure!(connected.contains("xxxxx") && !connected.contains(&"x".repeat(64)), "bounded: {connected}");

    gateway.sandbox_of(account, "cut", json!({"for_ms": 600_000})).await?;
    let cut = line(&log, &["Лавка", ": disconnected"]).await?;
    ensure!(cut.contains("why=\"disconnected\" reason=\"") && !cut.contains("reason=\"disconnected\""), "{cut}");

    let renamed = json!({"name": "Corner shop"});
    let (status, answer) = gateway.native(Method::PATCH, &format!("/v1/accounts/{account}"), Some(renamed)).await?;
    ensure!(status == 200, "{answer}");
    line(&log, &["Лавка", "the account was renamed", "now=\"Corner shop\""]).await?;
    Ok(())
}

#[tokio::test]
async fn a_listener_that_the_receiver_has_ended_says_why_and_since_when() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::new(|call| Reply::status(if call.number == 0 { 410 } else { 200 })).await?;
    let new = json!({"url": hook.url(), "events": ["message.received"], "account": gateway.account()});
    let (status, added) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status == 201 && added["off"].is_null() && added["waiting"] == 0, "{added}");
    let path = format!("/v1/listeners/{}", added["id"].as_str().context("id")?);
    gateway.receive("79991112233", "anybody?").await?;
    let switched_off = async {
        loop {
            let (_, shown) = gateway.native(Method::GET, &path, None).await?;
            if shown["enabled"] == false {
                return anyhow::Ok(shown);
            }
        }
    };
    let shown = tokio::time::timeout(PATIENCE, switched_off).await.context("it is not switched off")??;
    let off = &shown["off"];
    ensure!(off["reason"].as_str().is_some_and(|reason| reason.contains("410")), "{shown}");
    ensure!(off["since"].as_str() >= added["created_at"].as_str(), "{shown}");
    // Who switches it off once more has not taken the reason away, and who switches it on has.
    let (_, still) = gateway.native(Method::PATCH, &path, Some(json!({"enabled": false}))).await?;
    assert_eq!(&still["off"], off, "{still}");
    let (_, on) = gateway.native(Method::PATCH, &path, Some(json!({"enabled": true}))).await?;
    ensure!(on["off"].is_null() && on["enabled"] == true, "{on}");
    let (_, by_hand) = gateway.native(Method::PATCH, &path, Some(json!({"enabled": false}))).await?;
    ensure!(by_hand["off"].is_null() && by_hand["enabled"] == false, "{by_hand}");
    Ok(())
}

#[tokio::test]
async fn what_waits_is_counted_the_same_wherever_it_is_shown() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.sandbox("cut", json!({"for_ms": 600_000})).await?;
    let account = format!("/v1/accounts/{}", gateway.account());
    for text in ["one", "two", "three"] {
        let body = json!({"to": "79991112233", "text": text});
        let (status, answer) = gateway.native(Method::POST, &format!("{account}/messages"), Some(body)).await?;
        ensure!(status == 202, "{answer}");
    }
    let (_, queue) = gateway.native(Method::GET, &format!("{account}/queue"), None).await?;
    let (_, shown) = gateway.native(Method::GET, &account, None).await?;
    assert_eq!((&queue["total"], &shown["waiting"]), (&json!(3), &json!(3)), "{queue} {shown}");
    ensure!(shown["resting_since"].is_null(), "{shown}");
    let newest = queue["items"][2]["at"].clone();
    ensure!(!newest.is_null() && shown["last_message_at"] == newest, "{newest} {shown}");

    let new = json!({"pull": true, "events": ["message.received"], "account": gateway.account()});
    let (status, queue) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status == 201 && queue["waiting"] == Value::Null, "a queue has no deliveries: {queue}");
    Ok(())
}

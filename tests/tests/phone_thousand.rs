//! A thousand messages through a phone with a hard life, and a gateway that is killed on the way: none is lost, and none goes
//! out twice without being marked.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::phone::{Handset, Misfortune};

const MESSAGES: usize = 1_000;
const CHATS: usize = 50;
/// A phone's minute is a fifth of a second. What takes the time is the disk: three answers a message, each given when its
/// words are safe.
const SPEED: u32 = 300;
const SEED: u64 = 6;

#[tokio::test]
async fn nothing_is_lost_and_nothing_is_doubled_in_silence() -> Result<()> {
    let mut gateway = Gateway::fast(SPEED).await?;
    let account = gateway.word("/phone/account").to_owned();
    lay(&gateway, &account).await?;

    let misfortune = Misfortune {
        dies_before: 40,
        dies_at_the_fence: 50,
        dies_after: 50,
        loses_answers: 40,
        repeats: 20,
        overlooks: 8,
        lies: 200,
        sleeps: 200,
    };
    let mut phone = Handset::new(gateway.base(), gateway.word("/phone/device_token"), SEED, misfortune);
    // Longer than the phone may be silent before its orders go back.
    phone.nap = Duration::from_millis(500);
    let (began, mut killed) = (Instant::now(), false);
    let mut idle = 0;
    // tidy: real time because the phone and the gateway are two processes
    while idle < 2 {
        let busy = phone.turn(1).await?;
        // Early: a fast clock begins anew at the world's time, and what was due by the old one waits for it.
        if !killed && phone.clicks.len() > MESSAGES / 10 {
            gateway.kill().await?;
            gateway.restart().await?;
            phone.find(gateway.base());
            killed = true;
        }
        idle = if busy || waiting(&gateway, &account).await? > 0 { 0 } else { idle + 1 };
        ensure!(began.elapsed() < Duration::from_secs(120), "{} went out so far", phone.clicks.len());
    }
    let told = told(&gateway, &account).await?;
    let (mut doubled, mut marked, mut unsure) = (0, 0, 0);
    ensure!(told.len() == MESSAGES, "{} messages are known", told.len());
    for (id, message) in &told {
        let clicks = phone.clicks.get(id).copied().unwrap_or_default();
        let (state, why) = (message["state"].as_str().unwrap_or_default(), message["trouble"]["why"].as_str());
        let uncertain = state == "uncertain";
        unsure += u32::from(uncertain);
        ensure!(uncertain || state == "sent", "{id} is {state}: {message}");
        ensure!(uncertain || clicks > 0, "lost: {id} is told to be sent and never went out: {message}");
        if clicks > 1 {
            doubled += 1;
            ensure!(uncertain || why == Some("duplicate"), "{id} went out {clicks} times in silence: {message}");
        }
        marked += u32::from(why == Some("duplicate"));
    }
    println!("{MESSAGES} in {:?}: {doubled} doubled, {marked} marked, {unsure} uncertain", began.elapsed());
    ensure!(killed, "the gateway was never killed");
    Ok(())
}

/// Lays the messages on the shelf, some calls at a time.
async fn lay(gateway: &Gateway, account: &str) -> Result<()> {
    let path = format!("/v1/accounts/{account}/messages");
    for part in 0..MESSAGES / CHATS {
        let sends = (0..CHATS).map(|chat| {
            let body = json!({"to": format!("7999100{chat:04}"), "text": format!("message {part} to {chat}")});
            gateway.native(Method::POST, &path, Some(body))
        });
        for answer in futures_util::future::join_all(sends).await {
            let (status, answer) = answer?;
            ensure!(status < 300, "{status} {answer}");
        }
    }
    Ok(())
}

async fn waiting(gateway: &Gateway, account: &str) -> Result<u64> {
    let (_, answer) = gateway.native(Method::GET, &format!("/v1/accounts/{account}/queue?limit=1"), None).await?;
    answer["total"].as_u64().with_context(|| answer.to_string())
}

/// Every message by its id at the messenger.
async fn told(gateway: &Gateway, account: &str) -> Result<HashMap<String, Value>> {
    let mut all = HashMap::new();
    for offset in (0..2 * MESSAGES).step_by(500) {
        let path = format!("/v1/accounts/{account}/messages?limit=500&offset={offset}");
        let (_, page) = gateway.native(Method::GET, &path, None).await?;
        for item in page["items"].as_array().context("no items")? {
            all.insert(item["remote"].as_str().unwrap_or_default().to_owned(), item.clone());
        }
    }
    Ok(all)
}

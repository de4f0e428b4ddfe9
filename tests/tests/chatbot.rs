//! An unmodified bot of another gateway's SDK answers customers through ours.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::{Gateway, tools};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

const MESSAGES: usize = 200;
const CHATS: usize = 20;

#[tokio::test]
async fn an_echo_bot_answers_two_hundred_customers_messages_once_each() -> Result<()> {
    let Some(python) = tools::python() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let mut bot = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/echo_bot.py"))
        .args([
            gateway.base(),
            &gateway.demo["green_api"]["id_instance"].to_string(),
            gateway.word("/green_api/api_token"),
        ])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(bot.stdout.take().context("stdout")?).lines();
    lines.next_line().await?.context("the bot did not start")?;
    // The bot throws away what is queued before it starts to poll; what is written once the queue is empty is answered.
    settle(&gateway).await?;

    for number in 0..MESSAGES {
        gateway.receive(&customer(number % CHATS), &format!("message {number}")).await?;
    }
    let answers = answers(&gateway).await?;
    for number in 0..MESSAGES {
        let text = format!("message {number}");
        let count = answers.get(&(customer(number % CHATS), text.clone())).copied().unwrap_or(0);
        ensure!(count == 1, "{text:?} was answered {count} times");
    }
    ensure!(answers.values().sum::<usize>() == MESSAGES, "the bot said more than it was asked: {answers:?}");
    Ok(())
}

fn customer(number: usize) -> String {
    format!("7999200{number:04}")
}

/// Until the bot has emptied the queue of the demo's own notifications.
async fn settle(gateway: &Gateway) -> Result<()> {
    for _ in 0..600 {
        let (_, count) = sluice_tests::gateway::answer(gateway.http.get(gateway.green("getWebhooksCount"))).await?;
        if count["count"] == 0 {
            return Ok(());
        }
        // tidy: real time because another process is waited for
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the bot does not empty the queue")
}

/// What the pretend messenger got from us, by chat and words, once there is enough of it or nothing more comes.
async fn answers(gateway: &Gateway) -> Result<BTreeMap<(String, String), usize>> {
    let mut answers = BTreeMap::new();
    for _ in 0..1200 {
        answers.clear();
        let path = format!("/v1/accounts/{}/messages?direction=out&limit=500", gateway.account());
        let (_, page) = gateway.native(Method::GET, &path, None).await?;
        for message in page["items"].as_array().context("items")? {
            let chat = message["chat"]["phone"].as_str().unwrap_or_default().to_owned();
            let text = message["content"]["text"].as_str().unwrap_or_default().to_owned();
            if text.starts_with("message ") && message["state"] != json!("waiting") {
                *answers.entry((chat, text)).or_insert(0) += 1;
            }
        }
        if answers.values().sum::<usize>() >= MESSAGES {
            return Ok(answers);
        }
        // tidy: real time because another process is waited for
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(answers)
}

//! The two queues of the GREEN-API dialect: what waits to be heard and what waits to be sent (contract greenapi.md §5).

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use sluice_tests::gateway::answer;
use sluice_tests::receiver::Reply;
use sluice_tests::{Gateway, Receiver};

const ANN: &str = "79991112233";

/// An hour of the gateway's clock for each second of the world's.
const FAST: u32 = 3_600;

#[tokio::test]
async fn the_head_comes_again_until_it_is_deleted_and_then_the_next_one() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.green_clear().await?;
    for text in ["one", "two"] {
        gateway.receive(ANN, text).await?;
    }
    let (head, again) = (gateway.green_head().await?, gateway.green_head().await?);
    ensure!(head == again && head["body"]["messageData"]["textMessageData"]["textMessage"] == "one", "{head} {again}");
    let (_, count) = gateway.green_get("getWebhooksCount").await?;
    ensure!(count["count"] == 2, "{count}");
    ensure!(gateway.green_delete(&head["receiptId"]).await?, "it was not deleted");
    ensure!(!gateway.green_delete(&head["receiptId"]).await?, "it was deleted twice");
    let next = gateway.green_head().await?;
    ensure!(next["body"]["messageData"]["textMessageData"]["textMessage"] == "two", "{next}");
    Ok(())
}

#[tokio::test]
async fn nothing_can_be_asked_for_while_a_webhook_is_set() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    gateway.green_ok("setSettings", json!({"webhookUrl": hook.url()})).await?;
    let (status, told) = gateway.green_get("receiveNotification").await?;
    let words = told["message"].as_str().unwrap_or_default();
    ensure!(
        status == 400 && words.starts_with("Message cannot be received because custom webhook url is set"),
        "{told}"
    );
    let delete = gateway.http.delete(format!("{}/1", gateway.green("deleteNotification")));
    let (status, told) = answer(delete).await?;
    ensure!(status == 400, "{status} {told}");
    gateway.green_ok("setSettings", json!({"webhookUrl": ""})).await?;
    let (status, told) = gateway.green_get("receiveNotification").await?;
    ensure!(status == 200, "{status} {told}");
    Ok(())
}

/// Twenty-five hours by the gateway's clock. What nobody took for 24 of them is not told any more; what came later is.
#[tokio::test]
async fn what_is_not_taken_for_24_hours_is_passed_over() -> Result<()> {
    let gateway = Gateway::fast(FAST).await?;
    gateway.green_clear().await?;
    gateway.receive(ANN, "old").await?;
    let begun = Instant::now();
    let hours = |hours: u32| Duration::from_secs(u64::from(hours) * 3_600) / FAST;
    let text = |head: &serde_json::Value| head["body"]["messageData"]["textMessageData"]["textMessage"].clone();

    // tidy: real time because the gateway is another process with a clock of its own
    tokio::time::sleep(hours(22).saturating_sub(begun.elapsed())).await;
    let head = gateway.green_head().await?;
    ensure!(begun.elapsed() >= hours(24) || text(&head) == "old", "after {:?}: {head}", begun.elapsed() * FAST);
    gateway.receive(ANN, "new").await?;
    // tidy: real time because the gateway is another process with a clock of its own
    tokio::time::sleep(hours(25).saturating_sub(begun.elapsed())).await;
    let head = gateway.green_head().await?;
    ensure!(text(&head) == "new", "after {:?}: {head}", begun.elapsed() * FAST);
    Ok(())
}

#[tokio::test]
async fn sends_wait_for_the_login_and_go_out_in_their_order() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.green_clear().await?;
    gateway.green_ok("setSettings", json!({"linkPreview": false})).await?;
    log_out(&gateway).await?;
    let mut sent = Vec::new();
    for text in ["one", "two", "three"] {
        sent.push(gateway.green_send(ANN, text).await?);
    }
    let (_, queue) = gateway.green_get("showMessagesQueue").await?;
    let waiting: Vec<_> = queue.as_array().into_iter().flatten().map(|row| row["messageID"].clone()).collect();
    ensure!(queue[0]["body"]["linkPreview"] == false, "the setting does not count: {queue}");
    ensure!(waiting == sent && queue[0]["type"] == "sendMessage" && queue[0]["body"]["message"] == "one", "{queue}");
    let (_, count) = gateway.green_get("getMessagesCount").await?;
    ensure!(count == json!({"count": 3}), "{count}");
    log_in(&gateway).await?;
    for id in &sent {
        let echo = gateway.green_until(|body| body["typeWebhook"] == "outgoingAPIMessageReceived").await?;
        ensure!(echo["idMessage"] == id.as_str(), "{echo} instead of {id}");
    }
    Ok(())
}

#[tokio::test]
async fn a_send_that_found_no_login_for_24_hours_is_told_as_failed_and_never_sent() -> Result<()> {
    let gateway = Gateway::fast(FAST).await?;
    gateway.green_clear().await?;
    log_out(&gateway).await?;
    let late = gateway.green_send(ANN, "too late").await?;
    let told = gateway.green_until(|body| body["idMessage"] == late.as_str()).await?;
    ensure!(told["status"] == "failed" && told["description"].is_string(), "{told}");
    let (_, queue) = gateway.green_get("showMessagesQueue").await?;
    ensure!(queue == json!([]), "{queue}");
    log_in(&gateway).await?;
    let next = gateway.green_send(ANN, "in time").await?;
    let echo = gateway.green_until(|body| body["typeWebhook"] == "outgoingAPIMessageReceived").await?;
    ensure!(echo["idMessage"] == next.as_str(), "{echo}");
    Ok(())
}

#[tokio::test]
async fn a_cleared_queue_sends_nothing() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.green_clear().await?;
    log_out(&gateway).await?;
    let cleared = gateway.green_send(ANN, "taken back").await?;
    let (status, told) = gateway.green_get("clearMessagesQueue").await?;
    ensure!(status == 200 && told == json!({"isCleared": true}), "{status} {told}");
    let (_, queue) = gateway.green_get("showMessagesQueue").await?;
    ensure!(queue == json!([]), "{queue}");
    log_in(&gateway).await?;
    let kept = gateway.green_send(ANN, "sent").await?;
    let echo = gateway.green_until(|body| body["typeWebhook"] == "outgoingAPIMessageReceived").await?;
    ensure!(echo["idMessage"] == kept.as_str() && echo["idMessage"] != cleared.as_str(), "{echo}");
    Ok(())
}

#[tokio::test]
async fn sends_keep_the_pause_that_is_set_between_them() -> Result<()> {
    const GAP: i64 = 30;
    let gateway = Gateway::fast(20).await?;
    gateway.green_clear().await?;
    gateway.green_ok("setSettings", json!({"delaySendMessagesMilliseconds": GAP * 1_000})).await?;
    for number in 0..4 {
        gateway.green_send(&format!("7999111223{number}"), "hi").await?;
    }
    let mut times = Vec::new();
    while times.len() < 4 {
        let echo = gateway.green_until(|body| body["typeWebhook"] == "outgoingAPIMessageReceived").await?;
        times.extend(echo["timestamp"].as_i64());
    }
    // The pause may be a tenth longer; the machine may be late by a second of the world, which is twenty here.
    let pauses: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    ensure!(pauses.iter().all(|pause| (GAP - 1..=GAP * 11 / 10 + 20).contains(pause)), "{pauses:?}");
    Ok(())
}

async fn log_out(gateway: &Gateway) -> Result<()> {
    let (status, told) = gateway.green_get("logout").await?;
    ensure!(status == 200 && told == json!({"isLogout": true}), "{status} {told}");
    gateway.green_state("notAuthorized").await
}

async fn log_in(gateway: &Gateway) -> Result<()> {
    let (status, told) = gateway.green_get("qr").await?;
    ensure!(status == 200, "{status} {told}");
    gateway.sandbox("scan", json!({})).await?;
    gateway.green_state("authorized").await
}

/// The next one waits as long as this one is refused, and no longer than 24 hours (§5.3).
#[tokio::test]
async fn a_webhook_that_refuses_one_for_24_hours_gets_the_next_one() -> Result<()> {
    let gateway = Gateway::fast(FAST).await?;
    gateway.green_clear().await?;
    let hook = Receiver::new(|call| {
        Reply::status(if call.body.windows(5).any(|word| word == b"\"old\"") { 500 } else { 200 })
    })
    .await?;
    gateway.green_ok("setSettings", json!({"webhookUrl": hook.url(), "stateWebhook": "no"})).await?;
    let begun = Instant::now();
    gateway.receive(ANN, "old").await?;
    gateway.receive(ANN, "new").await?;
    let is_new = |call: &sluice_tests::Call| call.json()["messageData"]["textMessageData"]["textMessage"] == "new";
    let mut seen = 0;
    loop {
        let calls = hook.wait_for(seen + 1, Duration::from_secs(60)).await?;
        if let Some(new) = calls.iter().find(|call| is_new(call)) {
            let hours = (new.at.duration_since(begun) * FAST).as_secs() / 3_600;
            ensure!((23..=27).contains(&hours), "the next one came after {hours} hours and {seen} calls");
            return Ok(());
        }
        seen = calls.len();
    }
}

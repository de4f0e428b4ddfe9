//! Webhooks: schedules to the second, order, signatures, replay.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::receiver::Reply;
use sluice_tests::{Gateway, Receiver};

const MINUTE: f64 = 60.0;
const PATIENCE: Duration = Duration::from_secs(60);

async fn wappi_hook(gateway: &Gateway, url: &str) -> Result<()> {
    let (status, answer) = gateway.wappi(Method::POST, &format!("/api/webhook/url/set?url={url}"), None).await?;
    ensure!(status == 200, "{answer}");
    let (status, answer) =
        gateway.wappi(Method::POST, "/api/webhook/types/set", Some(json!(["incoming_message"]))).await?;
    ensure!(status == 200, "{answer}");
    Ok(())
}

async fn green_hook(gateway: &Gateway, url: &str) -> Result<()> {
    // What the demo's first message left in the queue is not this test's.
    gateway.http.delete(gateway.green("clearWebhooksQueue")).send().await?;
    let switches = json!({
        "webhookUrl": url, "webhookUrlToken": "abc", "outgoingWebhook": "no", "outgoingAPIMessageWebhook": "no",
        "incomingWebhook": "yes", "stateWebhook": "no",
    });
    let answer = gateway.http.post(gateway.green("setSettings")).json(&switches).send().await?;
    ensure!(answer.status() == 200, "{}", answer.text().await?);
    Ok(())
}

/// Seconds of the gateway's clock between the first attempt and each.
fn pauses(calls: &[sluice_tests::Call], speed: f64) -> Vec<f64> {
    calls.iter().map(|call| call.at.duration_since(calls[0].at).as_secs_f64() * speed).collect()
}

#[tokio::test]
async fn wappi_calls_five_times_at_0_5_15_35_and_65_minutes_and_then_gives_up() -> Result<()> {
    const SPEED: u32 = 240;
    let gateway = Gateway::fast(SPEED).await?;
    // Neither 204 nor a redirect is the exact 200 that counts.
    let hook = Receiver::new(|call| Reply::status([204, 301, 500, 404, 202][call.number.min(4)])).await?;
    wappi_hook(&gateway, hook.url()).await?;
    gateway.receive("79991112233", "are you there?").await?;
    let calls = hook.wait_for(5, PATIENCE).await?;
    for (pause, wanted) in pauses(&calls, f64::from(SPEED)).into_iter().zip([0.0, 5.0, 15.0, 35.0, 65.0]) {
        // One second of the world is four minutes here; an attempt may come 0.1 s late on a busy machine. To the second the
        // schedule is held to by the relay's own tests, on a clock that stands still.
        let late = pause - wanted * MINUTE;
        ensure!((-1.0..=0.1 * f64::from(SPEED)).contains(&late), "{pause} s instead of {} s", wanted * MINUTE);
    }
    let bodies: Vec<_> = calls.iter().map(|call| call.body.clone()).collect();
    ensure!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the same event, the same bytes");
    // The sixth would come within 30 minutes of the gateway's clock if there were one.
    ensure!(hook.wait_for(6, Duration::from_secs(10)).await.is_err(), "a sixth attempt");
    Ok(())
}

#[tokio::test]
async fn a_failed_event_of_wappi_holds_up_no_other() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::new(|call| Reply::status(if call.json()["messages"][0]["body"] == "bad" { 500 } else { 200 }))
        .await?;
    wappi_hook(&gateway, hook.url()).await?;
    for text in ["bad", "one", "two", "three"] {
        gateway.receive("79991112233", text).await?;
    }
    let calls = hook.wait_for(4, PATIENCE).await?;
    let texts: Vec<_> = calls.iter().map(|call| call.json()["messages"][0]["body"].clone()).collect();
    ensure!(texts == ["bad", "one", "two", "three"], "{texts:?}");
    Ok(())
}

#[tokio::test]
async fn green_api_sends_the_next_only_when_this_one_got_its_200() -> Result<()> {
    const SPEED: u32 = 60;
    let gateway = Gateway::fast(SPEED).await?;
    let failures = Arc::new(AtomicUsize::new(3));
    let left = failures.clone();
    let hook = Receiver::new(move |_| {
        let fail = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        Reply::status(if fail { 500 } else { 200 })
    })
    .await?;
    green_hook(&gateway, hook.url()).await?;
    for text in ["one", "two", "three"] {
        gateway.receive("79991112233", text).await?;
    }
    let calls = hook.wait_for(6, PATIENCE).await?;
    let texts: Vec<_> =
        calls.iter().map(|call| call.json()["messageData"]["textMessageData"]["textMessage"].clone()).collect();
    ensure!(texts == ["one", "one", "one", "one", "two", "three"], "{texts:?}");
    for (pause, wanted) in pauses(&calls, f64::from(SPEED)).into_iter().zip([0.0, 60.0, 120.0, 180.0]) {
        ensure!((wanted - 1.0..=wanted + 0.2 * f64::from(SPEED)).contains(&pause), "{pause} s instead of {wanted} s");
    }
    ensure!(calls[0].headers["authorization"] == "Bearer abc");
    Ok(())
}

#[tokio::test]
async fn a_waiting_long_poll_is_woken_within_50_milliseconds() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let mut slowest = Duration::ZERO;
    loop {
        let taken: serde_json::Value =
            gateway.http.get(gateway.green("receiveNotification")).send().await?.json().await?;
        if taken.is_null() {
            break;
        }
        gateway.http.delete(format!("{}/{}", gateway.green("deleteNotification"), taken["receiptId"])).send().await?;
    }
    for number in 0..10 {
        let url = format!("{}?receiveTimeout=20", gateway.green("receiveNotification"));
        let (http, begun) = (gateway.http.clone(), std::time::Instant::now());
        let poll = tokio::spawn(async move {
            let taken: serde_json::Value = http.get(url).send().await?.json().await?;
            anyhow::Ok((taken, std::time::Instant::now()))
        });
        // The poll must be waiting before the message comes; a quarter of a second is plenty on loopback.
        // tidy: real time because the poll's waiting cannot be seen from outside
        tokio::time::sleep(Duration::from_millis(250)).await;
        gateway.receive("79991112233", &format!("wake {number}")).await?;
        let recorded = std::time::Instant::now();
        let (taken, woken) = poll.await??;
        ensure!(woken.duration_since(begun) >= Duration::from_millis(200), "it did not wait: {taken}");
        slowest = slowest.max(woken.saturating_duration_since(recorded));
        gateway.http.delete(format!("{}/{}", gateway.green("deleteNotification"), taken["receiptId"])).send().await?;
    }
    println!("slowest wake: {slowest:?}");
    ensure!(slowest <= Duration::from_millis(50), "{slowest:?}");
    Ok(())
}

#[tokio::test]
async fn a_listener_is_replayed_since_a_time_with_the_same_event_ids_and_one_event_is_sent_again() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let listener = json!({"url": hook.url(), "name": "crm", "events": ["message.received"]});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
    ensure!(status == 201, "{made}");
    let id = made["id"].as_str().context("id")?;
    for number in 0..5 {
        gateway.receive("79991112233", &format!("event {number}")).await?;
    }
    let first = hook.wait_for(5, PATIENCE).await?;
    let ids: Vec<_> = first.iter().map(|call| call.headers["webhook-id"].clone()).collect();

    // An attempt is on record a moment after the receiver has it; a replay before that may repeat the last ones.
    recorded(&gateway, id, 5).await?;
    let since = json!({"since": first[0].json()["at"]});
    let (status, answer) = gateway.native(Method::POST, &format!("/v1/listeners/{id}/replay"), Some(since)).await?;
    ensure!(status < 300, "{answer}");
    let again = hook.wait_for(10, PATIENCE).await?;
    let replayed: Vec<_> = again[5..].iter().map(|call| call.headers["webhook-id"].clone()).collect();
    ensure!(replayed == ids, "{replayed:?} instead of {ids:?}");

    recorded(&gateway, id, 10).await?;
    let event = ids[2].to_str()?;
    let path = format!("/v1/listeners/{id}/deliveries/{event}/resend");
    let (status, answer) = gateway.native(Method::POST, &path, None).await?;
    ensure!(status < 300, "{answer}");
    let resent = hook.wait_for(11, PATIENCE).await?;
    ensure!(resent[10].headers["webhook-id"] == ids[2]);

    let deliveries = recorded(&gateway, id, 11).await?;
    let attempt = &deliveries["items"][0];
    ensure!(attempt["status"] == 200 && attempt["took_ms"].is_number(), "{deliveries}");
    Ok(())
}

/// The listener's attempts, once so many are on record.
async fn recorded(gateway: &Gateway, listener: &str, count: usize) -> Result<serde_json::Value> {
    let path = format!("/v1/listeners/{listener}/deliveries");
    for _ in 0..500 {
        let (_, deliveries) = gateway.native(Method::GET, &path, None).await?;
        if deliveries["items"].as_array().is_some_and(|items| items.len() >= count) {
            return Ok(deliveries);
        }
    }
    anyhow::bail!("{count} attempts are never on record")
}

#[tokio::test]
async fn a_webhook_to_a_private_address_is_refused_and_the_reason_is_on_record() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let listener =
        json!({"url": "http://169.254.169.254/latest/meta-data", "name": "thief", "events": ["message.received"]});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
    ensure!(status == 201, "{made}");
    let id = made["id"].as_str().context("id")?;
    let path = format!("/v1/listeners/{id}/test");
    let (_, attempt) = gateway.native(Method::POST, &path, Some(json!({"event": "message.received"}))).await?;
    ensure!(attempt["status"].is_null(), "{attempt}");
    ensure!(attempt["answer"].as_str().is_some_and(|words| words.contains("not on the public internet")), "{attempt}");
    Ok(())
}

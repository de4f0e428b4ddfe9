//! Trial 9: a noisy neighbour. One account has a great backlog; another's messages are attempted as soon as before.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;

use crate::ledger::Ledger;
use crate::load;
use crate::report::{Report, Size};

/// Messages of the quiet account in each phase, and how far they are apart. The last hundredth of a hundred is one message.
const MESSAGES: usize = 100;
const MESSAGES_OF_FULL: usize = 1_000;
const PACE: Duration = Duration::from_millis(20);
/// Orders in one call, and calls at once, while the backlog is laid.
const BATCH: usize = 100;
const CALLS_AT_ONCE: usize = 8;
/// From so many on the trial is run by hand, on a machine with nothing else to do.
const FULL: usize = 500_000;
/// For a smaller one.
const ROOM: Duration = Duration::from_millis(500);

/// A backlog of `count` orders.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 9: noisy neighbour", size.seed);
    let gateway = Gateway::demo().await?;
    let (_, accounts) = gateway.native(Method::GET, "/v1/accounts", None).await?;
    let ids: Vec<&str> =
        accounts["items"].as_array().context("items")?.iter().filter_map(|a| a["id"].as_str()).collect();
    let quiet = *ids.iter().find(|id| **id != gateway.account()).context("the demo has two accounts")?;

    let messages = if size.count >= FULL { MESSAGES_OF_FULL } else { MESSAGES };
    let idle = phase(&gateway, quiet, "idle", messages).await?;
    // The backlog waits behind a cut connection until it is whole.
    gateway.sandbox("cut", json!({"for_ms": 600_000})).await?;
    backlog(&gateway, size.count).await?;
    gateway.sandbox("restore", json!({})).await?;
    let noisy = phase(&gateway, quiet, "noisy", messages).await?;
    let path = format!("/v1/accounts/{}/queue", gateway.account());
    let (_, queue) = gateway.native(Method::GET, &path, None).await?;
    let left = queue["total"].as_u64().context("total")?;
    ensure!(left > 0, "the backlog of {} was sent before the measurement ended: take a greater one", size.count);

    report.row("backlog of the noisy account", size.count);
    report.row("of it not yet sent at the end", left);
    report.row("the other's accept to attempt, idle: p50, p99", format!("{:.1?}, {:.1?}", idle.0, idle.1));
    report.row("beside the backlog: p50", format!("{:.1?}", noisy.0));
    let mut allowed = idle.1 * 2;
    if size.count < FULL {
        // The small size runs in a debug build beside other work.
        allowed += ROOM;
        report.room(format!(
            "the p99 beside the backlog, at twice the idle one and {ROOM:?} and not at twice, because a backlog of {} goes \
             with other work on the machine, and it takes {FULL}",
            size.count
        ));
    }
    report.at_most("beside the backlog: p99", noisy.1, allowed);
    Ok(report)
}

async fn backlog(gateway: &Gateway, count: usize) -> Result<()> {
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let path = format!("/v1/accounts/{}/messages/batch", gateway.account());
    let headers = format!("authorization: Bearer {}\r\n", gateway.word("/native/key"));
    let name = address.clone();
    let request = move |call: usize| {
        let messages: Vec<_> = (0..BATCH)
            .map(|number| json!({"to": format!("7998{:07}", call * BATCH + number), "text": "of the backlog"}))
            .collect();
        load::post(&name, &path, &headers, &json!({"messages": messages}).to_string())
    };
    load::run(&address, CALLS_AT_ONCE, count.div_ceil(BATCH), None, request).await.map(drop)
}

/// Sends messages of the quiet account; how long they took from the call to the messenger: p50 and p99.
async fn phase(gateway: &Gateway, account: &str, name: &str, messages: usize) -> Result<(Duration, Duration)> {
    let path = format!("/v1/accounts/{account}/messages");
    let mut ticks = tokio::time::interval(PACE);
    for number in 0..messages {
        ticks.tick().await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        let body = json!({"to": format!("7997{number:07}"), "text": format!("{name} {now}")});
        let (status, answer) = gateway.native(Method::POST, &path, Some(body)).await?;
        ensure!(status == 202, "{status} {answer}");
    }
    for _ in 0..600 {
        let ledger = Ledger::read(gateway.data())?;
        let took = |words: &str, at: i64| {
            let begun: i64 = words.strip_prefix(name)?.trim().parse().ok()?;
            // The messenger notes whole milliseconds; on average it is half a one later.
            Some(Duration::from_micros((at * 1000 + 500 - begun).max(0).unsigned_abs()))
        };
        let mut took: Vec<_> = ledger.0.iter().filter_map(|taken| took(&taken.words, taken.at)).collect();
        if took.len() == messages {
            took.sort_unstable();
            return Ok((took[messages / 2], took[messages * 99 / 100]));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the quiet account's messages were not sent within a minute")
}

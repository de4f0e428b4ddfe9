//! Trial 21: soak. At a steady pace nothing grows: not memory, not descriptors, not threads.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;
use sluice_tests::Gateway;

use crate::clients::drained;
use crate::load;
use crate::process::Held;
use crate::report::{Report, Size};

/// Messages a second.
const PACE: usize = 200;
const CONNECTIONS: usize = 8;
/// `relay.concurrency`, and a few.
const WEBHOOKS: f64 = 64.0 + 8.0;
/// Of a run by hand; before that, memory is still being taken up that is kept.
const FIRST: Duration = Duration::from_secs(3600);
/// MB an hour after the first.
const SLOPE: f64 = 1.0;
/// MB that a short run may take up: what grows by itself would be far above it.
const SMALL_GROWTH: f64 = 96.0;
const THREADS: f64 = 8.0;

/// `count` seconds.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 21: soak", size.seed);
    let gateway = Gateway::demo().await?;
    let process = gateway.process().context("process")?;
    let heard = load::receiver(|_| {}).await?;
    let listener = json!({"url": format!("http://{heard}/hook"), "events": ["message.sent"]});
    let (status, answer) = gateway.native(reqwest::Method::POST, "/v1/listeners", Some(listener)).await?;
    anyhow::ensure!(status < 300, "{status} {answer}");

    let address = gateway.base().trim_start_matches("http://").to_owned();
    let (path, headers) = (
        format!("/v1/accounts/{}/messages", gateway.account()),
        format!("authorization: Bearer {}\r\n", gateway.word("/native/key")),
    );
    let pause = Duration::from_secs(1) * CONNECTIONS as u32 / PACE as u32;
    let sending = tokio::spawn({
        let address = address.clone();
        async move {
            let name = address.clone();
            let request = move |number: usize| {
                let body = json!({"to": format!("7998{:07}", number % 5000), "text": format!("soak {number}")});
                load::post(&name, &path, &headers, &body.to_string())
            };
            load::run(&address, CONNECTIONS, size.count * PACE, Some(pause), request).await
        }
    });
    let (begun, mut looks) = (Instant::now(), Vec::new());
    while !sending.is_finished() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        looks.push((begun.elapsed(), Held::by(process)?));
    }
    let run = sending.await??;
    drained(&gateway).await?;

    let is_full = begun.elapsed() > FIRST * 2;
    let settled: Vec<_> = if is_full {
        looks.iter().filter(|(at, _)| *at > FIRST).copied().collect()
    } else {
        looks[looks.len() / 2..].to_vec()
    };
    let (slope, own) = (slope(&settled, |held| held.memory), slope(&settled, |held| held.own_memory));
    let span = |number: fn(&Held) -> f64| {
        let least = settled.iter().map(|(_, held)| number(held)).fold(f64::INFINITY, f64::min);
        let most = settled.iter().map(|(_, held)| number(held)).fold(0.0, f64::max);
        (least, most)
    };
    let (memory, descriptors, threads) =
        (span(|held| held.memory), span(|held| held.descriptors as f64), span(|held| held.threads as f64));
    report.row("messages", format!("{} at {:.0} a second", run.calls, run.rate()));
    report.row("p99 of an accept", format!("{:.1?}", run.quantile(0.99)));
    report.row("memory, least and most of the time that counts", format!("{:.1} and {:.1} MB", memory.0, memory.1));
    report.row("slope of what is not pages of files, MB an hour", format!("{own:.1}"));
    if is_full {
        report.at_most("slope of memory, MB an hour", slope, SLOPE);
    } else {
        report.row("slope of memory, MB an hour", format!("{slope:.1} (not judged)"));
        report.at_most("growth of memory in the second half, MB", memory.1 - memory.0, SMALL_GROWTH);
        report.room(format!(
            "memory, by its growth within the second half and not by its slope of {SLOPE} MB an hour, because the run lasted \
             {:.0?} and the slope is that of what follows the first hour of more than two",
            begun.elapsed()
        ));
    }
    // A listener may be called over so many connections at once, and has as many as it needed last.
    let beyond = |name: &str, least: f64| format!("{name}, most of them beyond their least of {least}");
    report.at_most(&beyond("descriptors", descriptors.0), descriptors.1 - descriptors.0, WEBHOOKS);
    report.at_most(&beyond("threads", threads.0), threads.1 - threads.0, THREADS);
    Ok(report)
}

/// Of some memory over time by least squares, in MB an hour.
fn slope(looks: &[(Duration, Held)], memory: fn(&Held) -> f64) -> f64 {
    let points: Vec<(f64, f64)> = looks.iter().map(|(at, held)| (at.as_secs_f64() / 3600.0, memory(held))).collect();
    let count = points.len().max(1) as f64;
    let (x, y) = (points.iter().map(|p| p.0).sum::<f64>() / count, points.iter().map(|p| p.1).sum::<f64>() / count);
    let (above, below) = points
        .iter()
        .fold((0.0, 0.0), |(above, below), (px, py)| (above + (px - x) * (py - y), below + (px - x) * (px - x)));
    if below == 0.0 { 0.0 } else { above / below }
}

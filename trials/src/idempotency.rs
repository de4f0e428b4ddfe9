//! Trial 7: one key, a thousand concurrent calls, a SIGKILL amid them. One order, one answer to all, and a conflict for
//! another body.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;
use tokio::sync::Notify;

use crate::clients::free_port;
use crate::report::{Report, Size};

/// At once under one key.
const CALLS: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(120);

/// `count` keys.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 7: idempotency", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let environment = vec![("SLUICE_SERVER__LIMITS__CONNECTIONS_PER_ADDRESS".to_owned(), "2048".to_owned())];
    let mut gateway = Gateway::start(Plan { port: free_port().await?, environment, ..Plan::default() }).await?;
    let (mut before_an_answer, mut after_one, mut answered, mut cut) = (0, 0, 0, 0);
    let mut first_answer = Duration::ZERO;
    for key in 0..size.count {
        // Every other key is cut by a kill: after the first answer, or at some moment on the way to it.
        let kill = match key % 4 {
            1 => Some(Kill::AfterAnAnswer),
            3 => Some(Kill::At(first_answer.mul_f64(rng.random()))),
            _ => None,
        };
        let storm = storm(&mut gateway, key, kill).await?;
        match storm.killed {
            None => first_answer = storm.first_answer,
            Some(0) => before_an_answer += 1,
            Some(_) => after_one += 1,
        }
        answered += storm.killed.unwrap_or_default();
        cut += storm.cut;
        let different: BTreeSet<_> = storm.answers.iter().collect();
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
    if size.count > 1 && cut == 0 {
        report.fault("no kill cut a call: this trial killed between calls, not amid them".to_owned());
    }
    report.row("keys", size.count);
    report.row("concurrent calls a key", CALLS);
    report.row("keys killed before their first answer, and after it", format!("{before_an_answer}, {after_one}"));
    report.row("calls answered before such a kill, and cut by it", format!("{answered}, {cut}"));
    Ok(report)
}

/// When, of a key's calls.
#[derive(Clone, Copy)]
enum Kill {
    AfterAnAnswer,
    /// So long after they were begun.
    At(Duration),
}

/// How the calls of one key went.
struct Storm {
    answers: Vec<String>,
    first_answer: Duration,
    /// How many had been answered when the gateway was killed.
    killed: Option<usize>,
    /// Calls that had a connection and were given no answer.
    cut: usize,
}

/// What the calls meet while they are under way.
#[derive(Default)]
struct Seen {
    answered: AtomicUsize,
    cut: AtomicUsize,
    first: Notify,
}

/// Where to send and with which key.
fn call(gateway: &Gateway) -> (String, String) {
    let url = format!("{}/v1/accounts/{}/messages", gateway.base(), gateway.account());
    (url, gateway.word("/native/key").to_owned())
}

async fn storm(gateway: &mut Gateway, key: usize, kill: Option<Kill>) -> Result<Storm> {
    let (target, seen, begun) = (call(gateway), Arc::new(Seen::default()), Instant::now());
    let clients: Vec<_> =
        (0..CALLS).map(|_| tokio::spawn(insist(gateway.http.clone(), target.clone(), key, seen.clone()))).collect();
    let first = async { tokio::time::timeout(PATIENCE, seen.first.notified()).await.context("no call is answered") };
    let mut killed = None;
    if let Some(kill) = kill {
        match kill {
            Kill::AfterAnAnswer => first.await?,
            Kill::At(time) => tokio::time::sleep(time).await,
        }
        gateway.kill().await?;
        killed = Some(seen.answered.load(Ordering::SeqCst));
        gateway.restart().await?;
    } else {
        first.await?;
    }
    let first_answer = begun.elapsed();
    let mut answers = Vec::new();
    for client in clients {
        answers.push(tokio::time::timeout(PATIENCE, client).await.context("a call found no end")???);
    }
    Ok(Storm { answers, first_answer, killed, cut: seen.cut.load(Ordering::SeqCst) })
}

/// One call, again and again until it is answered.
async fn insist(http: reqwest::Client, target: (String, String), key: usize, seen: Arc<Seen>) -> Result<String> {
    loop {
        match send(&http, &target, key, "pay once").await {
            Ok((202, body)) => {
                seen.answered.fetch_add(1, Ordering::SeqCst);
                seen.first.notify_one();
                return Ok(body);
            }
            Ok((status, body)) if status != 503 => bail!("{status} {body}"),
            // Full: the same call again.
            Ok(_) => {}
            Err(error) => drop(seen.cut.fetch_add(usize::from(!error.is_connect()), Ordering::SeqCst)),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn send(
    http: &reqwest::Client,
    (url, token): &(String, String),
    key: usize,
    text: &str,
) -> reqwest::Result<(u16, String)> {
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

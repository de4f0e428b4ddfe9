//! Trial 1: SIGKILL under load. Clients that repeat a call that got no answer, with the same idempotency key, as a careful
//! client does; afterwards every acknowledged message is at the messenger, under one id, and so is nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;
use tokio::sync::Mutex;

use crate::report::Report;

#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub kills: usize,
    pub clients: usize,
    pub seed: u64,
}

/// What the clients were promised: the gateway's id by the text they sent.
type Promises = Arc<Mutex<BTreeMap<String, String>>>;

pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 1: SIGKILL under load, SQLite", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let environment = vec![("SLUICE_SERVER__LIMITS__CONNECTIONS_PER_ADDRESS".to_owned(), "1024".to_owned())];
    let plan = Plan { port: free_port().await?, environment, ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;

    let load = Load {
        url: format!("{}/v1/accounts/{}/messages", gateway.base(), gateway.account()),
        key: gateway.word("/native/key").to_owned(),
        stop: Arc::default(),
        answered: Arc::default(),
        promises: Arc::default(),
    };
    let clients: Vec<_> = (0..size.clients).map(|client| tokio::spawn(load.clone().client(client))).collect();

    let mut slowest_start = Duration::ZERO;
    for _ in 0..size.kills {
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..2000))).await;
        gateway.kill().await?;
        let (killed, before) = (Instant::now(), load.answered.load(Ordering::SeqCst));
        gateway.restart().await?;
        while load.answered.load(Ordering::SeqCst) == before {
            if killed.elapsed() > Duration::from_secs(30) {
                bail!("no call was answered within 30 s of a restart");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        slowest_start = slowest_start.max(killed.elapsed());
    }
    load.stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await??;
    }
    drained(&gateway).await?;

    let promises = load.promises.lock().await;
    judge(&mut report, &promises, &ledger(&gateway)?);
    report.row("kills", size.kills);
    report.row("clients", size.clients);
    report.row("slowest first accept after a kill, starting the process included", format!("{slowest_start:.0?}"));
    Ok(report)
}

/// A clients' view of the gateway.
#[derive(Clone)]
struct Load {
    url: String,
    key: String,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    promises: Promises,
}

impl Load {
    /// Sends one message after another, each again until it is answered.
    async fn client(self, client: usize) -> Result<()> {
        let http = sluice_tests::http();
        for number in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            let text = format!("c{client}-n{number}");
            let body = json!({"to": format!("7999300{:04}", client), "text": text});
            let id = loop {
                let call = http.post(&self.url).bearer_auth(&self.key).header("idempotency-key", &text).json(&body);
                let call = call.timeout(Duration::from_secs(30));
                match call.send().await {
                    Ok(answer) if answer.status() == 202 => {
                        let Ok(accepted) = answer.json::<Value>().await else { continue };
                        break accepted["id"].as_str().context("id")?.to_owned();
                    }
                    Ok(answer) if answer.status() != 503 => bail!("{} {}", answer.status(), answer.text().await?),
                    // Full, or gone: again, under the same key.
                    _ => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            };
            self.answered.fetch_add(1, Ordering::SeqCst);
            self.promises.lock().await.insert(text, id);
        }
        Ok(())
    }
}

/// Until nothing waits to be sent.
async fn drained(gateway: &Gateway) -> Result<()> {
    let path = format!("/v1/accounts/{}/queue", gateway.account());
    for _ in 0..1200 {
        let (_, queue) = gateway.native(Method::GET, &path, None).await?;
        if queue["total"] == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the queue does not empty")
}

/// What the pretend messenger took, as its own ledger tells: by words, each id with how often it came.
fn ledger(gateway: &Gateway) -> Result<BTreeMap<String, BTreeMap<String, usize>>> {
    let mut taken: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for file in std::fs::read_dir(gateway.data().join("sandbox"))? {
        for line in std::fs::read_to_string(file?.path())?.lines() {
            // The last line of a killed process may be half a line: what it was about came again.
            let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
            if let (Some(remote), Some(words)) = (line["remote"].as_str(), line["words"].as_str()) {
                *taken.entry(words.to_owned()).or_default().entry(remote.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(taken)
}

fn judge(report: &mut Report, promises: &BTreeMap<String, String>, taken: &BTreeMap<String, BTreeMap<String, usize>>) {
    let mut repeats = 0;
    for text in promises.keys() {
        match taken.get(text) {
            None => report.fault(format!("{text} was acknowledged and never sent")),
            Some(ids) if ids.len() > 1 => report.fault(format!("{text} was sent under {} ids", ids.len())),
            Some(ids) => repeats += ids.values().sum::<usize>() - 1,
        }
    }
    let unasked =
        taken.keys().filter(|text| text.starts_with('c') && text.contains("-n") && !promises.contains_key(*text));
    for text in unasked {
        report.fault(format!("{text} was sent and never acknowledged"));
    }
    report.row("messages acknowledged", promises.len());
    report.row("acknowledged and lost", promises.keys().filter(|text| !taken.contains_key(*text)).count());
    report.row("sent again under the same id, and dropped by the messenger", repeats);
}

/// A port that is free now, to come back to after each kill.
pub async fn free_port() -> Result<u16> {
    Ok(tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port())
}

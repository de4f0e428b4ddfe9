//! The whole way: accept, claim, perform, settle, webhook. The sandbox takes every message at once; one webhook a message.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;
use tokio::sync::watch;

use super::peer::Peer;
use super::{Row, Size};
use crate::load;

/// What the benchmark asks of the configuration.
pub fn environment() -> Vec<(String, String)> {
    let keys = [
        ("SLUICE_CONNECTORS__SANDBOX__INSTANT", "true"),
        // What is measured is the gateway, not the vendor's fifty calls a second.
        ("SLUICE_SERVER__LIMITS__METHOD_RATES", "false"),
        // One account carries all the load here; as shipped, sixteen of its chats are served at a time.
        ("SLUICE_COURIER__IN_FLIGHT", "512"),
        ("SLUICE_SERVER__LIMITS__CONNECTIONS_PER_ADDRESS", "1024"),
    ];
    keys.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

pub async fn run(size: Size, peer: &Peer) -> Result<Vec<Row>> {
    let gateway = Gateway::start(Plan { environment: environment(), ..Plan::default() }).await?;
    let arrivals = Arrivals::default();
    let heard = arrivals.clone();
    let receiver = load::receiver(move |body| heard.note(body)).await?;
    let listener = json!({"url": format!("http://{receiver}/hook"), "name": "bench", "events": ["message.posted"]});
    let (status, answer) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
    ensure!(status == 201, "{answer}");

    let to = peer.address.clone();
    let limit = load::run(&peer.address, size.connections, size.accepts, None, move |number| {
        load::post(&to, "/sendMessage", "", &format!(r#"{{"chatId":"79990000000@c.us","message":"bench {number}"}}"#))
    })
    .await?;

    let full = journey(&gateway, &arrivals, size.connections, size.journeys, None).await?;
    // Half of what it can do, spread evenly over the connections.
    let pause = Duration::from_secs_f64(2.0 * size.connections as f64 / full.rate);
    let half = journey(&gateway, &arrivals, size.connections, size.journeys / 2, Some(pause)).await?;
    Ok(vec![
        Row::ratio(
            "accept to webhook delivered, messages a second, beside the same limit",
            full.rate,
            "/s",
            limit.rate(),
            0.2,
        ),
        Row::at_most("accept to webhook, p50 at half load", half.median.as_secs_f64() * 1000.0, "ms", 5.0),
        Row::at_most("processor time a message, end to end", full.processor.as_secs_f64() * 1000.0, "ms", 0.15),
    ])
}

struct Journey {
    rate: f64,
    median: Duration,
    /// Of the gateway, for one message.
    processor: Duration,
}

async fn journey(
    gateway: &Gateway,
    arrivals: &Arrivals,
    connections: usize,
    count: usize,
    pause: Option<Duration>,
) -> Result<Journey> {
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let path = format!("/v1/accounts/{}/messages", gateway.account());
    let key = format!("authorization: Bearer {}\r\n", gateway.word("/native/key"));
    arrivals.clear();
    let process = gateway.process().context("the gateway has ended")?;
    let (begun, worked) = (Instant::now(), processor_time(process)?);
    let (departures, to) = (arrivals.clone(), address.clone());
    load::run(&address, connections, count, pause, move |number| {
        departures.depart(number);
        load::post(&to, &path, &key, &format!(r#"{{"to":"7998{:07}","text":"bench#{number}#"}}"#, number % 5000))
    })
    .await?;
    let latencies = arrivals.wait_for(count).await?;
    Ok(Journey {
        rate: count as f64 / begun.elapsed().as_secs_f64(),
        median: latencies[latencies.len() / 2],
        processor: (processor_time(process)? - worked) / u32::try_from(count)?,
    })
}

/// When each message was sent, and how long its webhook took.
#[derive(Clone, Default)]
struct Arrivals {
    departed: Arc<Mutex<HashMap<usize, Instant>>>,
    latencies: Arc<Mutex<Vec<Duration>>>,
    count: Arc<watch::Sender<usize>>,
}

impl Arrivals {
    fn clear(&self) {
        self.departed.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.count.send_replace(0);
    }

    fn depart(&self, number: usize) {
        self.departed.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Instant::now());
    }

    /// The number stands in the words, between two hashes.
    fn note(&self, body: &[u8]) {
        let Some(start) = body.windows(6).position(|window| window == b"bench#") else { return };
        let digits = body[start + 6..].split(|byte| *byte == b'#').next().unwrap_or_default();
        let Some(number) = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok()) else {
            return;
        };
        let departed = self.departed.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        if let Some(departed) = departed {
            self.latencies.lock().unwrap_or_else(PoisonError::into_inner).push(departed.elapsed());
            self.count.send_modify(|count| *count += 1);
        }
    }

    async fn wait_for(&self, count: usize) -> Result<Vec<Duration>> {
        let mut seen = self.count.subscribe();
        if tokio::time::timeout(Duration::from_secs(120), seen.wait_for(|seen| *seen >= count)).await.is_err() {
            bail!("{} webhooks of {count} came", *self.count.borrow());
        }
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        latencies.sort_unstable();
        Ok(latencies)
    }
}

/// User and system time of a process (fields 14 and 15 of proc(5) stat, in ticks of a hundredth of a second).
fn processor_time(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<&str> = stat.rsplit_once(')').context("stat")?.1.split_whitespace().collect();
    let ticks = fields.get(11).context("utime")?.parse::<u64>()? + fields.get(12).context("stime")?.parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}

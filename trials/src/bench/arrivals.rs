//! When messages left and their webhooks came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use tokio::sync::watch;

use crate::load;

/// For the next webhook.
const PATIENCE: Duration = Duration::from_secs(60);

/// When each message was sent, and how long its webhook took.
#[derive(Clone, Default)]
pub struct Arrivals {
    departed: Arc<Mutex<HashMap<usize, Instant>>>,
    latencies: Arc<Mutex<Vec<Duration>>>,
    count: Arc<watch::Sender<usize>>,
}

impl Arrivals {
    /// A listener of the demo's that hears one kind of event, with the message's words in it.
    pub async fn hear(gateway: &Gateway, event: &str) -> Result<Self> {
        Self::listen(gateway, event, Self::note).await
    }

    /// A listener that only counts what it hears.
    pub async fn count(gateway: &Gateway, event: &str) -> Result<Self> {
        Self::listen(gateway, event, |arrivals, _| arrivals.count.send_modify(|count| *count += 1)).await
    }

    async fn listen(gateway: &Gateway, event: &str, hear: fn(&Self, &[u8])) -> Result<Self> {
        let arrivals = Self::default();
        let heard = arrivals.clone();
        let receiver = load::receiver(move |body| hear(&heard, body)).await?;
        let listener = json!({"url": format!("http://{receiver}/hook"), "name": "bench", "events": [event]});
        let (status, answer) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
        ensure!(status == 201, "{answer}");
        Ok(arrivals)
    }

    pub fn clear(&self) {
        self.departed.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.count.send_replace(0);
    }

    pub fn depart(&self, number: usize) {
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

    /// The latencies, sorted, once so many webhooks have come.
    pub async fn wait_for(&self, count: usize) -> Result<Vec<Duration>> {
        self.at_least(count).await?;
        let mut latencies = self.latencies.lock().unwrap_or_else(PoisonError::into_inner).clone();
        latencies.sort_unstable();
        Ok(latencies)
    }

    /// Waits until so many webhooks have come, as long as more of them come.
    pub async fn at_least(&self, count: usize) -> Result<()> {
        let mut seen = self.count.subscribe();
        while *seen.borrow_and_update() < count {
            if tokio::time::timeout(PATIENCE, seen.changed()).await.is_err() {
                bail!("{} webhooks of {count} came", *self.count.borrow());
            }
        }
        Ok(())
    }
}

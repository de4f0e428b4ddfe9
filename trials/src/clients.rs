//! Careful clients: each sends one message after another and repeats a call that got no answer, with the same idempotency
//! key. What they were promised is what the gateway is judged by.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use tokio::task::JoinHandle;

/// Between two tries of one call.
const PAUSE: Duration = Duration::from_millis(10);

/// An answer given: which message, and when the call that was answered was begun.
#[derive(Clone, Debug)]
pub struct Promise {
    pub id: String,
    pub begun: SystemTime,
}

/// What the clients were promised, by the words that they sent.
#[derive(Clone, Debug, Default)]
pub struct Promises(Arc<Mutex<BTreeMap<String, Promise>>>);

impl Promises {
    pub fn all(&self) -> BTreeMap<String, Promise> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn note(&self, words: String, promise: Promise) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(words, promise);
    }
}

/// Whether a client of these said so.
pub fn is_ours(words: &str) -> bool {
    words.starts_with('c') && words.contains("-n")
}

/// Clients at work, and what they saw.
#[derive(Clone)]
pub struct Load {
    url: String,
    key: String,
    stop: Arc<AtomicBool>,
    pub promises: Promises,
    pub answered: Arc<AtomicUsize>,
    /// Answers 503 that said when to come again.
    pub put_off: Arc<AtomicUsize>,
    /// Calls that found no answer: the gateway was gone.
    pub unanswered: Arc<AtomicUsize>,
    /// Of these, calls that were cut, and how: the gateway took the connection, and closed it without a word.
    cuts: Arc<Mutex<Vec<String>>>,
    /// The longest that a call waited for its answer, in milliseconds.
    pub longest: Arc<AtomicUsize>,
    /// Each client takes so long a rest between two messages.
    pub rest: Duration,
}

impl Load {
    /// On the demo's account. The gateway should listen on a port that it comes back to.
    pub fn on(gateway: &Gateway) -> Self {
        Self {
            url: format!("{}/v1/accounts/{}/messages", gateway.base(), gateway.account()),
            key: gateway.word("/native/key").to_owned(),
            stop: Arc::default(),
            promises: Promises::default(),
            answered: Arc::default(),
            put_off: Arc::default(),
            unanswered: Arc::default(),
            cuts: Arc::default(),
            longest: Arc::default(),
            rest: Duration::ZERO,
        }
    }

    /// Starts so many clients, each with a chat of its own.
    pub fn start(&self, clients: usize) -> Vec<JoinHandle<Result<()>>> {
        (0..clients).map(|client| tokio::spawn(self.clone().client(client))).collect()
    }

    /// Lets them finish the call that they are at.
    pub async fn stop(&self, clients: Vec<JoinHandle<Result<()>>>) -> Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        for client in clients {
            client.await??;
        }
        Ok(())
    }

    /// Waits for `more` answers beyond those there are.
    pub async fn progress(&self, more: usize) -> Result<Duration> {
        let (begun, before) = (Instant::now(), self.answered.load(Ordering::SeqCst));
        while self.answered.load(Ordering::SeqCst) < before + more {
            ensure!(begun.elapsed() < Duration::from_secs(60), "no call was answered within a minute");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(begun.elapsed())
    }

    pub fn cuts(&self) -> Vec<String> {
        self.cuts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn client(self, client: usize) -> Result<()> {
        let http = sluice_tests::http();
        let to = format!("7999300{client:04}");
        for number in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            self.send(&http, &to, format!("c{client}-n{number}")).await?;
            if !self.rest.is_zero() {
                tokio::time::sleep(self.rest).await;
            }
        }
        Ok(())
    }

    /// Sends one message, again and again until it is answered.
    pub async fn send(&self, http: &reqwest::Client, to: &str, words: String) -> Result<()> {
        let body = json!({"to": to, "text": words});
        let promise = loop {
            let (begun, at) = (Instant::now(), SystemTime::now());
            let call = http.post(&self.url).bearer_auth(&self.key).header("idempotency-key", &words).json(&body);
            let answer = call.timeout(Duration::from_secs(60)).send().await;
            self.longest.fetch_max(begun.elapsed().as_millis() as usize, Ordering::SeqCst);
            match answer {
                Ok(answer) if answer.status() == 202 => {
                    let Ok(accepted) = answer.json::<Value>().await else { continue };
                    break Promise { id: accepted["id"].as_str().context("id")?.to_owned(), begun: at };
                }
                Ok(answer) if answer.status() == 503 => {
                    ensure!(answer.headers().contains_key("retry-after"), "a 503 does not say when to come again");
                    self.put_off.fetch_add(1, Ordering::SeqCst);
                }
                Ok(answer) => bail!("{} {}", answer.status(), answer.text().await?),
                Err(error) => {
                    if !error.is_connect() {
                        let how = format!("after {:.0?}: {:#}", begun.elapsed(), anyhow::Error::new(error));
                        self.cuts.lock().unwrap_or_else(PoisonError::into_inner).push(how);
                    }
                    self.unanswered.fetch_add(1, Ordering::SeqCst);
                }
            }
            tokio::time::sleep(PAUSE).await;
        };
        self.answered.fetch_add(1, Ordering::SeqCst);
        self.promises.note(words, promise);
        Ok(())
    }
}

/// Waits until nothing waits to be sent, as long as it becomes less.
pub async fn drained(gateway: &Gateway) -> Result<()> {
    let path = format!("/v1/accounts/{}/queue", gateway.account());
    let (mut least, mut looks) = (u64::MAX, 0);
    while looks < 1200 {
        let (_, queue) = gateway.native(Method::GET, &path, None).await?;
        let total = queue["total"].as_u64().context("total")?;
        if total == 0 {
            return Ok(());
        }
        looks = if total < least { 0 } else { looks + 1 };
        least = least.min(total);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the queue does not empty: {least} are left")
}

/// Every message that the demo's account sent, as the gateway remembers it: its id by its words.
pub async fn stored(gateway: &Gateway) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let base = format!("/v1/accounts/{}/messages?direction=out&order=oldest&limit=500", gateway.account());
    for offset in (0..).step_by(500) {
        let (status, page) = gateway.native(Method::GET, &format!("{base}&offset={offset}"), None).await?;
        ensure!(status == 200, "{status} {page}");
        let items = page["items"].as_array().context("items")?;
        for message in items {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            found.insert(word(&message["content"]["text"]), word(&message["id"]));
        }
        if items.len() < 500 {
            break;
        }
    }
    Ok(found)
}

/// A port that is free now, to come back to after each restart. It is below those that the system gives out by itself, or a
/// connection of another test could stand on it while the gateway is down.
pub async fn free_port() -> Result<u16> {
    for _ in 0..100 {
        let port = rand::rng().random_range(20_000..32_000);
        if tokio::net::TcpListener::bind(("127.0.0.1", port)).await.is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port")
}

//! Long polls: how soon one that waits is woken, and what ten thousand that wait weigh.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;

use super::Row;
use super::ground::Ground;
use crate::load::{self, Connection};
use crate::process::{Held, allow_descriptors, worked};

/// Events that a poll waits for, one after another.
const WAKES: usize = 1_000;
/// After it is sent, a poll is given so long until it surely waits.
const SETTLED: Duration = Duration::from_millis(3);
/// Polls that wait beside each other, and how many are sent at a time.
const WAITING: usize = 10_000;
const OPENING: usize = 64;
/// How long they are watched while nothing happens.
const REST: Duration = Duration::from_secs(10);

pub async fn run() -> Result<Vec<Row>> {
    allow_descriptors(WAITING + 1_000)?;
    let mut rows = Vec::new();
    for ground in [Some(Ground::disk()?), Ground::memory()?].into_iter().flatten() {
        let mut environment = super::journey::environment();
        // As shipped there is room for 4,096 connections.
        environment.push(("SLUICE_SERVER__LIMITS__CONNECTIONS".to_owned(), (WAITING + 1_000).to_string()));
        let house = ground.gateway(environment).await?;
        let woken = Queue::of(&house.gateway, house.gateway.account()).await?;
        let p99 = woken.p99().await?;
        let name = |what: &str| format!("a waiting long poll, {what} {}", ground.label);
        rows.push(Row::at_most(name("event to answer at p99,"), p99, "ms", 5.0));
        if ground.is_memory {
            rows.extend(many(&house.gateway, &woken).await?);
        }
    }
    Ok(rows)
}

/// Ten thousand polls wait on the demo's other account.
async fn many(gateway: &Gateway, woken: &Queue) -> Result<Vec<Row>> {
    let (_, accounts) = gateway.native(Method::GET, "/v1/accounts", None).await?;
    let ids = accounts["items"].as_array().context("items")?.iter().filter_map(|account| account["id"].as_str());
    let other = ids.into_iter().find(|id| *id != gateway.account()).context("the demo has two accounts")?;
    let queue = Queue::of(gateway, other).await?;
    let process = gateway.process().context("it has ended")?;
    let base = Held::by(process)?.memory;

    let begin = || async {
        let mut poll = Connection::open(&queue.address).await?;
        poll.send(&queue.poll()).await?;
        anyhow::Ok(poll)
    };
    let mut polls: Vec<_> = stream::iter(0..WAITING).map(|_| begin()).buffer_unordered(OPENING).try_collect().await?;
    let before = worked(process)?;
    // tidy: real time because what another process does in a time is looked at
    tokio::time::sleep(REST).await;
    let idle = (worked(process)? - before).as_secs_f64() / REST.as_secs_f64();
    let held = Held::by(process)?.memory - base;
    let beside = woken.p99().await?;

    let mut caller = Connection::open(&queue.address).await?;
    let begun = Instant::now();
    let event = queue.event(WAKES);
    let (status, _) = caller.call(&event).await?;
    ensure!(status < 300, "{status}");
    for poll in &mut polls {
        let (status, body) = poll.answer().await?;
        ensure!(status == 200 && body.len() > 20, "{status} {}", String::from_utf8_lossy(body));
    }
    let all = begun.elapsed().as_secs_f64();
    Ok(vec![
        Row::at_most(format!("memory of {WAITING} waiting long polls"), held, "MB", 200.0),
        Row::told(format!("processor of {WAITING} waiting long polls"), idle, "cores", None),
        Row::told("a waiting long poll beside them, event to answer at p99", beside, "ms", None),
        Row::told(format!("one event for all {WAITING} of them, until the last is answered"), all, "s", None),
    ])
}

/// A queue that is asked, of one account.
struct Queue {
    address: String,
    listener: String,
    account: String,
    key: String,
}

impl Queue {
    async fn of(gateway: &Gateway, account: &str) -> Result<Self> {
        let new = json!({"name": "bench", "pull": true, "account": account, "events": ["message.received"]});
        let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
        ensure!(status == 201, "{status} {made}");
        Ok(Self {
            address: gateway.base().trim_start_matches("http://").to_owned(),
            listener: made["id"].as_str().context("id")?.to_owned(),
            account: account.to_owned(),
            key: format!("authorization: Bearer {}\r\n", gateway.word("/native/key")),
        })
    }

    fn poll(&self) -> Vec<u8> {
        load::get(&self.address, &format!("/v1/queues/{}?wait=60&limit=1", self.listener), &self.key)
    }

    /// A customer writes.
    fn event(&self, number: usize) -> Vec<u8> {
        let body = json!({"message": {"from": format!("7911{:07}", number % 500), "text": format!("poll {number}")}});
        load::post(&self.address, &format!("/v1/sandbox/{}/receive", self.account), &self.key, &body.to_string())
    }

    /// From the call that brings an event to the answer of the poll that waits for it, in ms.
    async fn p99(&self) -> Result<f64> {
        let mut poll = Connection::open(&self.address).await?;
        let mut caller = Connection::open(&self.address).await?;
        let mut took = Vec::with_capacity(WAKES);
        for number in 0..WAKES {
            poll.send(&self.poll()).await?;
            // tidy: real time because nothing outside shows that the poll waits
            tokio::time::sleep(SETTLED).await;
            let (event, begun) = (self.event(number), Instant::now());
            let answered = async {
                let (status, body) = poll.answer().await?;
                let took = begun.elapsed();
                ensure!(status == 200, "{status}");
                Ok((took, serde_json::from_slice::<Value>(body)?))
            };
            let called = async {
                let (status, _) = caller.call(&event).await?;
                ensure!(status < 300, "{status}");
                Ok(())
            };
            let ((woken, told), ()) = tokio::try_join!(answered, called)?;
            took.push(woken);
            let handled = json!({"upto": told["upto"]}).to_string();
            let path = format!("/v1/queues/{}/ack", self.listener);
            let (status, _) = caller.call(&load::post(&self.address, &path, &self.key, &handled)).await?;
            ensure!(status == 200, "{status}");
        }
        took.sort_unstable();
        Ok(took[WAKES * 99 / 100].as_secs_f64() * 1000.0)
    }
}

//! Long polls: how soon one wakes, and what ten thousand of them weigh.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::ground::Ground;
use super::rest::memory_mb;
use super::{Row, Size};
use crate::load::Connection;

/// Times that one poll is woken.
const WAKES: usize = 200;

pub async fn run(size: Size) -> Result<Vec<Row>> {
    // Without a disk's sync in between: what is measured is the waking.
    let ground = Ground::memory()?.map_or_else(Ground::disk, Ok)?;
    let polls = size.polls.to_string();
    let mut environment = super::journey::environment();
    for limit in ["CONNECTIONS", "CONNECTIONS_PER_ADDRESS", "REQUESTS_IN_FLIGHT"] {
        environment.retain(|(name, _)| !name.ends_with(&format!("LIMITS__{limit}")));
        environment.push((format!("SLUICE_SERVER__LIMITS__{limit}"), (size.polls + 1024).to_string()));
    }
    let house = ground.gateway(environment).await?;
    let gateway = &house.gateway;
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n").into_bytes();
    let path = |method: &str| gateway.green(method).trim_start_matches(gateway.base()).to_owned();

    let mut poll = Connection::open(&address).await?;
    let receive = get(&format!("{}?receiveTimeout=20", path("receiveNotification")));
    let mut clear = Connection::open(&address).await?;
    let delete =
        format!("DELETE {} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n", path("clearWebhooksQueue"));
    let mut took = Vec::with_capacity(WAKES);
    for number in 0..WAKES {
        clear.call(delete.as_bytes()).await?;
        let woken = async {
            let answer = poll.call(&receive).await?;
            ensure!(answer.0 == 200 && answer.1.len() > 10, "the poll came back empty");
            anyhow::Ok(Instant::now())
        };
        // The poll goes first; on one's own machine it waits well within these milliseconds.
        let event = async {
            // tidy: real time because what is measured is a process in the world's time.
            tokio::time::sleep(Duration::from_millis(10)).await;
            let begun = Instant::now();
            gateway
                .sandbox("receive", json!({"message": {"from": "79110000001", "text": format!("wake {number}")}}))
                .await?;
            anyhow::Ok(begun)
        };
        let (woken, begun) = tokio::try_join!(woken, event)?;
        took.push(woken.saturating_duration_since(begun));
    }
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100].as_secs_f64() * 1000.0;

    clear.call(delete.as_bytes()).await?;
    let process = gateway.process().unwrap_or_default();
    let before = memory_mb(process)?;
    let mut waiting = Vec::with_capacity(size.polls);
    let long = get(&format!("{}?receiveTimeout=60", path("receiveNotification")));
    for _ in 0..size.polls {
        let mut stream = TcpStream::connect(&address).await?;
        stream.write_all(&long).await?;
        waiting.push(stream);
    }
    // All of them were read when a call behind them is answered.
    clear.call(&get(&path("getStateInstance"))).await?;
    let weight = memory_mb(process)? - before;
    Ok(vec![
        Row::at_most("a waiting long poll woken by a new event, p99", p99, "ms", 5.0),
        Row::at_most(format!("{polls} waiting long polls"), weight, "MB", 200.0 * size.polls as f64 / 10_000.0),
    ])
}

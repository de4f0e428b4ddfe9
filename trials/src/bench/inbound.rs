//! A customer's message to its webhook, at a thousand messages a second.

use std::time::Duration;

use anyhow::Result;

use super::Row;
use super::arrivals::Arrivals;
use super::ground::Ground;
use crate::load;

const RATE: usize = 1_000;
const MESSAGES: usize = 5_000;
const CONNECTIONS: usize = 64;

pub async fn run() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for ground in [Some(Ground::disk()?), Ground::memory()?].into_iter().flatten() {
        let house = ground.gateway(super::journey::environment()).await?;
        let gateway = &house.gateway;
        let arrivals = Arrivals::hear(gateway, "message.received").await?;
        let address = gateway.base().trim_start_matches("http://").to_owned();
        let path = format!("/v1/sandbox/{}/receive", gateway.account());
        let key = format!("authorization: Bearer {}\r\n", gateway.word("/native/key"));
        let pause = Duration::from_secs_f64(CONNECTIONS as f64 / RATE as f64);
        let (departures, to) = (arrivals.clone(), address.clone());
        load::run(&address, CONNECTIONS, MESSAGES, Some(pause), move |number| {
            departures.depart(number);
            let from = 79_110_000_000 + number % 500;
            let body = format!(r#"{{"message":{{"from":"{from}","text":"bench#{number}#"}}}}"#);
            load::post(&to, &path, &key, &body)
        })
        .await?;
        let latencies = arrivals.wait_for(MESSAGES).await?;
        let p99 = latencies[latencies.len() * 99 / 100].as_secs_f64() * 1000.0;
        let name = format!("inbound event to webhook {}, p99 at {RATE} a second", ground.label);
        rows.push(Row::at_most(name, p99, "ms", 10.0));
    }
    Ok(rows)
}

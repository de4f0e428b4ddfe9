//! The whole way: accept, claim, perform, settle, webhook. The sandbox takes every message at once; one webhook a message.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sluice_tests::Gateway;

use super::arrivals::Arrivals;
use super::ground::Ground;
use super::peer::Peer;
use super::{Row, Size};
use crate::load;
use crate::process::worked;

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

pub async fn run(size: Size, peer: &Peer, ground: &Ground) -> Result<Vec<Row>> {
    let house = ground.gateway(environment()).await?;
    let gateway = &house.gateway;
    let arrivals = Arrivals::hear(gateway, "message.posted").await?;

    let to = peer.address.clone();
    let limit = load::run(&peer.address, size.connections, size.accepts, None, move |number| {
        load::post(&to, "/sendMessage", "", &format!(r#"{{"chatId":"79990000000@c.us","message":"bench {number}"}}"#))
    })
    .await?;

    let full = journey(gateway, &arrivals, size.connections, size.journeys, None).await?;
    // Half of what it can do, spread evenly over the connections.
    let pause = Duration::from_secs_f64(2.0 * size.connections as f64 / full.rate);
    let half = journey(gateway, &arrivals, size.connections, size.journeys / 2, Some(pause)).await?;
    let label = ground.label;
    let name = |what: &str| format!("accept to webhook {label}, {what}");
    let mut rows = vec![
        Row::ratio(name("messages a second, beside the same limit"), full.rate, "/s", limit.rate(), 0.2),
        Row::at_most(name("p50 at half load"), half.median.as_secs_f64() * 1000.0, "ms", 5.0),
        Row::at_most(name("processor time a message"), full.processor.as_secs_f64() * 1000.0, "ms", 0.15),
    ];
    if ground.is_memory && size.history > 0 {
        journey(gateway, &arrivals, size.connections, size.history, None).await?;
        let later = journey(gateway, &arrivals, size.connections, size.journeys, None).await?;
        let what = format!("messages a second after {} more, beside the beginning", size.history);
        rows.push(Row::ratio(name(&what), later.rate, "/s", full.rate, 0.9));
        let what = format!("processor time a message after {} more, beside the beginning", size.history);
        let ms = |journey: &Journey| journey.processor.as_secs_f64() * 1000.0;
        rows.push(Row::told(name(&what), ms(&later), "ms", Some(ms(&full))));
    }
    Ok(rows)
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
    let (begun, before) = (Instant::now(), worked(process)?);
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
        processor: (worked(process)? - before) / u32::try_from(count)?,
    })
}

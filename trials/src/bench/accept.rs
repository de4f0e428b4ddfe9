//! Durable accept: GREEN-API's `sendMessage` into a logged-out account, whose orders stay on the shelf, so that nothing but the
//! accept is measured.

use anyhow::Result;
use serde_json::json;

use super::ground::Ground;
use super::peer::Peer;
use super::{Row, Size};
use crate::load;

/// Rounds of peer and gateway in turn; the median round is the figure.
const ROUNDS: usize = 3;

/// `sync_ms` is what one sync of the disk takes.
pub async fn run(size: Size, peer: &Peer, ground: &Ground, sync_ms: f64) -> Result<Vec<Row>> {
    let house = ground.gateway(super::journey::environment()).await?;
    let gateway = &house.gateway;
    gateway.sandbox("logout", json!({"by": "device"})).await?;
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let path = gateway.green("sendMessage").trim_start_matches(gateway.base()).to_owned();

    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let calls = async |address: &str, path: &str| {
            let (to, path) = (address.to_owned(), path.to_owned());
            let request = move |number| load::post(&to, &path, "", &body(round, number));
            load::run(address, size.connections, size.accepts, None, request).await
        };
        let limit = calls(&peer.address, "/sendMessage").await?;
        let log = calls(&peer.address, "/keepMessage").await?;
        let ours = calls(&address, &path).await?;
        // The first round warms all up.
        if round > 0 {
            rounds.push((ours.rate() / limit.rate(), ours, limit, log));
        }
    }
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (_, ours, limit, log) = &rounds[rounds.len() / 2];
    let p99 = ours.quantile(0.99).as_secs_f64() * 1000.0;
    let label = ground.label;
    let mut rows = vec![
        Row::ratio(
            format!("durable accept {label}, calls a second, beside axum that only parses and answers"),
            ours.rate(),
            "/s",
            limit.rate(),
            0.6,
        ),
        Row::at_most(format!("durable accept {label}, p99"), p99, "ms", 25.0),
        Row::told(
            format!(
                "the least a durable accept can be {label}: the same axum, which also appends to a log, beside it without"
            ),
            log.rate(),
            "/s",
            Some(limit.rate()),
        ),
    ];
    if !ground.is_memory {
        // Each caller waits for a sync before its next call, so no gateway can be faster than this on this disk.
        let most = size.connections as f64 / (sync_ms / 1000.0);
        let name = format!("durable accept {label}, calls a second, beside {} callers a sync", size.connections);
        rows.push(Row::told(name, ours.rate(), "/s", Some(most)));
    }
    Ok(rows)
}

fn body(round: usize, number: usize) -> String {
    format!(r#"{{"chatId":"7998{:07}@c.us","message":"bench {round} {number}"}}"#, number % 5000)
}

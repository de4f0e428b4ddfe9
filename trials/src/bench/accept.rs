//! Durable accept: GREEN-API's `sendMessage` into a logged-out account, whose orders stay on the shelf, so that nothing but the
//! accept is measured.

use anyhow::Result;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use super::peer::Peer;
use super::{Row, Size};
use crate::load;

/// Rounds of peer and gateway in turn; the median round is the figure.
const ROUNDS: usize = 3;

pub async fn run(size: Size, peer: &Peer) -> Result<Vec<Row>> {
    let gateway = Gateway::start(Plan { environment: super::journey::environment(), ..Plan::default() }).await?;
    gateway.sandbox("logout", json!({"by": "device"})).await?;
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let path = gateway.green("sendMessage").trim_start_matches(gateway.base()).to_owned();

    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let to = peer.address.clone();
        let limit = load::run(&peer.address, size.connections, size.accepts, None, move |number| {
            load::post(&to, "/sendMessage", "", &body(round, number))
        })
        .await?;
        let (to, path) = (address.clone(), path.clone());
        let ours = load::run(&address, size.connections, size.accepts, None, move |number| {
            load::post(&to, &path, "", &body(round, number))
        })
        .await?;
        // The first round warms both up.
        if round > 0 {
            rounds.push((ours.rate() / limit.rate(), ours, limit));
        }
    }
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (_, ours, limit) = &rounds[rounds.len() / 2];
    let p99 = ours.quantile(0.99).as_secs_f64() * 1000.0;
    Ok(vec![
        Row::ratio(
            "durable accept, calls a second, beside axum that only parses and answers",
            ours.rate(),
            "/s",
            limit.rate(),
            0.6,
        ),
        Row::at_most("durable accept, p99", p99, "ms", 25.0),
    ])
}

fn body(round: usize, number: usize) -> String {
    format!(r#"{{"chatId":"7998{:07}@c.us","message":"bench {round} {number}"}}"#, number % 5000)
}

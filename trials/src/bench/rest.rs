//! What the gateway weighs and how soon it stands.

use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;

use super::ground::Ground;
use super::{Row, Size};
use crate::load;

pub async fn run(size: Size) -> Result<Vec<Row>> {
    let ground = Ground::disk()?;
    let binary = std::fs::metadata(sluice_tests::gateway::binary())?.len() as f64 / 1e6;
    let mut house = ground.gateway(super::journey::environment()).await?;
    let idle = memory_mb(house.gateway.process().context("it has ended")?)?;

    house.gateway.kill().await?;
    let empty = restart(&mut house).await?;

    house.gateway.sandbox("logout", json!({"by": "device"})).await?;
    let address = house.gateway.base().trim_start_matches("http://").to_owned();
    let path = house.gateway.green("sendMessage").trim_start_matches(house.gateway.base()).to_owned();
    let to = address.clone();
    load::run(&address, size.connections * 4, size.orders, None, move |number| {
        load::post(&to, &path, "", &format!(r#"{{"chatId":"7{number:010}@c.us","message":"bench {number}"}}"#))
    })
    .await?;
    house.gateway.kill().await?;
    let full = restart(&mut house).await?;
    Ok(vec![
        Row::at_most("idle memory", idle, "MB", 20.0),
        Row::at_most("the binary", binary, "MB", 40.0),
        Row::at_most("cold start of the demo, nothing waiting", empty, "s", 0.1),
        Row::at_most(format!("cold start of the demo after a kill, {} orders waiting", size.orders), full, "s", 1.0),
    ])
}

/// Seconds until the gateway has said that it is ready.
async fn restart(house: &mut super::ground::House) -> Result<f64> {
    let begun = Instant::now();
    house.gateway.restart().await?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Resident memory of a process (VmRSS of proc(5) status).
pub fn memory_mb(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    Ok(line.trim_end_matches("kB").trim().parse::<f64>()? / 1000.0)
}

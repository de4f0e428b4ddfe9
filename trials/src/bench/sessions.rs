//! What a linked WhatsApp account weighs, and how soon many of them are back: real sessions of the connector `whatsapp-web`
//! against the pretend WhatsApp.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sluice_tests::Gateway;
use sluice_whatsapp_world::World;

use super::ground::Ground;
use super::linked::{environment, link};
use super::{Row, Size};
use crate::process::Held;

/// What a session does after it came back: it looks at its devices and settles.
const SETTLING: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(120);
/// How many are to weigh no more than 45 MB together.
const FEW: usize = 50;
/// How many are to be back within five seconds of a restart.
const BACK: usize = 500;

pub async fn run(size: Size) -> Result<Vec<Row>> {
    // A gateway built without the test server's feature would not start with its keys.
    if size.sessions == 0 {
        return Ok(Vec::new());
    }
    let world = World::start().await?;
    let mut house = Ground::disk()?.gateway(environment(&world)).await?;
    let gateway = &mut house.gateway;
    let (_, base) = back(gateway, &world, 0).await?;
    let mut rows = Vec::new();
    let mut linked = 0;
    let counts = [1, FEW, 100, BACK, 1_000];
    for count in counts.into_iter().filter(|count| *count <= size.sessions) {
        link(gateway, &world, linked..count).await?;
        linked = count;
        let (seconds, held) = back(gateway, &world, count).await?;
        let each = (held - base) / count as f64;
        let name = format!("memory of a linked WhatsApp session, of {count}");
        rows.push(match count {
            // One carries what all of them share.
            1 => Row::told(name, each, "MB", None),
            FEW => Row::at_most(format!("memory of {FEW} linked WhatsApp sessions"), held - base, "MB", 45.0),
            _ => Row::at_most(name, each, "MB", 0.4),
        });
        if count == BACK {
            rows.push(Row::at_most(format!("{BACK} WhatsApp sessions back after a restart"), seconds, "s", 5.0));
        }
    }
    Ok(rows)
}

/// Restarts, and waits until so many are connected: after how many seconds, and the memory held when they have settled, MB.
async fn back(gateway: &mut Gateway, world: &World, count: usize) -> Result<(f64, f64)> {
    gateway.terminate().await?;
    world.until(PATIENCE, "all gone", |world| (world.all_online() == 0).then_some(())).await?;
    let begun = Instant::now();
    gateway.restart().await?;
    world.until(PATIENCE, "all back", |world| (world.all_online() == count).then_some(())).await?;
    let took = begun.elapsed().as_secs_f64();
    // tidy: real time because the memory of another process is looked at when it is at rest
    tokio::time::sleep(SETTLING).await;
    Ok((took, Held::by(gateway.process().context("it has ended")?)?.memory))
}

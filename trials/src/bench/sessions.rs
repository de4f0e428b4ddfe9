//! What a linked WhatsApp account weighs, and how soon many of them are back: real sessions of the connector `whatsapp-web`
//! against the pretend WhatsApp.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;
use sluice_tests::whatsapp::environment;
use sluice_whatsapp_world::World;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::rest::memory_mb;
use super::{Row, Size};

/// Linked at a time; each makes eight hundred keys.
const LINKING: usize = 16;
/// What a session does after it came back: it looks at its devices and settles.
const SETTLING: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(120);
/// How many are to be back within five seconds of a restart.
const BACK: usize = 500;

pub async fn run(size: Size) -> Result<Vec<Row>> {
    // A gateway built without the test server's feature would not start with its keys.
    if size.sessions == 0 {
        return Ok(Vec::new());
    }
    let world = World::start().await?;
    let folder = tempfile::tempdir()?;
    let mut environment = environment(&world);
    environment.push(("SLUICE_SERVER__LIMITS__METHOD_RATES".to_owned(), "false".to_owned()));
    let plan = Plan { data: Some(folder.path().join("data")), environment, ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let (_, base) = back(&mut gateway, &world, 0).await?;
    let mut rows = Vec::new();
    let mut linked = 0;
    let counts = [1, 100, BACK, 1_000];
    for count in counts.into_iter().filter(|count| *count <= size.sessions) {
        link(&gateway, &world, linked..count).await?;
        linked = count;
        let (seconds, held) = back(&mut gateway, &world, count).await?;
        let each = (held - base) / count as f64;
        let name = format!("memory of a linked WhatsApp session, of {count}");
        rows.push(match count {
            // One carries what all of them share.
            1 => Row::told(name, each, "MB", None),
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
    Ok((took, memory_mb(gateway.process().context("it has ended")?)?))
}

async fn link(gateway: &Gateway, world: &World, numbers: std::ops::Range<usize>) -> Result<()> {
    let turns = std::sync::Arc::new(Semaphore::new(LINKING));
    let mut linking = JoinSet::new();
    for number in numbers {
        let (turns, world, http) = (turns.clone(), world.clone(), gateway.http.clone());
        let (base, key) = (gateway.base().to_owned(), gateway.word("/native/key").to_owned());
        linking.spawn(async move {
            let _turn = turns.acquire().await?;
            let phone = format!("7998{number:07}");
            world.person(&phone, "Shop")?;
            let post = |path: String, body: serde_json::Value| {
                let request = http.request(Method::POST, format!("{base}{path}")).bearer_auth(&key).json(&body);
                sluice_tests::gateway::answer(request)
            };
            let new = json!({"name": phone, "channel": "whatsapp", "connector": "whatsapp-web"});
            let (status, made) = post("/v1/accounts".to_owned(), new).await?;
            ensure!(status == 201, "{status} {made}");
            let account = made["id"].as_str().context("id")?;
            let (status, shown) = post(format!("/v1/accounts/{account}/login"), json!({})).await?;
            ensure!(status == 200, "{status} {shown}");
            world.scan(shown["data"].as_str().with_context(|| format!("no QR code: {shown}"))?, &phone)?;
            world.until(PATIENCE, "linked", |world| world.is_online(&phone).then_some(())).await
        });
    }
    while let Some(linked) = linking.join_next().await {
        linked??;
    }
    Ok(())
}

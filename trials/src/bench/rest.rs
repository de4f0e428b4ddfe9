//! What the gateway weighs and how soon it stands.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::binary;
use tokio::process::Command;

use super::ground::Ground;
use super::{Row, Size};
use crate::clients::free_port;
use crate::load::{self, Connection};
use crate::process::Held;

/// Between two tries to reach a gateway that is starting.
const TRY: Duration = Duration::from_millis(2);
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn run(size: Size) -> Result<Vec<Row>> {
    let ground = Ground::disk()?;
    let (size_of_binary, how) = binary_mb()?;
    let mut house = ground.gateway(super::journey::environment()).await?;
    let gateway = &mut house.gateway;
    let process = gateway.process().context("it has ended")?;
    let idle = Held::by(process)?;
    gateway.kill().await?;
    let empty = cold_start(gateway).await?;

    gateway.restart().await?;
    // With nobody logged in every order stays.
    gateway.sandbox("logout", json!({"by": "device"})).await?;
    let (address, path) = (address(gateway), send_message(gateway));
    let to = address.clone();
    load::run(&address, size.connections * 4, size.orders, None, move |number| {
        load::post(&to, &path, "", &body(number))
    })
    .await?;
    gateway.kill().await?;
    let full = cold_start(gateway).await?;
    let orders = size.orders;
    Ok(vec![
        Row::at_most("idle memory", idle.memory, "MB", 20.0),
        Row::told("idle memory without the pages of the program's file", idle.own_memory, "MB", None),
        Row::at_most(format!("the binary, {how}"), size_of_binary, "MB", 40.0),
        Row::at_most("cold start to the first accept, nothing waiting", empty, "s", 0.1),
        Row::at_most(format!("cold start to the first accept after a kill, {orders} orders waiting"), full, "s", 1.0),
    ])
}

fn address(gateway: &Gateway) -> String {
    gateway.base().trim_start_matches("http://").to_owned()
}

/// The path of GREEN-API's `sendMessage`.
fn send_message(gateway: &Gateway) -> String {
    gateway.green("sendMessage").trim_start_matches(gateway.base()).to_owned()
}

fn body(number: usize) -> String {
    format!(r#"{{"chatId":"7{number:010}@c.us","message":"bench {number}"}}"#)
}

/// Starts `sluice serve` on the data of a gateway that has ended: seconds until it has accepted a message.
async fn cold_start(gateway: &Gateway) -> Result<f64> {
    let address = format!("127.0.0.1:{}", free_port().await?);
    let begun = Instant::now();
    let mut serving = Command::new(binary())
        .args(["serve", "--listen", &address, "--data"])
        .arg(gateway.data())
        .envs(super::journey::environment())
        .env("SLUICE_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let request = load::post(&address, &send_message(gateway), "", &body(0));
    let accepted = async {
        let mut connection = loop {
            match Connection::open(&address).await {
                Ok(connection) => break connection,
                Err(_) => tokio::time::sleep(TRY).await,
            }
        };
        let (status, answer) = connection.call(&request).await?;
        ensure!(status == 200, "{status} {}", String::from_utf8_lossy(answer));
        anyhow::Ok(begun.elapsed().as_secs_f64())
    };
    let took = tokio::time::timeout(PATIENCE, accepted).await.context("no message is accepted")??;
    serving.kill().await?;
    Ok(took)
}

/// The size of the gateway's program without its table of names, where binutils are there to take that away.
fn binary_mb() -> Result<(f64, &'static str)> {
    let folder = tempfile::tempdir()?;
    let stripped = folder.path().join("stripped");
    let strip = std::process::Command::new("strip").arg("-o").arg(&stripped).arg(binary()).status();
    let is_stripped = strip.is_ok_and(|status| status.success());
    let (file, how) = if is_stripped { (stripped, "stripped") } else { (binary(), "not stripped") };
    Ok((std::fs::metadata(file)?.len() as f64 / 1e6, how))
}

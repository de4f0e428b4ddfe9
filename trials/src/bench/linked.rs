//! Accounts of the connector `whatsapp-web`, linked to phones of the pretend WhatsApp.

use std::ops::Range;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_whatsapp_world::World;

/// Linked at a time. Each makes its eight hundred keys within the login call, which is given fifteen seconds.
const AT_ONCE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);

/// What a gateway for linked accounts is started with.
pub fn environment(world: &World) -> Vec<(String, String)> {
    let mut environment = sluice_tests::whatsapp::environment(world);
    environment.extend(super::journey::environment());
    environment
}

/// The number of the phone of the so-manieth account.
pub fn phone(number: usize) -> String {
    format!("7998{number:07}")
}

/// Makes these accounts and scans their codes; their ids, in any order.
pub async fn link(gateway: &Gateway, world: &World, numbers: Range<usize>) -> Result<Vec<(usize, String)>> {
    let one = |number| async move { Ok((number, link_one(gateway, world, &phone(number)).await?)) };
    stream::iter(numbers).map(one).buffer_unordered(AT_ONCE).try_collect().await
}

async fn link_one(gateway: &Gateway, world: &World, phone: &str) -> Result<String> {
    world.person(phone, "Shop")?;
    // As shipped, a connector that could be banned paces itself.
    let pace = json!({"send_gap_ms": 1});
    let new = json!({"name": phone, "channel": "whatsapp", "connector": "whatsapp-web", "settings": pace});
    let (status, made) = gateway.native(Method::POST, "/v1/accounts", Some(new)).await?;
    ensure!(status == 201, "{status} {made}");
    let account = made["id"].as_str().context("id")?;
    let path = format!("/v1/accounts/{account}/login");
    let (status, shown) = gateway.native(Method::POST, &path, Some(json!({}))).await?;
    ensure!(status == 200, "{status} {shown}");
    world.scan(shown["data"].as_str().with_context(|| format!("no QR code: {shown}"))?, phone)?;
    world.until(PATIENCE, "linked", |world| world.is_online(phone).then_some(())).await?;
    Ok(account.to_owned())
}

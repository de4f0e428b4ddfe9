//! WhatsMate: a client's id and secret, and an instance that is the first account.

use anyhow::Result;
use serde_json::json;

use super::Corner;
use super::keys::KeyRing;

const CLIENT: &str = "demo@sluicegate.example";

pub async fn corner(ring: &KeyRing<'_>) -> Result<Corner> {
    let (base, instance) = (ring.base(), ring.account_name("whatsmate"));
    let secret = ring.secret("whatsmate")[..32].to_owned();
    ring.keep(None, "whatsmate", "demo whatsmate", &secret, json!({"client_id": CLIENT})).await?;
    Ok(Corner {
        name: "whatsmate",
        members: json!({"client_id": CLIENT, "client_secret": secret, "instance": instance}),
        title: "WhatsMate",
        lines: format!(
            r#"  curl -X POST "{base}/v3/whatsapp/single/text/message/{instance}" \
    -H "X-WM-CLIENT-ID: {CLIENT}" \
    -H "X-WM-CLIENT-SECRET: {secret}" \
    -H "Content-Type: application/json" \
    -d '{{"number": "79990000200", "message": "Hello World"}}'
"#
        ),
        switches: None,
    })
}

//! Native webhooks follow Standard Webhooks: the reference libraries of two languages verify them.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::{Gateway, Receiver, tools};
use tokio::process::Command;

/// A signed call: what a verifier needs, and the secret.
async fn signed_call() -> Result<(String, sluice_tests::Call)> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let listener = json!({"url": hook.url(), "name": "signed", "events": ["message.received"]});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
    ensure!(status == 201, "{made}");
    let secret = made["secret"].as_str().context("the secret is shown when it is made")?.to_owned();
    gateway.receive("79991112233", "привет, «подпись» 👋").await?;
    let call = hook.wait_for(1, Duration::from_secs(30)).await?.remove(0);
    Ok((secret, call))
}

async fn verify(program: PathBuf, script: &str, secret: &str, call: &sluice_tests::Call) -> Result<bool> {
    let header =
        |name: &str| call.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body = String::from_utf8(call.body.to_vec())?;
    let status = Command::new(program)
        .args(["-c", "-e"].iter().filter(|flag| (**flag == "-e") == script.contains("require(")))
        .arg(script)
        .args([secret, &body, &header("webhook-id"), &header("webhook-timestamp"), &header("webhook-signature")])
        .status()
        .await?;
    Ok(status.success())
}

const PYTHON: &str = "\
import sys
from standardwebhooks.webhooks import Webhook
secret, body, id, timestamp, signature = sys.argv[1:6]
Webhook(secret).verify(body, {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature})
";

const NODE: &str = "\
const { Webhook } = require('standardwebhooks');
const [secret, body, id, timestamp, signature] = process.argv.slice(1);
new Webhook(secret).verify(body, {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature});
";

#[tokio::test]
async fn the_python_library_verifies_a_call_and_refuses_a_changed_one() -> Result<()> {
    let Some(python) = tools::python() else { return Ok(()) };
    check(python, PYTHON).await
}

#[tokio::test]
async fn the_npm_library_verifies_a_call_and_refuses_a_changed_one() -> Result<()> {
    let Some(node) = tools::node() else { return Ok(()) };
    check(node, NODE).await
}

async fn check(program: PathBuf, script: &str) -> Result<()> {
    let (secret, mut call) = signed_call().await?;
    ensure!(verify(program.clone(), script, &secret, &call).await?, "a good call is refused");
    call.body = [&call.body[..], b" "].concat().into();
    ensure!(!verify(program, script, &secret, &call).await?, "a changed call is taken");
    Ok(())
}

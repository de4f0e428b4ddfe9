//! The vendor's own Python SDK, unmodified, against the built binary: every method in strict mode.

use std::process::Stdio;

use anyhow::{Result, ensure};
use sluice_tests::{Gateway, tools};
use tokio::process::Command;

#[tokio::test]
async fn every_method_of_the_python_sdk_is_answered_as_it_expects() -> Result<()> {
    let Some(python) = tools::python() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let output = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/green_sdk.py"))
        .args([gateway.base(), &gateway.demo["green_api"]["id_instance"].to_string()])
        .args([gateway.word("/green_api/api_token"), gateway.word("/green_api/partner_token")])
        .args([gateway.word("/native/key"), gateway.account()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output()
        .await?;
    let (out, trouble) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let last: Vec<_> = out.lines().rev().take(3).collect();
    ensure!(output.status.success(), "{trouble}\nthe last calls, newest first: {last:?}");
    ensure!(last.first() == Some(&"done"), "{last:?}");
    Ok(())
}

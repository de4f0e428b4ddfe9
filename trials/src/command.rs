//! The command line of the gateway under trial.

use std::ffi::OsStr;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use sluice_tests::gateway::binary;
use tokio::process::Command;

/// Runs `sluice` with these arguments; what it printed.
pub async fn sluice<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Result<String> {
    let output = Command::new(binary()).args(arguments).stdin(Stdio::null()).output().await.context("sluice")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "sluice ended with {}: {complaint}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

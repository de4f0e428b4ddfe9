//! The trials at the size of the test command.

use anyhow::Result;
use sluice_trials::{idempotency, kill};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_twenty_kills() -> Result<()> {
    kill::run(kill::Size { kills: 20, clients: 64, seed: 1 }).await?.publish("kill", false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_is_one_order_whatever_happens() -> Result<()> {
    idempotency::run(idempotency::Size { keys: 5, calls: 1000, seed: 1 }).await?.publish("idempotency", false)
}

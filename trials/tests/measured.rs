//! The trials whose figures are times, at the size of the test command: one after another, so that they do not measure each
//! other.

use anyhow::{Context, Result};
use sluice_trials::catalog::named;
use sluice_trials::report::Size;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_what_others_do() -> Result<()> {
    for name in ["hell", "neighbour", "loris"] {
        let trial = named(name).context("no such trial")?;
        (trial.run)(Size { count: trial.count(trial.small), seed: 1 }).await?.publish(name, false)?;
    }
    Ok(())
}

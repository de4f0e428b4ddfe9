//! Trial 1: SIGKILL under load. Clients that repeat a call that got no answer, with the same idempotency key, as a careful
//! client does; afterwards every acknowledged message is at the messenger, under one id, and so is nothing else.

use std::time::{Duration, Instant};

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use crate::clients::{Load, drained, free_port};
use crate::invariants;
use crate::ledger::Ledger;
use crate::report::{Report, Size};

const CLIENTS: usize = 64;

/// `count` kills.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 1: SIGKILL under load, SQLite", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let mut gateway = Gateway::start(Plan { port: free_port().await?, ..Plan::default() }).await?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);

    let mut slowest_start = Duration::ZERO;
    for _ in 0..size.count {
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..2000))).await;
        gateway.kill().await?;
        let killed = Instant::now();
        gateway.restart().await?;
        load.progress(1).await?;
        slowest_start = slowest_start.max(killed.elapsed());
    }
    load.stop(clients).await?;
    drained(&gateway).await?;

    invariants::kept(&mut report, &load.promises, &Ledger::read(gateway.data())?);
    report.row("kills", size.count);
    report.row("clients", CLIENTS);
    report.row("slowest first accept after a kill, starting the process included", format!("{slowest_start:.0?}"));
    Ok(report)
}

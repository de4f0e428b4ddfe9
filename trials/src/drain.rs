//! Trial 22: SIGTERM under load. Nobody's call is cut: it is answered, or put off with 503 and Retry-After, and the process
//! ends in time.

use std::sync::atomic::Ordering;
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

const CLIENTS: usize = 32;
const IN_TIME: Duration = Duration::from_secs(10);

/// `count` terminations.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 22: drain on SIGTERM", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let mut gateway = Gateway::start(Plan { port: free_port().await?, ..Plan::default() }).await?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);
    let mut slowest = Duration::ZERO;
    for round in 0..size.count {
        load.progress(50).await?;
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..300))).await;
        let begun = Instant::now();
        let ended = gateway.terminate().await?;
        slowest = slowest.max(begun.elapsed());
        if !ended.success() {
            report.fault(format!("termination {round} ended with {ended}"));
        }
        gateway.restart().await?;
    }
    load.stop(clients).await?;
    drained(&gateway).await?;
    invariants::kept(&mut report, &load.promises, &Ledger::read(gateway.data())?);
    let cuts = load.cuts();
    for how in &cuts {
        report.fault(format!("a call was cut without an answer {how}"));
    }
    report.row("terminations", size.count);
    report.row("calls cut without an answer", cuts.len());
    report.row("calls put off with 503 and Retry-After", load.put_off.load(Ordering::SeqCst));
    report.at_most("slowest exit", slowest, IN_TIME);
    report.say("Between two processes the port is closed; calls that found it so are no part of the count. In the last quarter of a second before it closes a new connection's first packet is dropped; the caller's system sends it again after a second, mostly to the next process. The rolling restart of two nodes comes with PostgreSQL.");
    Ok(report)
}

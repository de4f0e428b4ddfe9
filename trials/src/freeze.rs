//! Trial 5: a node that stands still for a while, and goes on as if nothing had been. Meanwhile nobody else gets at its data,
//! and afterwards nothing has happened twice.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use sluice_tests::Gateway;
use sluice_tests::gateway::{Plan, binary};
use tokio::process::Command;

use crate::clients::{Load, drained, free_port};
use crate::invariants;
use crate::ledger::Ledger;
use crate::report::{Report, Size};

const CLIENTS: usize = 16;
/// Beyond so many freezes the trial is run by hand and takes its full time.
const SMALL: usize = 10;
const SHORT: Duration = Duration::from_secs(3);
const LONG: Duration = Duration::from_secs(60);
/// So many gateways stand still side by side in a long trial, each over data of its own.
const SIDE_BY_SIDE: usize = 20;
/// Their clients take turns on the processor.
const REST: Duration = Duration::from_secs(1);

/// `count` freezes.
pub async fn run(size: Size) -> Result<Report> {
    let is_long = size.count > SMALL;
    let (frozen, gateways) = if is_long { (LONG, SIDE_BY_SIDE.min(size.count)) } else { (SHORT, 1) };
    let shares = (0..gateways).map(|number| (size.count + number) / gateways);
    let mut report = Report::new("Trial 5: a frozen node, SQLite", size.seed);
    for found in try_join_all(shares.map(|count| some(count, frozen))).await? {
        report.join(found);
    }
    if frozen < LONG {
        report.room(format!(
            "freezes of {frozen:?} and not of {LONG:?}, because there were {} of them, and from {} on they are long",
            size.count,
            SMALL + 1
        ));
    }
    report.row("seconds that each lasted", frozen.as_secs());
    report.row("gateways side by side, each with its own data", gateways);
    report.say("With one node nobody may take over, so the data folder's lock is what is tried here. That a stale settle changes nothing is shown by the store's conformance tests and by the simulation.");
    Ok(report)
}

/// `count` freezes of one gateway.
async fn some(count: usize, frozen: Duration) -> Result<Report> {
    let mut report = Report::default();
    let gateway = Gateway::start(Plan { port: free_port().await?, ..Plan::default() }).await?;
    let mut load = Load::on(&gateway);
    load.rest = if frozen < LONG { Duration::ZERO } else { REST };
    let clients = load.start(CLIENTS);
    let mut refused = 0;
    for _ in 0..count {
        load.progress(50).await?;
        gateway.signal("STOP").await?;
        let thaw = tokio::time::sleep(frozen);
        if another_starts(&gateway).await? {
            report.fault("a second gateway started on the frozen one's data".to_owned());
        } else {
            refused += 1;
        }
        thaw.await;
        gateway.signal("CONT").await?;
    }
    load.progress(50).await?;
    load.stop(clients).await?;
    drained(&gateway).await?;
    let fate = invariants::kept(&mut report, &load.promises, &Ledger::read(gateway.data())?);
    if fate.repeats > 0 {
        report.fault(format!("{} messages were sent again although nothing had failed", fate.repeats));
    }
    invariants::settled_once(&mut report, &load.promises, &gateway).await?;
    report.row("freezes", count);
    report.row("second gateways refused meanwhile", refused);
    Ok(report)
}

/// Whether a second gateway can be started on the same data.
async fn another_starts(gateway: &Gateway) -> Result<bool> {
    let mut second = Command::new(binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(gateway.data())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    // One that starts does not end by itself.
    match tokio::time::timeout(Duration::from_secs(20), second.wait()).await {
        Ok(ended) => Ok(ended?.success()),
        Err(_) => Ok(true),
    }
}

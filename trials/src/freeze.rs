//! Trial 5: a node that stands still for a while, and goes on as if nothing had been. Meanwhile nobody else gets at its data,
//! and afterwards nothing has happened twice.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;
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

/// `count` freezes.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 5: a frozen node, SQLite", size.seed);
    let frozen = if size.count <= SMALL { SHORT } else { LONG };
    let gateway = Gateway::start(Plan { port: free_port().await?, ..Plan::default() }).await?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);
    let mut refused = 0;
    for _ in 0..size.count {
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
    if frozen < LONG {
        report.room(format!(
            "freezes of {frozen:?} and not of {LONG:?}, because there were {} of them, and from {} on they are long",
            size.count,
            SMALL + 1
        ));
    }
    report.row("freezes", format!("{} of {frozen:?}", size.count));
    report.row("second gateways refused meanwhile", refused);
    report.say("With one node nobody may take over, so the data folder's lock is what is tried here. That a stale settle changes nothing is shown by the store's conformance tests and by the simulation.");
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

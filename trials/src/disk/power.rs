//! Trial 3: loss of power. The gateway is killed, and its database is brought into a state that the disk could have been left
//! in: what was synced is there, of what was not any sectors may be missing. Beside it the control: were the log synced as
//! SQLite does it with `synchronous=NORMAL`, the same trial must find losses, or it finds nothing.

use std::time::Duration;

use anyhow::{Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use super::Disk;
use super::record::{Lost, lose_power};
use crate::clients::{Load, drained, free_port};
use crate::invariants::{self, Fate};
use crate::ledger::Ledger;
use crate::report::{Report, Size};

const CLIENTS: usize = 16;
/// After so many losses the log must have been moved into the database meanwhile.
const MOVES: usize = 50;
/// How likely a sector that was not synced is there after all; a loss takes one of these.
const KEPT: [f64; 4] = [0.0, 0.5, 0.9, 0.99];

/// `count` losses of power, and a few in the control.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 3: loss of power, SQLite", size.seed);
    let (fate, lost) = cycles(&mut report, size, false).await?;
    report.row("losses of power", size.count);
    report.row("writes that had not been synced", lost.writes);
    report.row("sectors lost of them", lost.sectors);
    report.row("writes torn", lost.torn);
    report.row("writes to the database itself, while its log was moved", lost.moved);
    if lost.moved == 0 && size.count >= MOVES {
        report.fault("nothing was moved out of the log: its ways were not on trial".to_owned());
    }
    ensure!(fate.promised > 0, "nothing was promised");

    let mut control = Report::new("control", size.seed);
    let again = Size { count: (size.count / 4).clamp(3, 50), ..size };
    let (loose, lost) = cycles(&mut control, again, true).await?;
    report.row("control, as with `synchronous=NORMAL`: losses of power", again.count);
    report.row("control: messages acknowledged", loose.promised);
    report.row("control: acknowledged and lost (must not be 0)", loose.lost);
    report.row("control: sectors lost", lost.sectors);
    if loose.lost == 0 {
        report.fault("the control lost nothing: this trial could not see a loss".to_owned());
    }
    report.say(
        "Played by a library between the gateway and the C library that keeps a record of every write and sync of the \
         database and its log. Names of files, and the files of messages, are not part of it.",
    );
    Ok(report)
}

async fn cycles(report: &mut Report, size: Size, normal: bool) -> Result<(Fate, Lost)> {
    let mut rng = StdRng::seed_from_u64(size.seed);
    let disk = Disk::new().await?;
    let record = disk.folder.path().join("record");
    let mut plan = Plan { data: Some(disk.data()), port: free_port().await?, ..Plan::default() };
    // A first start without the shim: what the demo makes is no part of the trial.
    let mut gateway = Gateway::start(plan.clone()).await?;
    ensure!(gateway.terminate().await?.success(), "the first start did not end well");
    plan.environment = disk.environment();
    plan.environment.push(("TRIAL_DISK_LOG".to_owned(), record.display().to_string()));
    if normal {
        plan.environment.push(("TRIAL_DISK_NORMAL".to_owned(), "1".to_owned()));
    }
    let mut gateway = Gateway::start(plan).await?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);
    let mut lost = Lost::default();
    for _ in 0..size.count {
        load.progress(10).await?;
        tokio::time::sleep(Duration::from_millis(rng.random_range(5..400))).await;
        gateway.kill().await?;
        let kept = KEPT[rng.random_range(0..KEPT.len())];
        let cut = lose_power(&record, gateway.data(), kept, &mut rng)?;
        lost = Lost {
            writes: lost.writes + cut.writes,
            sectors: lost.sectors + cut.sectors,
            torn: lost.torn + cut.torn,
            moved: lost.moved + cut.moved,
        };
        // What is there now is there for good.
        std::fs::remove_file(&record)?;
        gateway.restart().await?;
    }
    load.stop(clients).await?;
    drained(&gateway).await?;
    let forgotten = invariants::remembered(report, &load.promises, &gateway).await?;
    let fate = invariants::kept(report, &load.promises, &Ledger::read(gateway.data())?);
    // What was sent before the power went is at the messenger, but the gateway must know of it as well.
    Ok((Fate { lost: fate.lost.max(forgotten), ..fate }, lost))
}

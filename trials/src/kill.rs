//! Trial 1: SIGKILL under load. Clients that repeat a call that got no answer, with the same idempotency key, as a careful
//! client does; afterwards every acknowledged message is at the messenger, under one id, and so is nothing else. What came
//! there twice was in flight at a kill.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
/// Until the first accept after a kill, the start of the process included.
const BACK: Duration = Duration::from_secs(1);
/// For a smaller run, or one beside other work.
const BACK_WITH_ROOM: Duration = Duration::from_secs(20);
/// From so many kills on the trial is run by hand, on a machine with nothing else to do; and so many leave something
/// in flight.
const FULL: usize = 100;

/// `count` kills.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 1: SIGKILL under load, SQLite", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let mut gateway = Gateway::start(Plan { port: free_port().await?, ..Plan::default() }).await?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);

    let (mut slowest_start, mut kills) = (Duration::ZERO, Vec::with_capacity(size.count));
    for number in 0..size.count {
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..2000))).await;
        let begun = Instant::now();
        gateway.kill().await?;
        kills.push(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?);
        gateway.restart_with(messenger(number % 2 == 0)).await?;
        load.progress(1).await?;
        slowest_start = slowest_start.max(begun.elapsed());
    }
    load.stop(clients).await?;
    drained(&gateway).await?;

    let ledger = Ledger::read(gateway.data())?;
    let stored = invariants::kept(&mut report, &load.promises, &ledger).promised;
    let repeats = invariants::repeated_in_doubt(&mut report, &load.promises, &ledger, &kills, &gateway).await?;
    if repeats == 0 && size.count >= FULL {
        report.fault("no order was in flight at any kill: this trial could not see a repeat".to_owned());
    }
    report.row("kills", size.count);
    report.row("clients", CLIENTS);
    let mut allowed = BACK;
    if !size.is_timed(FULL) {
        allowed = BACK_WITH_ROOM;
        let excuse = size.excuse(FULL, "kills");
        report.room(format!("the first accept after a kill, at {allowed:?} and not at {BACK:?}, {excuse}"));
    }
    let name = format!(
        "slowest first accept after a kill, starting the process included, {stored} messages stored at the end"
    );
    report.at_most(&name, slowest_start, allowed);
    report.say(
        "After every other kill the pretend messenger says nothing of what it took before it: what it took and the gateway \
         had not noted is sent to it again. After the others its late receipts settle most of that.",
    );
    Ok(report)
}

/// The environment of a start after a kill.
fn messenger(is_mute: bool) -> Vec<(String, String)> {
    vec![("SLUICE_CONNECTORS__SANDBOX__INSTANT".to_owned(), is_mute.to_string())]
}

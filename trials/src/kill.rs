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
/// Between two messages of a client. Without it eight times as many were accepted as were sent, and the rest had to drain.
const REST: Duration = Duration::from_millis(25);
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
    let mut load = Load::on(&gateway);
    load.rest = REST;
    let clients = load.start(CLIENTS);

    let (mut slowest_accept, mut slowest_welcome) = (Duration::ZERO, Duration::ZERO);
    let mut kills = Vec::with_capacity(size.count);
    for number in 0..size.count {
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..2000))).await;
        let begun = Instant::now();
        gateway.kill().await?;
        kills.push(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?);
        let first = async {
            first_accept(&load, number).await?;
            anyhow::Ok(begun.elapsed())
        };
        let (accepted, ()) = tokio::try_join!(first, gateway.restart_with(messenger(number % 2 == 0)))?;
        slowest_accept = slowest_accept.max(accepted);
        slowest_welcome = slowest_welcome.max(begun.elapsed());
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
    report.at_most(&name, slowest_accept, allowed);
    report.row(
        "slowest until the demo told that it is ready, which no client waits for",
        format!("{slowest_welcome:.2?}"),
    );
    report.say(&format!("Each client rests {REST:?} between two messages, so that what is accepted is also sent."));
    report.say(
        "The first accept is that of a call begun when the process before was gone, and repeated every 10 ms until it is \
         answered. The demo tells that it is ready later: before that it asks for its newest message, and with it how many \
         there are.",
    );
    report.say(
        "After every other kill the pretend messenger says nothing of what it took before it: what it took and the gateway \
         had not noted is sent to it again. After the others its late receipts settle most of that.",
    );
    Ok(report)
}

/// Returns when a message was accepted that nobody sent before: by the process that is starting now, and by no other.
async fn first_accept(load: &Load, number: usize) -> Result<()> {
    let to = format!("7999300{CLIENTS:04}");
    load.send(&sluice_tests::http(), &to, format!("c{CLIENTS}-n{number}")).await
}

/// The environment of a start after a kill.
fn messenger(is_mute: bool) -> Vec<(String, String)> {
    vec![("SLUICE_CONNECTORS__SANDBOX__INSTANT".to_owned(), is_mute.to_string())]
}

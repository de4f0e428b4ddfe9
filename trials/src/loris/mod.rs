//! Trial 11: slow-loris. Connections that say nothing, half a head or half a body hold up nobody else, and their descriptors
//! come back.

mod attack;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use crate::load::{self, Run};
use crate::process::{Held, allow_descriptors};
use crate::report::{Report, Size};
use attack::Attack;

/// Honest clients, and how often each calls.
const HONEST: usize = 4;
const PACE: Duration = Duration::from_millis(20);
/// Three seconds of calls, and fifteen, longer than most of the product's own deadlines.
const CALLS: usize = 600;
const CALLS_OF_FULL: usize = 3_000;
/// From so many on the trial is run by hand, with the product's own deadlines.
const FULL: usize = 2_000;
/// For fewer.
const ROOM: Duration = Duration::from_millis(500);
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// `count` half-open connections, of three kinds.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 11: slow-loris", size.seed);
    allow_descriptors(size.count + 500)?;
    let is_full = size.count >= FULL;
    // Half a body is held to its pace, which is looked at every ten seconds.
    let deadlines = [("FIRST_BYTE_TIMEOUT", "2s"), ("HEADER_TIMEOUT", "4s")];
    let shorter = deadlines.map(|(name, time)| (format!("SLUICE_SERVER__LIMITS__{name}"), time.to_owned()));
    // As shipped the door has 4,096 places in all, and more than those could not be held open.
    let places = ("SLUICE_SERVER__LIMITS__CONNECTIONS".to_owned(), (size.count + 500).to_string());
    let environment = if is_full { vec![places] } else { shorter.to_vec() };
    let gateway = Gateway::start(Plan { environment, ..Plan::default() }).await?;
    let process = gateway.process().context("process")?;
    let calls = if is_full { CALLS_OF_FULL } else { CALLS };

    honest(&gateway, CALLS).await?;
    let before = Held::by(process)?;
    let quiet = honest(&gateway, calls).await?;

    let attack = Attack::begin(&gateway, size.count);
    let open = attack.grown().await;
    let (at_first, opened) = (Held::by(process)?, attack.opened());
    let (beset, least) = attack.least_during(honest(&gateway, calls)).await;
    let (at_last, opened) = (Held::by(process)?, attack.opened() - opened);

    attack.let_go();
    let begun = Instant::now();
    let back = loop {
        let now = Held::by(process)?;
        if now.descriptors <= before.descriptors + HONEST {
            break begun.elapsed();
        }
        if begun.elapsed() > BACK_WITHIN {
            report.fault(format!("{} descriptors are open, {} were before", now.descriptors, before.descriptors));
            break begun.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };

    if least < size.count / 2 {
        report.fault(format!("only {least} of {} connections were open at a time: this is no attack", size.count));
    }
    report.row(
        "half-open connections wanted, open when the honest begin, least while they call",
        format!("{}, {open}, {least}", size.count),
    );
    report.row("closed by the gateway and opened again meanwhile", opened);
    let descriptors = format!("{}, {}, {}", before.descriptors, at_first.descriptors, at_last.descriptors);
    report.row("descriptors before, when the honest begin, when they end", descriptors);
    report.at_most("descriptors back after", back, BACK_WITHIN);
    report.row("honest calls in each phase", calls);
    let calm = quiet.quantile(0.99);
    report.row("honest p99 before", format!("{calm:.1?}"));
    let mut allowed = calm * 2;
    if !is_full {
        // The small size runs beside other work, where half a second means nothing.
        allowed += ROOM;
        report.room(format!(
            "the honest p99, at twice that before and {ROOM:?} and not at twice, and with deadlines shorter than the product's, \
             because {} connections are tried beside other work, and from {FULL} on by hand",
            size.count
        ));
    }
    match beset {
        Ok(beset) => report.at_most("honest p99 with them", beset.quantile(0.99), allowed),
        // An answer that puts off is none that an honest client waits for.
        Err(error) => report.fault(format!("an honest call beside them failed: {error}")),
    }
    let more = at_first.memory.max(at_last.memory) - before.memory;
    report.row("memory with them", format!("{more:.1} MB more"));
    report.say("A third of them says nothing, a third half a head, a third half a body, under a valid key.");
    Ok(report)
}

/// Calls that cost the gateway little: what is measured is the wait.
async fn honest(gateway: &Gateway, calls: usize) -> Result<Run> {
    let address = gateway.base().trim_start_matches("http://").to_owned();
    let key = gateway.word("/native/key");
    let request = load::get(&address, "/v1/accounts", &format!("authorization: Bearer {key}\r\n"));
    load::run(&address, HONEST, calls, Some(PACE), move |_| request.clone()).await
}

//! Trial 4: no space is left, and syncs that fail. No success is told after a failed sync, and nothing that was told is lost;
//! with space again the gateway goes on by itself.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sluice_tests::Gateway;
use sluice_tests::gateway::Plan;

use super::{Disk, Mood};
use crate::clients::{Load, drained, free_port};
use crate::invariants;
use crate::ledger::Ledger;
use crate::report::{Report, Size};

const CLIENTS: usize = 32;
/// No call may hang for longer, whatever the disk does.
const HANG: Duration = Duration::from_secs(5);
/// A smaller run than this shares a busy machine, and has twice as long.
const FULL: usize = 20;

/// `count` troubles, of either kind in turn.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 4: a full disk, and syncs that fail, SQLite", size.seed);
    let mut rng = StdRng::seed_from_u64(size.seed);
    let disk = Disk::new().await?;
    let plan =
        Plan { data: Some(disk.data()), port: free_port().await?, environment: disk.environment(), ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let load = Load::on(&gateway);
    let clients = load.start(CLIENTS);
    let (mut refused_writes, mut refused_syncs, mut slowest_exit) = (0, 0, Duration::ZERO);
    for trouble in 0..size.count {
        load.progress(20).await?;
        tokio::time::sleep(Duration::from_millis(rng.random_range(20..500))).await;
        disk.forget()?;
        if trouble % 2 == 0 {
            refused_writes += no_space(&disk, &load).await?;
            ensure!(gateway.process().is_some(), "a full disk ended the gateway");
        } else {
            disk.set(Mood::NoSync)?;
            let begun = Instant::now();
            let ended = gateway.ended().await?;
            slowest_exit = slowest_exit.max(begun.elapsed());
            if ended.success() {
                report.fault("the gateway ended well although a sync had failed".to_owned());
            }
            refused_syncs += disk.failures()?;
            told_too_much(&mut report, &disk, &load)?;
            disk.forget()?;
            gateway.restart().await?;
        }
    }
    load.stop(clients).await?;
    drained(&gateway).await?;
    invariants::kept(&mut report, &load.promises, &Ledger::read(gateway.data())?);
    let longest = Duration::from_millis(load.longest.load(std::sync::atomic::Ordering::SeqCst) as u64);
    let allowed = if size.is_timed(FULL) { HANG } else { HANG * 2 };
    if allowed > HANG {
        let excuse = size.excuse(FULL, "troubles");
        report.room(format!("the longest wait for an answer, at {allowed:?} and not at {HANG:?}, {excuse}"));
    }
    report.row("times without space", size.count.div_ceil(2));
    report.row("times with failing syncs, each ending the gateway", size.count / 2);
    report.row("writes refused for want of space", refused_writes);
    report.row("syncs failed", refused_syncs);
    report.row("calls put off with 503 and Retry-After", load.put_off.load(std::sync::atomic::Ordering::SeqCst));
    report.at_most("longest wait for an answer", longest, allowed);
    report.row("slowest exit after a failed sync", format!("{slowest_exit:.0?}"));
    Ok(report)
}

/// A while without space: calls are put off, and go on as soon as there is some.
async fn no_space(disk: &Disk, load: &Load) -> Result<u64> {
    disk.set(Mood::Full)?;
    let begun = Instant::now();
    while disk.failures()? < 5 {
        ensure!(begun.elapsed() < Duration::from_secs(60), "the disk is full and nobody noticed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let failures = disk.failures()?;
    disk.set(Mood::Well)?;
    load.progress(5).await?;
    Ok(failures)
}

/// A call that was begun after the sync had failed cannot have been written.
fn told_too_much(report: &mut Report, disk: &Disk, load: &Load) -> Result<()> {
    let Some(failed) = disk.first_failure()? else {
        report.fault("no sync was seen to fail".to_owned());
        return Ok(());
    };
    for (words, promise) in load.promises.all() {
        if promise.begun > failed {
            report.fault(format!("{words} was acknowledged after a sync had failed"));
        }
    }
    Ok(())
}

//! Trial 15: deterministic simulation of courier and relay. A seed decides what is accepted, what the messenger and the
//! receiver do, when connections drop and when the gateway crashes; the same seed goes the same way each time.
//!
//! Not with turmoil: that simulates a network between hosts, while courier and relay meet the world at two traits of ours. So
//! the world is played behind those, over the real store without its threads ([`Sqlite::open_in_step`]), under a clock
//! that moves when it is told. What is left of chance (hash maps, `select!`) is taken away in a process of its own per seed
//! by a library that makes the system's random numbers fall alike.
//!
//! [`Sqlite::open_in_step`]: sluice_store_sqlite::Sqlite::open_in_step

mod stage;
mod world;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::report::{Report, Size};
use crate::shim;

pub use stage::{Outcome, play};

/// Of so many seeds one is played again, and must go the same way.
const AGAIN: u64 = 5;
/// Played at once.
const AT_ONCE: usize = 2;

/// `count` seeds.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 15: deterministic simulation of courier and relay", size.seed);
    let folder = tempfile::tempdir()?;
    let chance = shim::build("simulation/chance.c", folder.path()).await?;
    let seeds: Vec<u64> = (0..size.count as u64).map(|number| size.seed.wrapping_add(number)).collect();
    let (mut accepted, mut attempts, mut webhooks, mut again) = (0, 0, 0, 0);
    for some in seeds.chunks(AT_ONCE) {
        let playing: Vec<_> = some.iter().map(|seed| played(*seed, &chance)).collect();
        for (seed, outcome) in some.iter().zip(futures_util::future::join_all(playing).await) {
            let outcome = outcome.with_context(|| format!("seed {seed}"))?;
            outcome.faults.iter().for_each(|fault| report.fault(format!("seed {seed}: {fault}")));
            accepted += outcome.accepted;
            attempts += outcome.attempts;
            webhooks += outcome.webhooks;
            if seed.is_multiple_of(AGAIN) || !outcome.faults.is_empty() {
                again += 1;
                if played(*seed, &chance).await?.trace != outcome.trace {
                    report.fault(format!("seed {seed} went another way the second time"));
                }
            }
        }
    }
    report.row("seeds, each with three crashes", size.count);
    report.row("orders accepted", accepted);
    report.row("attempts at the messenger", attempts);
    report.row("webhook requests", webhooks);
    report.row("seeds played again, which went the same way", again);
    report.row("broken invariants", report.faults.len());
    report.say("One seed: `cargo xtask trial simulation --count 1 --seed N`.");
    Ok(report)
}

/// Plays a seed in a process of its own.
async fn played(seed: u64, chance: &Path) -> Result<Outcome> {
    // Each verb is a commit of its own, and none of them needs to outlive the machine.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
    let output = Command::new(trial()?)
        .args(["simulation", "--seed", &seed.to_string(), "--alone"])
        .arg(folder.path())
        .env("LD_PRELOAD", chance)
        .output()
        .await?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the simulation ended with {}: {complaint}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The binary of the trials: this one, or the one beside this test's own.
fn trial() -> Result<std::path::PathBuf> {
    let own = std::env::current_exe()?;
    if own.file_name().is_some_and(|name| name == "trial") {
        return Ok(own);
    }
    let folder = own.ancestors().find(|folder| folder.join("trial").is_file());
    Ok(folder.context("no `trial` beside the tests: run `cargo build -p sluice-trials` first")?.join("trial"))
}

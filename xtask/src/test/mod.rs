//! `cargo xtask test`: every check and every test, and one closing line that says how it went.

mod tally;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::tools::{self, Environment, Skip};
use crate::{generate, run, tidy};
use tally::Tally;

/// How much to run, and how strictly.
#[derive(clap::Args)]
pub struct Options {
    /// Count whatever had to be skipped as a failure
    #[arg(long)]
    no_skip: bool,
    /// Leave out the black-box tests and the trials
    #[arg(long, conflicts_with = "no_skip")]
    quick: bool,
}

/// What is built and checked: everything, in one go and with the same features as the tests, so that the large libraries are
/// compiled once. The tests' gateway may speak with the pretend WhatsApp.
const EVERYTHING: &[&str] = &["--workspace", "--all-targets", "--features", TEST_SERVER];
const TEST_SERVER: &str = "sluice-gateway/whatsapp-test-server";

/// Why a step did not pass.
enum Stop {
    Skipped(Skip),
    Failed(anyhow::Error),
}

impl From<Skip> for Stop {
    fn from(skip: Skip) -> Self {
        Stop::Skipped(skip)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(trouble: anyhow::Error) -> Self {
        Stop::Failed(trouble)
    }
}

/// Runs the steps, each to its end, so that one run shows all that is wrong.
pub fn run(options: &Options) -> Result<()> {
    let mut tally = Tally::default();
    step(&mut tally, "tidy", |_| Ok(tidy::check_rules()?));
    step(&mut tally, "format", |_| {
        tools::component("fmt", "it with `rustup component add rustfmt`")?;
        Ok(run::shown(&mut run::cargo(&["fmt", "--all", "--check", "--", "--files-with-diff"]))?)
    });
    step(&mut tally, "clippy", |_| {
        tools::component("clippy", "it with `rustup component add clippy`")?;
        let mut clippy = run::cargo(&["clippy"]);
        Ok(run::shown(clippy.args(EVERYTHING).args(["--", "-D", "warnings"]))?)
    });
    let built = step(&mut tally, "build", |_| Ok(run::built(EVERYTHING, "sluice")?));
    if let Some(sluice) = built {
        step(&mut tally, "generated pages", |_| Ok(generate::check_with(&sluice)?));
        let environment = prepare(&mut tally, sluice, options.quick);
        step(&mut tally, "tests", |tally| Ok(cargo_test(tally, environment, options.quick)?));
    }
    close(&tally, options)
}

/// What the black-box tests find in their environment; they skip themselves where something is absent.
fn prepare(tally: &mut Tally, sluice: PathBuf, quick: bool) -> Environment {
    let mut environment: Environment = vec![("SLUICE_BIN", sluice.into()), ("SLUICE_TRIAL_SIZE", "small".into())];
    if !quick {
        let python = step(tally, "Python clients", |_| Ok(tools::python()?));
        let node = step(tally, "Node clients", |_| Ok(tools::node()?));
        environment.extend(python.into_iter().chain(node).flatten());
    }
    environment
}

fn cargo_test(tally: &mut Tally, environment: Environment, quick: bool) -> Result<()> {
    let mut test = run::cargo(&["test", "--workspace", "--features", TEST_SERVER, "--no-fail-fast"]);
    if quick {
        test.args(["--exclude", "sluice-tests", "--exclude", "sluice-trials"]);
    }
    // Without it, cargo swallows the `SKIPPED:` lines of tests that end well.
    test.args(["--", "--show-output"]).envs(environment);
    let before = tally.failed;
    let passed = run::followed(&mut test, |line| {
        if tally.read(line) {
            println!("{line}");
        }
    })?;
    if !passed && tally.failed == before {
        bail!("cargo test failed without a failing test: read the compiler's words above");
    }
    Ok(())
}

/// Runs one step and prints how it ended and how long it took. Returns what it made, if it passed.
fn step<T>(tally: &mut Tally, name: &'static str, work: impl FnOnce(&mut Tally) -> Result<T, Stop>) -> Option<T> {
    println!("\n== {name}");
    let (start, failed) = (Instant::now(), tally.failed);
    let (made, word) = match work(tally) {
        Ok(made) if tally.failed == failed => (Some(made), "passed"),
        Ok(made) => (Some(made), "FAILED"),
        Err(Stop::Skipped(skip)) => {
            tally.skip(&skip.to_string());
            println!("{skip}");
            (None, "skipped")
        }
        Err(Stop::Failed(trouble)) => {
            println!("{trouble:#}");
            tally.fail(format!("the step `{name}`"));
            (None, "FAILED")
        }
    };
    println!("== {name}: {word} after {:.1} s", start.elapsed().as_secs_f64());
    made
}

fn close(tally: &Tally, options: &Options) -> Result<()> {
    println!();
    for reason in &tally.reasons {
        println!("{reason}");
    }
    for name in &tally.failures {
        println!("FAILED: {name}");
    }
    if options.quick {
        println!("--quick left out the packages sluice-tests and sluice-trials");
    }
    println!("{} passed, {} failed, {} skipped", tally.passed(), tally.failed, tally.skipped);
    if tally.failed > 0 {
        bail!("something failed");
    }
    if options.no_skip && tally.skipped > 0 {
        bail!("something was skipped, and --no-skip forbids it");
    }
    Ok(())
}

#[cfg(test)]
mod tests;

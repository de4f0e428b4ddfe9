//! `cargo xtask trial NAME`

use anyhow::{Context, Result};
use clap::Parser;
use sluice_trials::catalog::{ALL, named};
use sluice_trials::report::{Size, show};

#[derive(Parser)]
struct Arguments {
    /// Which trial; without a name they are listed.
    name: Option<String>,
    /// How many of what the trial counts; its full size otherwise.
    #[arg(long)]
    count: Option<usize>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Put the figures into docs/trials.
    #[arg(long)]
    write: bool,
    /// Play this one seed of the simulation in this folder.
    #[arg(long, hide = true, value_name = "DIR")]
    alone: Option<std::path::PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // It makes runtimes of its own, one a crash.
    if let Some(folder) = &arguments.alone {
        show(&serde_json::to_string(&sluice_trials::simulation::play(arguments.seed, folder)?)?);
        return Ok(());
    }
    run(arguments)
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<()> {
    let Some(name) = arguments.name else {
        for trial in ALL {
            show(&format!("{:<14} {} {}, {} in the test command", trial.name, trial.full, trial.counts, trial.small));
        }
        return Ok(());
    };
    let trial = named(&name).with_context(|| format!("there is no trial {name}"))?;
    let count = arguments.count.unwrap_or_else(|| trial.count(trial.full));
    (trial.run)(Size { count, seed: arguments.seed }).await?.publish(trial.name, arguments.write)
}

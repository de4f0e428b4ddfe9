//! `cargo xtask trial idempotency`

use clap::Parser;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 500)]
    keys: usize,
    #[arg(long, default_value_t = 1000)]
    calls: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Put the figures into docs/trials.
    #[arg(long)]
    write: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let size = sluice_trials::idempotency::Size { keys: arguments.keys, calls: arguments.calls, seed: arguments.seed };
    sluice_trials::idempotency::run(size).await?.publish("idempotency", arguments.write)
}

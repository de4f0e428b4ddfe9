//! `cargo xtask trial kill`

use clap::Parser;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 1000)]
    kills: usize,
    #[arg(long, default_value_t = 64)]
    clients: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Put the figures into docs/trials.
    #[arg(long)]
    write: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let size = sluice_trials::kill::Size { kills: arguments.kills, clients: arguments.clients, seed: arguments.seed };
    sluice_trials::kill::run(size).await?.publish("kill", arguments.write)
}

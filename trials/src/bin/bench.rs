//! `cargo xtask bench`

use anyhow::Result;
use clap::Parser;
use sluice_trials::bench::{self, PARTS, Size};
use sluice_trials::report;

#[derive(Parser)]
struct Arguments {
    /// Print the rows as JSON.
    #[arg(long)]
    json: bool,
    /// Put the table into docs/trials/bench.md; only a whole one.
    #[arg(long, conflicts_with = "only")]
    write: bool,
    /// Measure these parts alone.
    #[arg(long, value_delimiter = ',', value_parser = PARTS)]
    only: Vec<String>,
    #[arg(long, default_value_t = 40_000)]
    accepts: usize,
    #[arg(long, default_value_t = 40_000)]
    journeys: usize,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Orders waiting at the cold start; the goal speaks of a million.
    #[arg(long, default_value_t = 100_000)]
    orders: usize,
    /// Messages in the journal before throughput is measured again; the goal speaks of ten million entries.
    #[arg(long, default_value_t = 100_000)]
    history: usize,
    /// Linked WhatsApp accounts at most; the build must have been made for the pretend server.
    #[arg(long, default_value_t = 1_000)]
    sessions: usize,
    /// Be the peer that is measured against, with its log in this folder.
    #[arg(long, hide = true)]
    peer: Option<std::path::PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(folder) = arguments.peer {
        return bench::serve_peer(folder).await;
    }
    let Arguments { accepts, journeys, connections, orders, history, sessions, only, .. } = arguments;
    let only: Vec<&str> = only.iter().map(String::as_str).collect();
    let parts = if only.is_empty() { PARTS.as_slice() } else { &only };
    let rows = bench::run(Size { accepts, journeys, connections, orders, history, sessions }, parts).await?;
    if arguments.json {
        report::show(&serde_json::to_string_pretty(&rows)?);
    } else {
        report::show(&bench::table(&rows));
    }
    if arguments.write {
        let page = format!("# Speed\n\nCommit {}, {}.\n\n{}", report::commit(), report::machine(), bench::table(&rows));
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/trials/bench.md"), page)?;
    }
    Ok(())
}

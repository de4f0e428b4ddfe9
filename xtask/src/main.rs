//! The workspace's own tools: `cargo xtask tidy | test | generate | bench | trial`.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]

mod generate;
mod run;
mod test;
mod tidy;
mod tools;
mod trials;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Checks, tests and measures Sluicegate")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check the rules of the house: who may depend on whom, names, lengths, papers
    Tidy,
    /// Run every check and every test; fetch the foreign clients they need into `.tools/`
    Test(test::Options),
    /// Write the generated reference pages
    Generate {
        /// Only compare, and fail when a page is stale
        #[arg(long)]
        check: bool,
    },
    /// Measure the release build
    Bench {
        /// Print the figures as JSON
        #[arg(long)]
        json: bool,
        /// Handed on to the bench
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Run one trial at its full size
    Trial {
        /// As `docs/trials/` calls it
        name: String,
        /// Handed on to the trial
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Tidy => tidy::run(),
        Task::Test(options) => test::run(&options),
        Task::Generate { check: true } => generate::check(),
        Task::Generate { check: false } => generate::write(),
        Task::Bench { json, args } => trials::bench(json, args),
        Task::Trial { name, args } => trials::trial(&name, args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("xtask: {trouble:#}");
            ExitCode::FAILURE
        }
    }
}

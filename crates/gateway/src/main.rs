//! `sluice`: the gateway and the commands that talk to one.
//!
//! [`house`] puts the rooms together; [`commands`] has one file a command.

mod cli;
mod client;
mod commands;
mod house;

use std::process::ExitCode;

use clap::Parser;
use rustix::fs::Mode;
use sluice_telemetry::install::say;

use crate::cli::Cli;

// The default allocator keeps freed memory of many short tasks; this one gives it back and is faster under load.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Messages lie in its files in clear: what it makes is for its own user, the files of libraries as well.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(format!("sluice: the system gives no threads: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format!("sluice: {error:#}\n"));
            client::exit_code(&error)
        }
    }
}

//! One file a command.

mod account;
mod backup;
mod config;
mod demo;
mod message;
mod openapi;
mod owner;
mod reference;
mod send;
mod serve;
mod signals;
mod tail;
mod version;
mod workspace;

use anyhow::Result;

use crate::cli::Command;

pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Send(args) => send::run(args).await,
        Command::Message(args) => message::run(args).await,
        Command::Tail(args) => tail::run(args).await,
        Command::Account(args) => account::run(args).await,
        Command::Workspace(args) => workspace::run(args).await,
        Command::Backup(args) => backup::take(args),
        Command::Restore(args) => backup::restore(args),
        Command::Resume(args) => backup::resume(args),
        Command::Version => version::run(),
        Command::Openapi => openapi::run(),
        Command::Config(args) => config::run(args),
        Command::Reference(page) => reference::run(page),
    }
}

/// Writes to standard output; a reader that has gone (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

//! `sluice reference`: pages of the documentation that are read off the code.

use std::fmt::Write;

use anyhow::Result;
use clap::CommandFactory;

use super::print;
use crate::cli::{Cli, Reference};

pub fn run(page: Reference) -> Result<()> {
    print(&match page {
        Reference::Config => sluice_config::reference(),
        Reference::Errors => errors()?,
        Reference::Cli => cli()?,
    })
}

fn errors() -> Result<String> {
    let mut page = String::from(
        "# Codes of refusals\n\nEvery answer that refuses a call carries one of these codes; in the native API as `code` of a \
         problem document (RFC 9457). A dialect shows the refusal in its own words; the code stands in the request log.\n\n\
         | code | what happened | what to do |\n|---|---|---|\n",
    );
    for (code, title, advice) in sluice_dialect::REFUSALS {
        writeln!(page, "| {code} | {title} | {advice} |")?;
    }
    Ok(page)
}

fn cli() -> Result<String> {
    let mut page = String::from("# Command line\n");
    let mut command = Cli::command().term_width(100);
    command.build();
    section(&mut page, &mut command, "")?;
    Ok(page)
}

fn section(page: &mut String, command: &mut clap::Command, parent: &str) -> Result<()> {
    let name = format!("{parent}{}", command.get_name());
    writeln!(page, "\n## `{name}`\n\n```text\n{}\n```", command.render_long_help().to_string().trim_end())?;
    for sub in command.get_subcommands_mut().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        section(page, sub, &format!("{name} "))?;
    }
    Ok(())
}

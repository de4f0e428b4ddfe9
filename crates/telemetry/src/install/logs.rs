use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, fmt};

use super::Error;

/// The log: lines on standard error, so that standard output stays free for what a command prints.
pub struct Logs;

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

impl Logs {
    /// Installs the log for the whole process.
    ///
    /// `level` is the configured level, such as `info`. `filter` is the value of `SLUICE_LOG`, if it is set: it
    /// replaces the level and can name modules, such as `info,sluice_relay=debug`.
    ///
    /// # Errors
    /// [`Error::Filter`] if the filter cannot be read, [`Error::LogInstalled`] the second time.
    pub fn install(format: Format, level: &str, filter: Option<&str>) -> Result<(), Error> {
        let lines = fmt().with_env_filter(chosen(level, filter)?).with_writer(stderr);
        let installed = match format {
            Format::Text => lines.with_ansi(stderr().is_terminal()).try_init(),
            Format::Json => lines.json().flatten_event(true).try_init(),
        };
        installed.map_err(|_| Error::LogInstalled)
    }
}

pub(super) fn chosen(level: &str, filter: Option<&str>) -> Result<EnvFilter, Error> {
    let text = filter.map(str::trim).filter(|text| !text.is_empty());
    Ok(EnvFilter::try_new(text.unwrap_or(level))?)
}

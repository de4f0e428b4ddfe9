use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{IsTerminal, stderr};
use std::panic::PanicHookInfo;
use std::sync::Arc;

use tracing_subscriber::{EnvFilter, fmt};

use super::Error;
use super::lines::Lines;

/// The log: lines on standard error, so that standard output stays free for what a command prints. Dropped, it waits a
/// moment for its last words to be written.
#[must_use = "its last words are written when it is dropped"]
pub struct Logs(Arc<Lines>);

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people; coloured on a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

impl Logs {
    /// Installs the log for the whole process, panics included. A reader of it that hangs or has gone loses lines, and
    /// holds up nobody who says them.
    ///
    /// `level` is the configured level, such as `info`. `filter` is the value of `SLUICE_LOG`, if it is set: it
    /// replaces the level and can name modules, such as `info,sluice_relay=debug`.
    ///
    /// # Errors
    /// [`Error::Filter`] if the filter cannot be read, [`Error::LogInstalled`] the second time, [`Error::Log`] where the
    /// system gives no thread.
    pub fn install(format: Format, level: &str, filter: Option<&str>) -> Result<Self, Error> {
        let filter = chosen(level, filter)?;
        let log = Self(Lines::to_stderr().map_err(Error::Log)?);
        // Of an error of its own the layer would tell standard error, and panic if that is closed.
        let lines = fmt().with_env_filter(filter).with_writer(log.0.clone()).log_internal_errors(false);
        let installed = match format {
            Format::Text => lines.with_ansi(stderr().is_terminal()).try_init(),
            Format::Json => lines.json().flatten_event(true).try_init(),
        };
        installed.map_err(|_| Error::LogInstalled)?;
        let lines = log.0.clone();
        std::panic::set_hook(Box::new(move |panic| lines.push(told(panic).as_bytes())));
        Ok(log)
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// As the standard library says it.
fn told(panic: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let trace = match backtrace.status() {
        BacktraceStatus::Captured => format!("{backtrace}\n"),
        _ => String::new(),
    };
    format!("thread '{}' {panic}\n{trace}", thread.name().unwrap_or("unnamed"))
}

pub(super) fn chosen(level: &str, filter: Option<&str>) -> Result<EnvFilter, Error> {
    let text = filter.map(str::trim).filter(|text| !text.is_empty());
    Ok(EnvFilter::try_new(text.unwrap_or(level))?)
}

//! The sinks of a running gateway. Each is installed once in a process.

mod lines;
mod logs;
mod metrics;
#[cfg(test)]
mod tests;

pub use lines::say;
pub use logs::{Format, Logs};
pub use metrics::{Handle, Metrics};

/// Why telemetry could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text of `SLUICE_LOG` cannot be read.
    #[error("SLUICE_LOG is no log filter such as `info` or `info,sluice_relay=debug`: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The thread that writes the log, or its handle on standard error.
    #[error("the system gives nothing to write the log with: {0}")]
    Log(std::io::Error),
    /// A second install.
    #[error("the log is already installed in this process")]
    LogInstalled,
    /// A second install.
    #[error("the Prometheus recorder cannot be installed: {0}")]
    Recorder(#[from] metrics_exporter_prometheus::BuildError),
}

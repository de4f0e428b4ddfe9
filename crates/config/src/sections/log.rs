use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The log on standard error.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// How a line is written.
    pub format: Format,
    /// Least important level that is written. `SLUICE_LOG` overrides it with a filter per module.
    pub level: Level,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// How important a log line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something of ours is broken.
    Error,
    /// Something needs a look.
    Warn,
    /// What the gateway does, in few lines.
    #[default]
    Info,
    /// Every step.
    Debug,
    /// Every step of the libraries too.
    Trace,
}

impl Level {
    /// The name as the configuration and log filters spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

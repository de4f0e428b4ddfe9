use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::Span;

/// What is kept on disk, and for how long.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Data {
    /// Folder of the database, the media and the master key; created if absent. A relative path starts at the working folder.
    #[schemars(extend("expects" = "a path"))]
    pub dir: PathBuf,
    /// How long the journal is kept. A listener that was away longer misses what was dropped.
    #[serde(with = "Span")]
    pub journal_keep: Duration,
    /// How long the log of requests and answers is kept.
    #[serde(with = "Span")]
    pub request_log_keep: Duration,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("./data"),
            journal_keep: Duration::from_hours(30 * 24),
            request_log_keep: Duration::from_hours(14 * 24),
        }
    }
}

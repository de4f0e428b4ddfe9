use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{Count, Size, Span};

/// How listeners (webhook endpoints) are told, and what a receiver may cost.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Relay {
    /// Most requests to one listener under way at once. A head-of-line listener always has one.
    #[serde(with = "Count")]
    pub concurrency: usize,
    /// Most requests to all listeners of one workspace under way at once, so that its receivers, if they hang, do not hold up
    /// those of others. The gateway makes 1024 at once in all: where there is only one workspace, it may have them.
    #[serde(with = "Count")]
    pub workspace_concurrency: usize,
    /// How long reaching the receiver may take: name, connection and TLS.
    #[serde(with = "Span")]
    pub connect_timeout: Duration,
    /// How long the receiver may take until the headers of its answer are in.
    #[serde(with = "Span")]
    pub headers_timeout: Duration,
    /// How long one attempt may take in all.
    #[serde(with = "Span")]
    pub total_timeout: Duration,
    /// Where a receiver's answer is cut.
    #[serde(with = "Size")]
    pub answer_size: u64,
    /// How long attempts (time, status, milliseconds, first bytes of the answer) are kept.
    #[serde(with = "Span")]
    pub attempts_keep: Duration,
}

impl Default for Relay {
    fn default() -> Self {
        Self {
            concurrency: 64,
            workspace_concurrency: 256,
            connect_timeout: Duration::from_secs(5),
            headers_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(20),
            answer_size: 64_000,
            attempts_keep: Duration::from_hours(14 * 24),
        }
    }
}

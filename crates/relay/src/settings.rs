//! What a receiver may cost.

use std::time::Duration;

/// Bounds of the relay; times are the world's, whatever pace the clock runs at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Most requests to one listener under way at once, over all its accounts.
    pub concurrency: usize,
    /// Most requests to all listeners of one workspace under way at once.
    pub workspace_concurrency: usize,
    /// Most requests under way at once in all.
    pub total_concurrency: usize,
    /// Until the headers of the answer are in.
    pub headers: Duration,
    /// One attempt in all.
    pub total: Duration,
    /// Where the answer is cut, bytes.
    pub answer: usize,
    /// How long a stopping relay waits for the requests under way.
    pub drain: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 64,
            workspace_concurrency: 256,
            total_concurrency: 1024,
            headers: Duration::from_secs(15),
            total: Duration::from_secs(20),
            answer: 64_000,
            drain: Duration::from_secs(5),
        }
    }
}

//! How long and how much: the bounds of one exchange.

use std::time::Duration;

/// Bounds of one [`crate::Client::send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the start until the answer's headers are in (connecting included). 15 s.
    pub headers: Duration,
    /// From the start until we stop reading the answer. 20 s.
    pub total: Duration,
    /// Bytes of the answer's body that are kept; the rest is not read. 64 kB.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { headers: Duration::from_secs(15), total: Duration::from_secs(20), answer: 64 * 1024 }
    }
}

/// Bounds of one [`crate::Client::download`]; the size is given with each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadLimits {
    /// From asking one address until its headers are in (connecting included). 15 s.
    pub headers: Duration,
    /// From the start to the last byte, redirects included. 120 s.
    pub total: Duration,
    /// The server may keep us waiting this long in all, ... 10 s.
    pub patience: Duration,
    /// ... and one second more for every so many bytes it sent. 8 kB.
    pub bytes_per_second: u32,
    /// Redirects that are followed. 3.
    pub redirects: usize,
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(15),
            total: Duration::from_secs(120),
            patience: Duration::from_secs(10),
            bytes_per_second: 8 * 1024,
            redirects: 3,
        }
    }
}

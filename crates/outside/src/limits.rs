//! How long and how much: the bounds of one exchange.

use std::time::Duration;

/// Bytes kept of an answer to [`crate::Client::send`] that announces more than [`Limits::answer`]: such an answer costs its
/// connection in any case, so no more is read than somebody may look at.
pub const GLIMPSE: usize = 1024;

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

impl Limits {
    /// How much of a body is read whose length is `announced`: all that is allowed where it may end within that, because
    /// an answer read to its end leaves its connection for the next request.
    pub(crate) fn worth(&self, announced: Option<u64>) -> usize {
        match announced {
            Some(length) if length > self.answer as u64 => self.answer.min(GLIMPSE),
            _ => self.answer,
        }
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

//! How the courier works; the defaults are the product's.

use std::time::Duration;

/// All spans are the clock's, except [`Settings::drain`], which is the world's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Orders of one account in hand at once.
    pub in_flight: usize,
    /// The pause before an order's second attempt; it doubles from attempt to attempt up to `backoff_max`.
    pub backoff_first: Duration,
    pub backoff_max: Duration,
    /// Attempts of an order after which one of unknown outcome is not repeated any more.
    pub unknown_attempts: u32,
    /// How long one attempt may take, and one that carries a file.
    pub perform_limit: Duration,
    pub media_limit: Duration,
    /// How long the answer to a live question may take.
    pub ask_limit: Duration,
    /// Live questions of one account answered at once.
    pub asks_in_flight: usize,
    /// The pause before a session that ended is opened again; it doubles up to `reopen_max`.
    pub reopen_first: Duration,
    pub reopen_max: Duration,
    /// Connected for so long, a session's next end is a first one again.
    pub steady: Duration,
    /// How long attempts under way are waited for when a session is closed.
    pub drain: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            in_flight: 16,
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(300),
            unknown_attempts: 3,
            perform_limit: Duration::from_secs(60),
            media_limit: Duration::from_secs(180),
            ask_limit: Duration::from_secs(15),
            asks_in_flight: 16,
            reopen_first: Duration::from_secs(1),
            reopen_max: Duration::from_secs(300),
            steady: Duration::from_secs(60),
            drain: Duration::from_secs(8),
        }
    }
}

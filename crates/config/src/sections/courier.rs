use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{Count, Span};

/// How orders are carried out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Courier {
    /// How long an order may wait to be sent before it expires, where the call named no time of its own.
    #[serde(with = "Span")]
    pub order_ttl: Duration,
    /// Wait before the second attempt of an order that was surely not sent; it doubles from attempt to attempt.
    #[serde(with = "Span")]
    pub backoff_first: Duration,
    /// Longest wait between two attempts of an order.
    #[serde(with = "Span")]
    pub backoff_max: Duration,
    /// Most orders of one account performed at once. Within a chat it is always one.
    #[serde(with = "Count")]
    pub in_flight: usize,
    /// Most attempts of an order whose outcome stays unknown, where the messenger de-duplicates by our message id.
    /// After them, and at once where it does not, the order becomes `uncertain`. An attempt that a stop or a crash of the
    /// gateway broke off is not counted where the messenger de-duplicates.
    #[serde(with = "Count")]
    pub unknown_attempts: usize,
}

impl Default for Courier {
    fn default() -> Self {
        Self {
            order_ttl: Duration::from_hours(24),
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_mins(5),
            in_flight: 16,
            unknown_attempts: 3,
        }
    }
}

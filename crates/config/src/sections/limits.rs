use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{Count, Size, Span};

/// Limits at the door: what one caller may cost before the call is refused or cut.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// How long a new connection may stay silent before its first byte.
    #[serde(with = "Span")]
    pub first_byte_timeout: Duration,
    /// How long the request line and all headers may take, from the first byte.
    #[serde(with = "Span")]
    pub header_timeout: Duration,
    /// How long the body of a call may take. Media uploads are held to `body_min_rate` alone.
    #[serde(with = "Span")]
    pub body_timeout: Duration,
    /// Slowest body that is still read, in bytes per second.
    #[serde(with = "Size")]
    pub body_min_rate: u64,
    /// Largest request line and headers together.
    #[serde(with = "Size")]
    pub header_size: u64,
    /// Most headers in one request.
    #[serde(with = "Count")]
    pub header_count: usize,
    /// Largest body of an ordinary call; one that may carry a file, sending among them, is held to `media_size`.
    #[serde(with = "Size")]
    pub body_size: u64,
    /// Largest media upload; media is streamed to disk.
    #[serde(with = "Size")]
    pub media_size: u64,
    /// Deepest nesting of a JSON body.
    #[serde(with = "Count")]
    pub json_depth: usize,
    /// Most open connections. Further ones are closed at once.
    #[serde(with = "Count")]
    pub connections: usize,
    /// Most open connections from one address.
    #[serde(with = "Count")]
    pub connections_per_address: usize,
    /// Most requests worked on at once. Further ones are answered 503 with `Retry-After`.
    #[serde(with = "Count")]
    pub requests_in_flight: usize,
    /// Keep each API's own limits of how often a method may be called for an account. Calls over them are answered 429.
    pub method_rates: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_byte_timeout: Duration::from_secs(5),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            body_min_rate: 1_000,
            header_size: 16_000,
            header_count: 64,
            body_size: 1_000_000,
            media_size: 100_000_000,
            json_depth: 32,
            connections: 4_096,
            connections_per_address: 64,
            requests_in_flight: 1_024,
            method_rates: true,
        }
    }
}

//! What one caller may cost before the call is refused or cut.

use std::time::Duration;

use ipnet::IpNet;

/// Limits at the door. The spans are the world's, whatever pace the gateway's clock has: they are about the peer.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a new connection may stay silent before its first byte.
    pub first_byte: Duration,
    /// How long the request line and all headers may take; a kept-alive connection may idle as long.
    pub header: Duration,
    /// Bytes of the request line and all headers together.
    pub header_bytes: usize,
    pub header_count: usize,
    /// How long a small body may take. Media is held to `body_rate` alone.
    pub body: Duration,
    /// The slowest body that is still read, bytes per second.
    pub body_rate: u64,
    /// The largest body of an ordinary call.
    pub body_bytes: u64,
    /// The largest body that carries a file.
    pub media_bytes: u64,
    /// The deepest nesting of a JSON body.
    pub json_depth: usize,
    /// Open connections in all.
    pub connections: usize,
    /// Open connections of one address (of one /64 network with IPv6). Trusted proxies are not held to it.
    pub connections_per_address: usize,
    /// The same for this machine's own addresses.
    pub connections_per_loopback: usize,
    /// Requests worked on at once; those that only wait (long polls, streams, questions to a messenger) do not count.
    pub requests_in_flight: usize,
    /// Whether the dialects' own limits of how often a method may be called are kept.
    pub method_rates: bool,
    /// How long what was begun may take to finish after the shutdown.
    pub drain: Duration,
    /// Networks of the proxies in front of the gateway: only these are believed in `X-Forwarded-For`.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Limits {
    /// As trials.md gives them, "Limits at the door".
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(5),
            header: Duration::from_secs(10),
            header_bytes: 16_000,
            header_count: 64,
            body: Duration::from_secs(30),
            body_rate: 1_000,
            body_bytes: 1_000_000,
            media_bytes: 100_000_000,
            json_depth: 32,
            connections: 4_096,
            connections_per_address: 64,
            connections_per_loopback: 4_096,
            requests_in_flight: 1_024,
            method_rates: true,
            drain: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
        }
    }
}

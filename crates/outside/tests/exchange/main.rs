//! Requests against servers of every temper, on 127.0.0.1 (allowed by name) and with limits of milliseconds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod download;
mod peek;
mod pieces;
mod proxy;
mod send;
mod server;
mod tls;

//! Requests against servers of every temper, on 127.0.0.1 (allowed by name) and with limits of milliseconds.

mod download;
mod proxy;
mod send;
mod server;
mod tls;

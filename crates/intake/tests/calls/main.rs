//! The room whole, on a real socket and a real store, with a tiny dialect of the tests' own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod client;
mod dialect;
mod house;

mod asking;
mod door;
mod drain;
mod files;
mod keys;
mod log;
mod polling;
mod sending;

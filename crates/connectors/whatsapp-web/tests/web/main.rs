//! The connector against a pretend WhatsApp (`tests/whatsapp`).
#![recursion_limit = "512"]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod conformance;
mod pocket;
mod troubles;
mod words;

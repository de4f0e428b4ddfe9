//! The connector against a pretend WhatsApp (`tests/whatsapp`).
#![recursion_limit = "512"]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod conformance;
mod links;
mod pocket;
mod presence;
mod reading;
mod troubles;
mod words;

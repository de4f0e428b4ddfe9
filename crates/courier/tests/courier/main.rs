//! The courier as the house sees it: over a real store, with a scripted messenger and a clock that stands still.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod house;
mod inbox;
mod logins;
mod messenger;
mod sending;
mod sessions;
mod stopping;
mod store;
mod uncertainty;

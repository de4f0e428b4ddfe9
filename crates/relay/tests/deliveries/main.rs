//! The relay on a real store, with a receiver that a test plays and a clock that stands still.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod dialects;
mod head_of_line;
mod independent;
mod listeners;
mod per_message;
mod receiver;
mod schedules;
mod stage;
mod workspaces;

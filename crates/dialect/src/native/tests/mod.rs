//! What the dialect promises, tried from outside: [`world`] makes the calls.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod answers;
mod cases;
mod description;
mod notices;
mod reading;
mod robust;
mod world;

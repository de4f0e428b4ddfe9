//! The pretend messenger from outside: the kit, the magic numbers, the levers, a kill.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod asks;
mod conformance;
mod kill;
mod levers;
mod lies;
mod magic;
mod phone;

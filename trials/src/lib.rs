//! What the gateway proves about itself: programs that start the built binary, treat it badly, count, and write the
//! figures down. The small sizes are tests; `cargo xtask trial NAME` runs any size.

#![expect(clippy::print_stdout, reason = "figures are for standard output")]

pub mod bench;
pub mod idempotency;
pub mod kill;
pub mod load;
pub mod report;

//! What the gateway proves about itself: programs that start the built binary, treat it badly, count, and write the
//! figures down. The small sizes are tests; `cargo xtask trial NAME` runs any size.

pub mod bench;
pub mod idempotency;
pub mod kill;
pub mod load;
pub mod report;

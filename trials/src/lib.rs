//! What the gateway proves about itself: programs that start the built binary, treat it badly, count, and write the
//! figures down. [`catalog`] has them all. The small sizes are tests; `cargo xtask trial NAME` runs any size.
//!
//! What must hold is written once, in [`invariants`]; [`clients`] are the careful clients that it is promised to, and
//! [`ledger`] is the messenger's own memory that it is judged by.

#![expect(clippy::print_stdout, reason = "figures are for standard output")]

pub mod backup;
pub mod bench;
pub mod catalog;
pub mod clients;
pub mod command;
pub mod disk;
pub mod drain;
pub mod freeze;
pub mod fuzz;
pub mod hell;
pub mod idempotency;
pub mod invariants;
pub mod kill;
pub mod ledger;
pub mod load;
pub mod loris;
pub mod model;
pub mod neighbour;
pub mod order;
pub mod process;
pub mod report;
pub mod secrets;
pub mod shim;
pub mod simulation;
pub mod soak;
pub mod ssrf;
pub mod tenants;

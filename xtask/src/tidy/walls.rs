//! Who may know whom: the table of `../shared/design.md` §2, as data. Changing a wall of the house is changing a line here.
//!
//! Names are folders: `store` is `crates/store`, `connectors/*` is each folder under `crates/connectors`.

/// What a crate of ours may depend on among ours.
pub enum Knows {
    /// These, and nothing else of ours.
    Only(&'static [&'static str]),
    /// It composes the house or stands outside of it.
    Everything,
}

use Knows::{Everything, Only};

/// Normal and build dependencies between crates of ours. Of `telemetry` the rooms see the names only: the sinks are behind a
/// feature that the gateway switches on.
pub const CRATES: &[(&str, Knows)] = &[
    ("model", Only(&[])),
    ("clock", Only(&["model"])),
    ("secret", Only(&[])),
    ("config", Only(&[])),
    ("telemetry", Only(&[])),
    ("dialect", Only(&["model"])),
    ("store", Only(&["model"])),
    ("store-sqlite", Only(&["store", "model", "telemetry"])),
    ("outside", Only(&["model"])),
    ("connector", Only(&["model", "clock"])),
    ("connectors/*", Only(&["connector", "outside", "secret", "model", "clock"])),
    ("intake", Only(&["dialect", "store", "model", "clock", "secret", "telemetry"])),
    ("courier", Only(&["connector", "store", "model", "clock", "telemetry"])),
    ("relay", Only(&["dialect", "store", "outside", "model", "clock", "telemetry"])),
    ("gateway", Everything),
    ("tests", Everything),
    ("tests/whatsapp", Only(&[])),
    ("trials", Everything),
    ("xtask", Only(&[])),
];

/// Not even the tests of this crate may know another crate of ours.
pub const ALONE_IN_TESTS_TOO: &str = "model";

/// Libraries that live in few crates, so that what they touch (a database, the network) is touched nowhere else.
///
/// The command line in `gateway`, and `tests` and `trials`, talk to a running gateway as its clients do: they need no
/// guard against themselves, so they may use `reqwest`. `tests` and `trials` also play the other side (receivers of
/// webhooks, a bare handler to measure against), so they may use `axum`.
pub const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store-sqlite"]),
    ("tokio-postgres", &["store-postgres"]),
    ("reqwest", &["outside", "gateway", "tests", "trials"]),
    ("axum", &["intake", "console", "tests", "trials"]),
];

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kinds of messenger; each has its own section.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Connectors {
    pub sandbox: Sandbox,
}

/// The pretend messenger for trying things out and for tests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sandbox {
    /// Whether sandbox accounts can be made and connected.
    pub enabled: bool,
    /// Seed of everything it makes up: the same seed and the same calls give the same world.
    pub seed: u64,
    /// Whether it takes every message at once and says nothing more of it: no receipts, no special numbers. For load tests.
    pub instant: bool,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self { enabled: true, seed: 1, instant: false }
    }
}

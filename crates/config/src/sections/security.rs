use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::MasterKey;

/// The first owner and the keys at rest.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Security {
    /// What `serve` does while the gateway has no owner.
    pub owner_setup: OwnerSetup,
    /// The key that seals every secret in the database. Not set: it is read from `security.key_file`.
    /// The gateway does not start with another one than its data are sealed with, and losing it loses the sealed secrets; prefer the environment or the key file to the TOML file.
    #[schemars(extend("examples" = ["64 hexadecimal digits"]))]
    pub master_key: Option<MasterKey>,
    /// File of the master key; created with a fresh key where there is no database yet. Not set: `master.key` in `data.dir`.
    #[schemars(extend("expects" = "a path", "examples" = ["/etc/sluice/master.key"]))]
    pub key_file: Option<PathBuf>,
}

/// How the first owner comes to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OwnerSetup {
    /// Create the first owner and print a one-time link or key.
    #[default]
    Print,
    /// Create nobody.
    Off,
}

//! Every setting of the gateway: one file per section under [`sections`].
//!
//! Values come from four layers, the later over the earlier: the defaults, a TOML file, the environment, flags.
//! The environment name of a key is `SLUICE_`, then its path in upper case with `__` for each dot:
//! `server.listen` is `SLUICE_SERVER__LISTEN`. A list is replaced whole, never added to.
//!
//! Nothing is listed twice: the names, the words and the forms of all keys are read from the structs of
//! [`sections`] through their JSON schema, the defaults from [`Config::default`]. A new key is one documented
//! field and its default; loading, suggestions, [`reference()`], [`Config::example_toml`] and [`print_env`] follow.

mod check;
mod load;
mod print;
mod schema;
pub mod sections;
mod values;

pub use check::{Problem, Severity};
pub use load::{Error, Mistake, Origin, RESERVED, Sources, Trouble};
pub use print::{print_env, reference};
pub use values::{Allowed, MasterKey, WebBase};

use std::path::PathBuf;

use schemars::JsonSchema;
use sections::{Connectors, Courier, Data, Log, Outside, Relay, Security, Server, Store};
use serde::{Deserialize, Serialize};

/// The whole configuration. What a section is for is said at its struct, and the reference prints those words.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub store: Store,
    pub courier: Courier,
    pub relay: Relay,
    pub outside: Outside,
    pub connectors: Connectors,
    pub security: Security,
    pub log: Log,
}

impl Config {
    /// The base of every link the gateway prints or sends, without a slash at its end:
    /// `server.public_url`, or `http://` and the listen address.
    #[must_use]
    pub fn public_url(&self) -> String {
        match &self.server.public_url {
            Some(base) => base.as_str().to_owned(),
            None => format!("http://{}", self.server.listen),
        }
    }

    /// Where the master key is read from, and created if absent, when `security.master_key` is not set.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        match &self.security.key_file {
            Some(path) => path.clone(),
            None => self.data.dir.join("master.key"),
        }
    }
}

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::Count;

/// The database behind the shelves.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Store {
    /// Which database is used.
    pub engine: Engine,
    pub sqlite: Sqlite,
}

/// A database the gateway can keep its shelves in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// One file in `data.dir`, for one node.
    #[default]
    Sqlite,
}

/// The embedded database.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sqlite {
    /// Connections that look things up at the same time. Searches and counts have two of their own, writing has one.
    #[serde(with = "Count")]
    pub readers: usize,
}

impl Default for Sqlite {
    fn default() -> Self {
        Self { readers: 4 }
    }
}

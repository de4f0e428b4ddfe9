//! Bytes that only the holder of the master key can read.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret sealed at rest. The house passes it along; only the rooms that hold the sealer can open it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(***)")
    }
}

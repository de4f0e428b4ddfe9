use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::Allowed;

/// What the gateway may connect to. Private, loopback and other special addresses are refused unless allowed here.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Outside {
    /// Exceptions to that refusal.
    pub allow: Vec<Allowed>,
    /// PEM file of further certificate authorities to trust.
    #[schemars(extend("expects" = "a path", "examples" = ["/etc/sluice/ca.pem"]))]
    pub extra_ca: Option<PathBuf>,
    /// Whether webhooks over plain `http://` are refused.
    pub https_only: bool,
}

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kinds of messenger; each has its own section.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Connectors {
    pub sandbox: Sandbox,
    pub whatsapp_web: WhatsappWeb,
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

/// People's own WhatsApp accounts, linked by a QR code. Unofficial: WhatsApp may ban an account that uses it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct WhatsappWeb {
    /// Whether such accounts can be made and connected.
    pub enabled: bool,
    /// A pretend WhatsApp server, for tests. Taken only by a program that was built for it, which talks to no real one.
    #[schemars(extend("expects" = "an address", "examples" = ["ws://127.0.0.1:7777/ws/chat"]))]
    pub server_url: Option<String>,
    /// The version of the protocol to claim, for tests; WhatsApp itself is asked for it otherwise. Taken as `server_url` is.
    #[schemars(extend("expects" = "three numbers", "examples" = ["2.3000.1026131876"]))]
    pub version: Option<String>,
    /// Whether a link in a text is shown with a card where the sender's program asked for one: the page that it leads to is
    /// then fetched, through the account's proxy where it has one.
    pub link_previews: bool,
}

impl Default for WhatsappWeb {
    fn default() -> Self {
        Self { enabled: true, server_url: None, version: None, link_previews: true }
    }
}

//! What the gateway gives to the connector.

use sluice_outside::Client;

/// How WhatsApp is reached.
pub struct Settings {
    /// The only way out.
    pub outside: Client,
    /// A pretend server, `ws://127.0.0.1:PORT/ws/chat`: tests only, for which the check of WhatsApp's root key has to be
    /// left out of the build. Files are then brought to and got from the same host and port without TLS.
    pub server: Option<String>,
    /// The protocol's version; `None` asks WhatsApp for the newest, as its own web page does.
    pub version: Option<Version>,
    /// Whether pages are looked at for the cards of links that callers asked for.
    pub link_previews: bool,
}

/// Three numbers, as in `2.3000.1026131876`.
pub type Version = (u32, u32, u32);

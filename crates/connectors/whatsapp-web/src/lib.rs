//! A person's own WhatsApp account, as a linked device.
//!
//! Everything that knows WhatsApp's protocol is the crate `whatsapp-rust`; here it is given our storage (`store/`), our
//! way out (`wire/`) and our tasks (`tasks.rs`), and its words are turned into the house's:
//!
//! - `login/` links the device to a phone;
//! - `session/` keeps it connected, hands in what comes and waits for the server's word about what goes;
//! - `outward/` makes messages of orders, `inward/` the reverse, `asks/` answers live questions, and `desk/` is the
//!   little that they remember together.

// The futures of whatsapp-rust nest deeply.
#![recursion_limit = "512"]

mod abilities;
mod asks;
mod client;
mod desk;
mod inward;
mod login;
mod outward;
mod session;
mod settings;
mod store;
mod tasks;
mod trouble;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::{Connector, Home, Login, Session};
use sluice_model::ask::LoginWay;
use sluice_model::failure::Why;
use sluice_model::{Abilities, Channel, Failure};

pub use settings::{Settings, Version};

/// Whether the check of WhatsApp's root key is left out of this build, so that it talks to pretend servers.
pub const TEST_SERVER: bool = cfg!(feature = "test-server");

/// The connector `whatsapp-web`.
pub struct WhatsappWeb {
    settings: Arc<Settings>,
}

impl WhatsappWeb {
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings) }
    }
}

#[async_trait]
impl Connector for WhatsappWeb {
    fn name(&self) -> &'static str {
        "whatsapp-web"
    }

    fn channels(&self) -> &'static [Channel] {
        abilities::CHANNELS
    }

    fn abilities(&self, channel: Channel) -> &'static Abilities {
        abilities::of(channel)
    }

    async fn is_logged_in(&self, home: &Home) -> Result<bool, Failure> {
        store::is_paired(&*home.vault).await.map_err(login::gone)
    }

    async fn login(&self, home: Home, way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        let phone = match way {
            LoginWay::Qr => None,
            LoginWay::PairingCode { phone } => Some(phone),
            LoginWay::Phone { .. } | LoginWay::Token { .. } => {
                let note = "WhatsApp links a device by a QR code or a pairing code.";
                return Err(Failure::refused(Why::Unsupported, note));
            }
        };
        let way = login::Way::begin(home, self.settings.clone(), phone).await.map_err(login::gone)?;
        Ok(Box::new(way))
    }

    async fn open(&self, home: Home) -> Box<dyn Session> {
        Box::new(session::Stay::begin(home, self.settings.clone()))
    }
}

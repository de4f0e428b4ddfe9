//! A real user's Android phone that pulls its messages and reports what happened (contract phone.md).
//!
//! The phone speaks HTTP in the dialect `phone`; what it says comes here as [`sluice_model::device::Call`]s. An account's
//! side of that is a [`board`], kept in the vault before anything is answered; [`session`] is what stands around it.
//!
//! Architecture invariant: an order that the phone may be sending is never given out again unless somebody looked into
//! the chat, or the account's owner wants it so, and then it is marked.

mod abilities;
mod board;
mod keep;
mod login;
mod notices;
mod outward;
mod pacing;
mod session;
mod settings;

use async_trait::async_trait;
use serde_json::Value;
use sluice_connector::{Connector, Home, Login, Session};
use sluice_model::ask::LoginWay;
use sluice_model::device::Device;
use sluice_model::{Abilities, Channel, Failure};

pub use pacing::Pacing;
pub use settings::{OnUnknown, Settings};

/// The connector `phone`. `settings` are what an account begins with.
#[derive(Clone, Debug, Default)]
pub struct Phone {
    settings: Settings,
}

impl Phone {
    pub const fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// What the vault of an account holds right after this phone was paired: names and values. `own` are the account's
    /// own settings.
    pub fn paired(device: &Device, own: &Value) -> Vec<(String, Vec<u8>)> {
        vec![(keep::DEVICE.to_owned(), keep::bytes(device)), (keep::SETTINGS.to_owned(), keep::bytes(own))]
    }
}

#[async_trait]
impl Connector for Phone {
    fn name(&self) -> &'static str {
        "phone"
    }

    fn channels(&self) -> &'static [Channel] {
        abilities::CHANNELS
    }

    fn abilities(&self, _channel: Channel) -> &'static Abilities {
        &abilities::ABILITIES
    }

    fn remembers(&self) -> bool {
        true
    }

    async fn is_logged_in(&self, home: &Home) -> Result<bool, Failure> {
        Ok(keep::device(home).await?.is_some())
    }

    async fn login(&self, home: Home, way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        Ok(Box::new(login::Pairing::begin(home, way).await?))
    }

    async fn open(&self, home: Home) -> Box<dyn Session> {
        Box::new(session::Stay::begin(home, self.settings.clone()))
    }
}

//! The courier carries out what lies on the outbox and keeps the accounts' sessions.
//!
//! One task watches over all accounts ([`supervisor`]), one over each ([`keeper`]), one claims and settles the orders of
//! each open session ([`keeper::claims`]), and every attempt runs on a task of its own. What a session hands in goes
//! through [`inbox`] into the journal before it is acknowledged.
//!
//! Architecture invariants: a session writes under an epoch of its own, so what an old one still does is refused; an
//! attempt whose outcome is unknown is repeated only where the messenger de-duplicates ([`verdict`]); whatever breaks in
//! one account's session ends that session alone.

use std::sync::{Arc, Mutex, PoisonError};

use sluice_clock::{Clock, Dice};
use sluice_connector::{Connector, Media};
use sluice_model::Sealed;
use sluice_model::id::Mint;
use sluice_store::Store;
use sluice_store::asks::Asks;
use tokio_util::sync::CancellationToken;

mod counts;
mod early;
mod expiry;
mod guard;
mod inbox;
mod insist;
mod keeper;
mod mandate;
mod newcomers;
mod pace;
mod recall;
mod settings;
mod supervisor;
mod vault;
mod verdict;

pub use settings::Settings;
pub use vault::{Seal, sealed_for, seals};

/// What the courier works with.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub asks: Arc<dyn Asks>,
    /// Accounts of a kind that is not among them are left alone.
    pub connectors: Vec<Arc<dyn Connector>>,
    pub media: Arc<dyn Media>,
    pub seal: Arc<dyn Seal>,
    pub clock: Clock,
    pub dice: Dice,
    /// The node's own mint: incoming messages get their ids from it.
    pub mint: Arc<Mutex<Mint>>,
    pub settings: Settings,
}

impl Parts {
    fn connector(&self, name: &str) -> Option<&Arc<dyn Connector>> {
        self.connectors.iter().find(|connector| connector.name() == name)
    }

    /// An account's proxy, opened; empty where it cannot be.
    fn proxy(&self, sealed: &Sealed) -> Arc<str> {
        let opened = self.seal.open(seals::PROXY, &sealed.0).and_then(|url| String::from_utf8(url).ok());
        if opened.is_none() {
            tracing::error!("an account's proxy cannot be opened: is this the master key it was sealed with?");
        }
        opened.unwrap_or_default().into()
    }

    fn mint(&self) -> sluice_model::Id {
        self.mint.lock().unwrap_or_else(PoisonError::into_inner).next(self.clock.now())
    }
}

/// The room. Nobody calls it: it finds its work on the shelves.
pub struct Courier(Arc<Parts>);

impl Courier {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Works until `shutdown`, then drains: nothing more is claimed, attempts under way get [`Settings::drain`] to end,
    /// sessions are closed. Trouble with the store is waited out, except that whoever runs the house watches its health.
    pub async fn run(self, shutdown: CancellationToken) {
        supervisor::Supervisor::new(self.0).run(shutdown).await;
    }
}

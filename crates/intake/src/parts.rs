//! What the room is furnished with.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use sluice_clock::{Clock, Dice};
use sluice_dialect::{Dialect, Links};
use sluice_model::delivery::Attempt;
use sluice_model::id::Mint;
use sluice_model::{Account, Listener, Spelling};
use sluice_store::asks::Asks;
use sluice_store::{Blobs, Fault, Store};

use crate::{ConnectorCatalog, Limits};

pub struct Parts {
    pub store: Arc<dyn Store>,
    pub blobs: Arc<dyn Blobs>,
    pub asks: Arc<dyn Asks>,
    /// In the order in which they are asked whether a path is theirs; the first also answers what is nobody's.
    pub dialects: &'static [&'static dyn Dialect],
    pub spelling: Spelling,
    pub links: Links,
    pub clock: Clock,
    pub dice: Dice,
    /// Shared with whoever else mints ids on this node.
    pub mint: Arc<Mutex<Mint>>,
    pub seal: Arc<dyn Seal>,
    pub connectors: Arc<ConnectorCatalog>,
    pub limits: Limits,
    /// How long a message may wait to be sent when its caller does not say.
    pub order_life: Duration,
    pub tester: Arc<dyn TestCall>,
    /// Renders what was counted, in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

/// Sealing at rest. What is sealed in one context cannot be opened in another.
pub trait Seal: Send + Sync {
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8>;

    /// `None` when it was changed, or sealed by another key or in another context.
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// The contexts in which this room seals; whoever opens must name the same.
pub mod seals {
    /// A listener's secret.
    pub const LISTENER: &str = "listener";
    /// An API key's token, for dialects that show it again.
    pub const KEY: &str = "key";
    /// An account's proxy URL.
    pub const PROXY: &str = "proxy";
}

/// Whoever calls listeners: asked here for one call that is a test.
#[async_trait]
pub trait TestCall: Send + Sync {
    /// Sends a made-up event of this name, about `account`, to the listener once and now. Leaves no delivery behind.
    async fn test(&self, listener: &Listener, account: &Account, event: &str) -> Result<Attempt, Fault>;
}

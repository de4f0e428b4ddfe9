//! What the relay is made of.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_clock::{Clock, Dice};
use sluice_dialect::{Dialect, Links};
use sluice_model::{AccountId, Listener, Spelling};
use sluice_outside::{Answer, Client, Request, Trouble};
use sluice_store::{Blobs, Fault, Store};
use sluice_telemetry::brief::{NAME, brief};
use tokio::sync::Semaphore;

use crate::Settings;
use crate::silence::Silence;

/// Given by whoever composes the house.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub blobs: Arc<dyn Blobs>,
    /// [`sluice_outside::Client`], or a receiver that a test has written.
    pub post: Arc<dyn Post>,
    pub secrets: Arc<dyn Open>,
    /// In whose words listeners are told: [`sluice_dialect::ALL`].
    pub dialects: &'static [&'static dyn Dialect],
    pub spelling: Spelling,
    pub links: Links,
    pub clock: Clock,
    pub dice: Dice,
    pub settings: Settings,
}

/// The way to the receivers.
#[async_trait]
pub trait Post: Send + Sync {
    /// Any answer is an answer, whatever its status; [`Trouble`] is that there was none.
    async fn post(&self, request: Request) -> Result<Answer, Trouble>;
}

#[async_trait]
impl Post for Client {
    async fn post(&self, request: Request) -> Result<Answer, Trouble> {
        self.send(request).await
    }
}

/// Opens what was sealed at rest.
pub trait Open: Send + Sync {
    /// `None` when it was not sealed here for this `context`. Secrets of listeners have the context `listener`.
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}

/// The parts, and what all lanes share.
pub(crate) struct Tools {
    pub parts: Parts,
    /// How many requests may be under way at once, over all listeners.
    pub door: Arc<Semaphore>,
    /// Places named by messages that gave no answer.
    pub silence: Silence,
}

impl Tools {
    pub fn new(parts: Parts) -> Self {
        let door = Arc::new(Semaphore::new(parts.settings.total_concurrency.max(1)));
        Self { door, silence: Silence::default(), parts }
    }

    pub fn dialect(&self, name: &str) -> Option<&'static dyn Dialect> {
        self.parts.dialects.iter().copied().find(|dialect| dialect.name() == name)
    }

    /// The listener's secret, opened. One that cannot be opened is a fault: a call without it would be refused by the
    /// receiver, or worse, believed.
    pub fn secret_of(&self, listener: &Listener) -> Result<Option<Arc<str>>, Fault> {
        let Some(sealed) = &listener.secret else {
            return Ok(None);
        };
        let opened = self.parts.secrets.open("listener", &sealed.0);
        let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(|text| Some(text.into())).ok_or_else(|| Fault::other("the listener's secret cannot be opened"))
    }

    /// The account's name as it is now, for the log.
    pub async fn name_of(&self, account: AccountId) -> Option<String> {
        let account = self.store().account(account).await.ok()??;
        brief(&account.name, NAME).map(str::to_owned)
    }

    pub fn store(&self) -> &dyn Store {
        &*self.parts.store
    }

    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }
}

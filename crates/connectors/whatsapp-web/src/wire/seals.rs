//! A message goes out when what it was sealed with is on disk.
//!
//! An answer is sealed with a key that was made when the message before it was read. The library writes such keys a moment
//! later, of its own accord (`signal_flush.rs` there); a crash within that moment would leave an answer at the other side that
//! nobody here can go on from, and everything after it would have to be asked for anew.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use sluice_clock::Clock;
use whatsapp_rust::transport::Transport;
use whatsapp_rust::wacore::stats::TransportResourceReport;
use whatsapp_rust::{Client, anyhow};

use crate::tasks::world;

/// While a new connection brings what was missed, the library may keep the keys to itself until something was sent.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a session knows of its keys on their way to the disk.
pub struct Seals {
    clock: Clock,
    client: OnceLock<Weak<Client>>,
    under_way: AtomicUsize,
    /// The keys were waited for in vain; until the next message nobody waits again.
    in_vain: AtomicBool,
}

/// A message is on its way out.
pub struct UnderWay<'a>(&'a Seals);

impl Seals {
    pub fn new(clock: Clock) -> Self {
        Self { clock, client: OnceLock::new(), under_way: AtomicUsize::new(0), in_vain: AtomicBool::new(false) }
    }

    /// Whose keys these are.
    pub fn belong_to(&self, client: &Arc<Client>) {
        self.client.get_or_init(|| Arc::downgrade(client));
    }

    /// As long as the guard lives, whatever goes out waits for the keys.
    pub fn begin(&self) -> UnderWay<'_> {
        self.in_vain.store(false, Ordering::Release);
        self.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(self)
    }

    async fn keep(&self) {
        let waits = self.under_way.load(Ordering::Acquire) > 0 && !self.in_vain.load(Ordering::Acquire);
        let Some(client) = self.client.get().and_then(Weak::upgrade).filter(|_| waits) else {
            return;
        };
        let kept = self.clock.within(world(&self.clock, PATIENCE), Box::pin(client.flush_pending_signal_state())).await;
        if !matches!(kept, Some(Ok(()))) {
            self.in_vain.store(true, Ordering::Release);
            tracing::debug!("the keys of a message were not written down before it went out");
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A connection that waits for the keys.
pub struct Careful {
    pub transport: Arc<dyn Transport>,
    pub seals: Arc<Seals>,
}

#[async_trait]
impl Transport for Careful {
    async fn send(&self, data: Bytes) -> Result<(), anyhow::Error> {
        self.seals.keep().await;
        self.transport.send(data).await
    }

    async fn disconnect(&self) {
        self.transport.disconnect().await;
    }

    fn resource_report(&self) -> Option<TransportResourceReport> {
        self.transport.resource_report()
    }
}

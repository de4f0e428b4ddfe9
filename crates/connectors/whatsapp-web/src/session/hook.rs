//! Where messages come in: WhatsApp gets its acknowledgement only when they are in the journal.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use sluice_connector::{Closed, Home};
use whatsapp_rust::types::events::{BatchOrigin, Event, InboundMessage, MessageBatch};
use whatsapp_rust::{Client, InboundDurabilityHook, anyhow};

use super::place::Place;
use crate::inward;

pub struct Hook {
    pub home: Home,
    /// The client holds the hook, and the place holds the client.
    pub place: Weak<Place>,
}

impl Hook {
    async fn take(&self, place: &Place, batch: &[InboundMessage]) -> Result<(), Closed> {
        let live = place.live().ok_or(Closed)?;
        let batch = MessageBatch::builder().messages(batch.into()).origin(BatchOrigin::Live).build();
        let inbound = Box::pin(inward::read(&live.desk, &Event::Messages(batch))).await;
        if inbound.is_empty() {
            return Ok(());
        }
        self.home.inbox.push(inbound).await
    }
}

#[async_trait]
impl InboundDurabilityHook for Hook {
    async fn on_messages(&self, _: Arc<Client>, batch: &[InboundMessage]) -> anyhow::Result<()> {
        let place = self.place.upgrade().ok_or(Closed)?;
        let taken = tokio::select! {
            biased;
            () = place.left() => Err(Closed),
            taken = self.take(&place, batch) => taken,
        };
        if taken.is_err() {
            // The account is somebody else's now, or the house is closing.
            place.quit();
        }
        Ok(taken?)
    }
}

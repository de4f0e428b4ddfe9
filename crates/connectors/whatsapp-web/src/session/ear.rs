//! Hears what the client tells, in order. It must not wait: the client waits with it.

use std::sync::{Arc, Weak};

use sluice_model::failure::Why;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use whatsapp_rust::types::events::{Event, EventHandler};

use super::place::Place;

/// Events that wait to be read. A house that does not take them for so long loses the newest: messages are not among
/// them, they come by the hook.
pub const WAITING: usize = 8192;

pub struct Ear {
    pub place: Weak<Place>,
    pub events: mpsc::Sender<Heard>,
}

pub enum Heard {
    Event(Arc<Event>),
    /// The client has stopped, and does not connect again by itself.
    Stopped,
}

impl EventHandler for Ear {
    fn handle_event(&self, event: Arc<Event>) {
        let Some(place) = self.place.upgrade() else { return };
        match &*event {
            // The hook had them.
            Event::Messages(batch) if batch.hook_committed => return,
            Event::ServerAck(ack) if ack.class.as_deref() != Some("message") || place.acks.settle(ack) => return,
            Event::Receipt(receipt) => place.acks.confirm(&receipt.message_ids),
            // Known at once, told in its turn.
            Event::Disconnected(_) => place.fall(Why::Disconnected, "The connection to WhatsApp is lost."),
            _ => {}
        }
        // A session that is over is told a farewell that nobody reads.
        if let Err(TrySendError::Full(_)) = self.events.try_send(Heard::Event(event)) {
            tracing::warn!("what WhatsApp told is lost: the house takes nothing in");
        }
    }
}

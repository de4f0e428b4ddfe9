//! From what WhatsApp tells to what the house keeps.
//!
//! Messages come from within the client's receive pipeline and are acknowledged to WhatsApp once the house has them;
//! everything else comes one after the other, and the server may be asked on the way.

mod calls;
pub mod content;
mod envelope;
mod files;
mod frame;
mod groups;
mod history;
mod messages;
mod people;
mod presence;
mod receipts;
#[cfg(test)]
mod tests;

use sluice_connector::Inbound;
use whatsapp_rust::types::events::Event;

use crate::desk::Desk;

pub use files::fetch;

/// What the house should know of `event`, in order; empty for what means nothing to it.
pub async fn read(desk: &Desk, event: &Event) -> Vec<Inbound> {
    match event {
        Event::Messages(batch) => {
            let mut inbound = Vec::with_capacity(batch.len());
            for message in batch {
                inbound.extend(Box::pin(messages::read(desk, &message.message, &message.info)).await);
            }
            inbound
        }
        Event::UndecryptableMessage(lost) => messages::undecrypted(desk, lost).await.into_iter().collect(),
        Event::Receipt(receipt) => receipts::read(desk, receipt).await.into_iter().collect(),
        Event::IncomingCall(call) => calls::incoming(desk, call).await.into_iter().collect(),
        Event::MissedCall(call) => calls::missed(desk, call).await.into_iter().collect(),
        Event::CallEndedElsewhere(call) => calls::elsewhere(desk, call).await.into_iter().collect(),
        Event::GroupUpdate(update) => groups::read(desk, update).await.into_iter().collect(),
        Event::PictureUpdate(update) => people::picture(desk, update).await.into_iter().collect(),
        Event::ContactUpdate(update) => people::saved(desk, update).await.into_iter().collect(),
        Event::ContactNumberChanged(change) => people::renumbered(change).into_iter().collect(),
        Event::PushNameUpdate(update) => people::renamed(desk, update).await.into_iter().collect(),
        Event::Presence(update) => presence::there(desk, update).await.into_iter().collect(),
        Event::ChatPresence(update) => presence::typing(desk, update).await.into_iter().collect(),
        Event::HistorySync(sync) => {
            Box::pin(history::read(desk, sync)).await;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

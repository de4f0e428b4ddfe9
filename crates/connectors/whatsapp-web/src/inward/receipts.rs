//! The messenger's word about messages sent earlier.

use std::time::Duration;

use sluice_connector::Inbound;
use sluice_model::event;
use sluice_model::order::Step;
use sluice_model::{Address, Timestamp};
use whatsapp_rust::types::events::Receipt;
use whatsapp_rust::types::presence::ReceiptType;
use whatsapp_rust::wacore_binary::JidExt;

use crate::desk::Desk;
use crate::desk::addresses::is_person;

/// In a group the first member to have a message or to read it counts.
pub async fn read(desk: &Desk, receipt: &Receipt) -> Option<Inbound> {
    let step = step(&receipt.r#type)?;
    let source = &receipt.source;
    // Our own devices have got it: that says nothing of the other side.
    if desk.own().is(&source.chat) || desk.own().is(&source.sender) {
        return None;
    }
    let at = moment(receipt.timestamp.timestamp(), desk.home.clock.now());
    if source.chat.is_status_broadcast() && step == Step::Read {
        // The library names the viewer only where WhatsApp says the number beside the LID.
        let mut named = [Some(&source.sender), source.sender_alt.as_ref()].into_iter().flatten();
        if let Some(viewer) = named.find(|jid| is_person(jid)).cloned() {
            let pairs = desk.pairs([viewer.clone()]).await;
            saw(desk, &receipt.message_ids, pairs.address(&viewer)?, at).await;
        }
    }
    Some(Inbound::Receipt(event::Receipt { remotes: receipt.message_ids.clone(), step, at, trouble: None }))
}

/// WhatsApp counts whole seconds, rounded down: it was within this one, and before now.
fn moment(second: i64, now: Timestamp) -> Timestamp {
    now.min(Timestamp::from_seconds(second).plus(Duration::from_millis(999)))
}

/// A device that is not being looked at says `inactive` where another says that it has the message.
fn step(kind: &ReceiptType) -> Option<Step> {
    match kind {
        ReceiptType::Delivered | ReceiptType::Inactive => Some(Step::Deliver),
        ReceiptType::Read | ReceiptType::Played => Some(Step::Read),
        _ => None,
    }
}

async fn saw(desk: &Desk, stories: &[String], viewer: Address, at: Timestamp) {
    for remote in stories {
        if desk.saw_story(remote, viewer.clone(), at).await.is_err() {
            tracing::debug!("who saw a story could not be kept");
        }
    }
}

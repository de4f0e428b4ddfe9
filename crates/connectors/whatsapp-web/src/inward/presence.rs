//! Whether people are there, and whether they type. Told of those only whom the account asked for: WhatsApp tells of
//! everybody who types in a chat with it.

use sluice_connector::Inbound;
use sluice_model::event::{Presence, PresenceState};
use sluice_model::{Event, Timestamp};
use whatsapp_rust::types::events::{ChatPresenceUpdate, PresenceUpdate};
use whatsapp_rust::types::presence::{ChatPresence, ChatPresenceMedia};

use crate::desk::Desk;

pub async fn there(desk: &Desk, update: &PresenceUpdate) -> Option<Inbound> {
    let who = desk.pairs([update.from.clone()]).await.party(&update.from, None)?;
    let (state, last_seen) = match update.unavailable {
        false => (PresenceState::Online, None),
        true => (PresenceState::Offline, update.last_seen.map(|at| Timestamp::from_millis(at.timestamp_millis()))),
    };
    tell(desk, Presence { chat: who.address.clone(), who, state, last_seen }).await
}

pub async fn typing(desk: &Desk, update: &ChatPresenceUpdate) -> Option<Inbound> {
    let source = &update.source;
    let pairs = desk.pairs([source.chat.clone(), source.sender.clone()]).await;
    let (who, chat) = (pairs.party(&source.sender, None)?, pairs.address(&source.chat)?);
    let state = match (update.state, update.media) {
        (ChatPresence::Composing, ChatPresenceMedia::Text) => PresenceState::Typing,
        (ChatPresence::Composing, ChatPresenceMedia::Audio) => PresenceState::Recording,
        (ChatPresence::Paused, _) => PresenceState::Online,
    };
    tell(desk, Presence { who, chat, state, last_seen: None }).await
}

async fn tell(desk: &Desk, presence: Presence) -> Option<Inbound> {
    let presence = desk.hear(presence).await?;
    Some(Inbound::Event(Box::new(Event::PresenceChanged { presence })))
}

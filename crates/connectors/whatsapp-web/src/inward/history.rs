//! What was said before the account was connected here, as the phone sends it after the pairing: chats, messages, names.

use sluice_connector::{Closed, Inbound, Incoming};
use sluice_model::{Content, Party, Timestamp};
use tokio::sync::mpsc;
use whatsapp_rust::Jid;
use whatsapp_rust::types::events::LazyHistorySync;
use whatsapp_rust::wacore::history_sync::HistorySyncStream;
use whatsapp_rust::waproto::whatsapp as wa;

use super::content::{self, Meaning};
use super::envelope;
use super::messages::{self, Place};
use crate::desk::addresses::address_of;
use crate::desk::{Chat, Desk, Pairs};

/// Messages in one commit.
const AT_ONCE: usize = 200;

/// Hands the history in by itself, a chat at a time: all of it at once would be in memory twice.
pub async fn read(desk: &Desk, sync: &LazyHistorySync) {
    let (chats, mut next) = mpsc::channel(2);
    let (bytes, size) = (sync.compressed_bytes().clone(), sync.decompressed_size() as u64);
    let unpacked = tokio::task::spawn_blocking(move || {
        let mut stream = HistorySyncStream::new(&bytes, size);
        while let Ok(Some(chat)) = stream.next_conversation() {
            // Nobody takes them any more: the session is over.
            if chats.blocking_send(chat).is_err() {
                return None;
            }
        }
        stream.remainder().ok()
    });
    while let Some(chat) = next.recv().await {
        if Box::pin(hand_in(desk, chat)).await.is_err() {
            return;
        }
    }
    if let Ok(Some(rest)) = unpacked.await {
        // A closed inbox ends the session by itself.
        let _: Result<(), Closed> = hand_in_names(desk, &rest).await;
    }
}

async fn hand_in(desk: &Desk, chat: wa::Conversation) -> Result<(), Closed> {
    let Ok(jid) = chat.id.parse::<Jid>() else { return Ok(()) };
    let Some(address) = address_of(&jid) else { return Ok(()) };
    let mut pairs = desk.pairs([jid.clone()]).await;
    for other in [&chat.pn_jid, &chat.lid_jid].into_iter().flatten() {
        if let Ok(other) = other.parse::<Jid>() {
            pairs.learn(&jid, &other);
        }
    }
    let address = pairs.address(&jid).unwrap_or(address);
    let name = [&chat.name, &chat.display_name].into_iter().flatten().find(|name| !name.is_empty()).cloned();
    let (timer, group_name) =
        (chat.ephemeral_expiration.unwrap_or_default(), name.clone().filter(|_| address.is_group()));
    if timer > 0 || group_name.is_some() {
        let change = |known: &mut Chat| {
            known.timer = timer;
            known.name = group_name.or(known.name.take());
        };
        desk.learn_chat(&address, change).await;
    }
    let mut said = Vec::new();
    for entry in &chat.messages {
        let Some(entry) = entry.message.as_option() else { continue };
        if let Some(mut incoming) = read_one(desk, &jid, entry, &pairs).await {
            incoming.chat_name.clone_from(&name);
            said.push(incoming);
        }
        if said.len() == AT_ONCE {
            desk.home.inbox.push(vec![Inbound::History(std::mem::take(&mut said))]).await?;
        }
    }
    desk.home.inbox.push(vec![Inbound::History(said)]).await
}

async fn read_one(desk: &Desk, chat: &Jid, entry: &wa::WebMessageInfo, known: &Pairs) -> Option<Incoming> {
    let (key, message) = (entry.key.as_option()?, entry.message.as_option()?);
    let remote = key.id.as_deref().filter(|id| !id.is_empty())?;
    let from_me = key.from_me == Some(true);
    let own = desk.own();
    let author = entry.participant.as_deref().or(key.participant.as_deref()).and_then(|jid| jid.parse().ok());
    let sender = if from_me { own.jid(chat.is_lid())? } else { author.unwrap_or_else(|| chat.clone()) };
    let mut pairs = desk.pairs([chat.clone(), sender.clone()].into_iter().chain(envelope::people(message))).await;
    pairs.merge(known);
    let place = Place { own, pairs, chat: chat.clone(), sender, from_me };
    let frame = place.frame(remote);
    let at = Timestamp::from_seconds(i64::try_from(entry.message_timestamp.unwrap_or_default()).ok()?);
    let Meaning::Content(content) = content::read(message, &frame) else {
        return None;
    };
    if let Content::Poll(poll) = &content {
        messages::remember_poll(desk, poll, message, &frame, at).await;
    }
    let mut incoming = place.incoming(remote, entry.push_name.as_deref(), at, content)?;
    messages::around(&mut incoming, message, &frame);
    Some(incoming)
}

/// The names that people gave themselves, and who is who.
async fn hand_in_names(desk: &Desk, rest: &wa::HistorySync) -> Result<(), Closed> {
    let named = rest.pushnames.iter().filter_map(|named| Some((named.id.as_deref()?.parse::<Jid>().ok()?, named)));
    let named: Vec<_> = named.collect();
    let mut pairs = desk.pairs(named.iter().map(|(jid, _)| jid.clone())).await;
    for pair in &rest.phone_number_to_lid_mappings {
        let jids = [&pair.pn_jid, &pair.lid_jid].map(|jid| jid.as_deref().and_then(|jid| jid.parse::<Jid>().ok()));
        if let [Some(phone), Some(lid)] = &jids {
            pairs.learn(phone, lid);
        }
    }
    let people = named.iter().filter_map(|(jid, named)| pairs.party(jid, named.pushname.as_deref()));
    let people: Vec<Party> = people.filter(|party| party.name.is_some()).collect();
    for some in people.chunks(AT_ONCE) {
        desk.home.inbox.push(vec![Inbound::People(some.to_vec())]).await?;
    }
    Ok(())
}

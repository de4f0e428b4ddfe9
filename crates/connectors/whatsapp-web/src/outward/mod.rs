//! From an order to a message on WhatsApp.
//!
//! What has to be asked for comes first: who is meant under which address, and the file on the media servers. Then
//! [`letter`] writes the message, purely, and it is sent under the order's own id.

mod context;
mod facts;
pub mod letter;
mod links;
mod names;
mod preview;
mod story;
#[cfg(test)]
mod tests;
mod upload;
mod vote;

use sluice_connector::Receipt;
use sluice_model::content::Text;
use sluice_model::failure::Why;
use sluice_model::{Address, Content, Failure, Order};
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::{Jid, SendOptions};

use self::letter::Parts;
use crate::desk::addresses::jid_of;
use crate::desk::polls::Ballot;
use crate::desk::{Card, Desk, gone};

pub use self::names::{Names, of_app_state};
pub use self::preview::Picture;

/// Hands one order to WhatsApp, with the order's `remote` as the stanza's id. The session waits for the server's word.
///
/// # Errors
/// `Refused` for what cannot be sent at all; `NotSent` when it surely did not leave; `Unknown` when it may have.
pub async fn send(desk: &Desk, order: &Order) -> Result<Receipt, Failure> {
    let message = &order.message;
    let chat = jid_of(&message.chat)?;
    let remote = message.remote.as_deref().ok_or_else(|| refused(Why::Unknown, "A message without an id."))?;
    if message.chat == Address::Story {
        story::send(desk, order, remote).await?;
        return Ok(Receipt { remote: Some(remote.to_owned()), alias: None });
    }
    meet(desk, &message.chat, &chat).await?;
    if let Content::Delete { target, for_everyone: false } = &message.content {
        let names = Names::gather(desk, &chat, message).await?;
        names::forget(desk, &chat, target, &names).await?;
    } else {
        let letter = Box::pin(write(desk, order, &chat, remote)).await?;
        let options = SendOptions::default().with_message_id(remote);
        let sent = Box::pin(desk.client.send_message_with_options(&chat, letter, options)).await;
        sent.map_err(|error| crate::trouble::of_send(&error))?;
    }
    let alias = desk.pairs([chat]).await.other(&message.chat);
    Ok(Receipt { remote: Some(remote.to_owned()), alias })
}

/// Whether the server acknowledges what [`send`] sends of `order`: what is deleted for the account alone is told to its
/// other devices in another way.
pub fn needs_ack(order: &Order) -> bool {
    !matches!(order.message.content, Content::Delete { for_everyone: false, .. })
}

/// A number that nothing is known of is looked up before it is written to for the first time, as the app does it: only
/// so its LID becomes known, and a stranger is a refusal.
async fn meet(desk: &Desk, address: &Address, chat: &Jid) -> Result<(), Failure> {
    if !chat.is_pn() || desk.own().is(chat) || desk.chat(address).await.met {
        return Ok(());
    }
    let found = Box::pin(desk.look_up(std::slice::from_ref(chat))).await?;
    if !found.iter().any(|found| found.exists) {
        return Err(refused(Why::NotOnMessenger, "This number is not on WhatsApp."));
    }
    desk.learn_chat(address, |chat| chat.met = true).await;
    Ok(())
}

async fn write(desk: &Desk, order: &Order, chat: &Jid, remote: &str) -> Result<wa::Message, Failure> {
    let message = &order.message;
    let names = Names::gather(desk, chat, message).await?;
    let mut parts = Parts {
        now_ms: desk.home.clock.now().millis(),
        context: context::of(message, chat, &names, desk.chat(&message.chat).await.timer)?,
        ..Parts::default()
    };
    let mut with_card = None;
    match &message.content {
        Content::Text(Text { preview: Some(preview), .. }) => parts.picture = preview::picture(desk, preview).await?,
        Content::Text(text) => {
            if let Some(Card { preview, picture }) = Box::pin(links::card(desk, text)).await {
                parts.picture = picture;
                with_card = Some(Content::Text(Text { preview: Some(preview), ..text.clone() }));
            }
        }
        Content::Media(media) => parts.file = Some(upload::bring(desk, media).await?),
        Content::Poll(poll) => {
            let secret = secret_of(desk, remote);
            let creator = names.own().map(|own| own.to_string()).unwrap_or_default();
            let ballot = Ballot::new(poll.clone(), creator, &secret, message.at);
            desk.open_ballot(remote, &ballot).await.map_err(gone)?;
            parts.secret = secret;
        }
        Content::Reaction { target, .. } => parts.key = Some(names.key(chat, target)?),
        Content::Delete { target, .. } => parts.key = Some(names.key_to_delete(chat, target)?),
        Content::Edit { target, .. } => parts.key = Some(names.key_to_edit(chat, target)?),
        Content::Vote(vote) => return vote::write(desk, vote, chat, &names, parts.now_ms).await,
        _ => {}
    }
    letter::write(with_card.as_ref().unwrap_or(&message.content), parts)
}

/// The secret that votes are sealed with. It follows from the account's own secret and the poll's id: a second attempt
/// under the same id makes the same poll.
fn secret_of(desk: &Desk, remote: &str) -> Vec<u8> {
    use whatsapp_rust::wacore::libsignal::crypto::CryptographicMac;
    let own = desk.client.persistence_manager().get_device_snapshot().adv_secret_key;
    let Ok(mut mac) = CryptographicMac::new("HmacSha256", &own) else {
        return Vec::new();
    };
    mac.update(b"the votes of poll ");
    mac.update(remote.as_bytes());
    mac.finalize()
}

fn refused(why: Why, note: &str) -> Failure {
    Failure::refused(why, note)
}

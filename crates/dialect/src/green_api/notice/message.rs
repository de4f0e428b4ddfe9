//! Messages: incomingMessageReceived, outgoingMessageReceived, outgoingAPIMessageReceived.

use sluice_model::message::Origin;
use sluice_model::{Address, Content, Message};

use super::envelope;
use crate::green_api::content::message_data;
use crate::green_api::frame::Frame;
use crate::green_api::members::Members;
use crate::green_api::{address, ids};

pub fn incoming(frame: &Frame<'_>, message: &Message) -> Option<Members> {
    (frame.on("incomingWebhook") && is_wanted(frame, message))
        .then(|| told(frame, message, "incomingMessageReceived", message.at.seconds()))
}

/// What the account itself said, through the API or on the phone.
pub fn outgoing(frame: &Frame<'_>, message: &Message) -> Option<Members> {
    let (switch, kind, at) = match message.origin {
        Origin::Api { .. } => ("outgoingAPIMessageWebhook", "outgoingAPIMessageReceived", frame.at),
        Origin::Phone => ("outgoingMessageWebhook", "outgoingMessageReceived", message.at),
        Origin::Peer => return None,
    };
    (frame.on(switch) && is_wanted(frame, message)).then(|| told(frame, message, kind, at.seconds()))
}

/// Types that have a switch of their own are only told when it is on: the Java SDK never gets past one that it does not
/// know (contract greenapi.md §3.2). Stories are not told at all, as the vendor does not: a bot would answer them.
fn is_wanted(frame: &Frame<'_>, message: &Message) -> bool {
    message.chat != Address::Story
        && match message.content {
            Content::Poll(_) | Content::Vote(_) => frame.on("pollMessageWebhook"),
            Content::Edit { .. } => frame.on("editedMessageWebhook"),
            Content::Delete { .. } => frame.on("deletedMessageWebhook"),
            _ => true,
        }
}

fn told(frame: &Frame<'_>, message: &Message, kind: &str, seconds: i64) -> Members {
    envelope(frame, kind, seconds)
        .with("idMessage", ids::of_message(message, frame.spelling))
        .with("senderData", sender_data(frame, message))
        .with("messageData", message_data(frame, message))
}

/// Exactly five members on WhatsApp: Java's reader refuses others (contract §0.12, §3.1).
fn sender_data(frame: &Frame<'_>, message: &Message) -> Members {
    let sender = message.sender.as_ref().filter(|_| !message.is_outgoing());
    let name = sender.and_then(|party| party.name.as_deref()).unwrap_or_default();
    let saved_name = sender.and_then(|party| party.saved_name.as_deref()).unwrap_or_default();
    let own_name = frame.account.condition.push_name.as_deref().unwrap_or_default();
    let chat = frame.chat(&message.chat, message.chat_alias.as_ref());
    // In a chat of two the chat is the person.
    let is_person = !matches!(message.chat, Address::Group(_) | Address::Channel(_));
    let chat_name = message.chat_name.as_deref().unwrap_or(if is_person { name } else { "" });
    let sender_id = match sender {
        _ if message.is_outgoing() => frame.wid(),
        Some(party) if !is_person => frame.person(party),
        _ => chat.clone(),
    };
    let data = Members::default()
        .with("chatId", chat)
        .with("chatName", chat_name)
        .with("sender", sender_id)
        .with("senderName", if message.is_outgoing() { own_name } else { name })
        .with("senderContactName", saved_name);
    if !address::is_bare(frame.channel()) {
        return data;
    }
    let phone = sender.and_then(|party| party.phone()).and_then(|digits| digits.parse::<u64>().ok());
    data.with("chatType", chat_type(&message.chat))
        .with("senderType", "user")
        .with("senderPhoneNumber", phone.unwrap_or(0))
}

/// Telegram and MAX (contract §3.1).
const fn chat_type(chat: &Address) -> &'static str {
    match chat {
        Address::Group(_) => "group",
        Address::Channel(_) => "channel",
        _ => "user",
    }
}

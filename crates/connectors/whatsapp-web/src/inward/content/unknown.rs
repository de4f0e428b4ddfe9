//! Messages of kinds that the house has no words for.

use serde_json::Value;
use whatsapp_rust::waproto::whatsapp as wa;

/// What the devices tell one another, and what only decorates other messages.
const SILENT: [&str; 16] = [
    "sender_key_distribution_message",
    "fast_ratchet_key_sender_key_distribution_message",
    "protocol_message",
    "poll_update_message",
    "reaction_message",
    "enc_reaction_message",
    "enc_event_response_message",
    "secret_encrypted_message",
    "keep_in_chat_message",
    "pin_in_chat_message",
    "sticker_sync_rmr_message",
    "album_message",
    "message_history_bundle",
    "message_history_notice",
    "group_root_key_share",
    "root_secret_distribute_message",
];

/// The kind's name for a person to read: `order message`. `None` where there is nothing that anybody would miss.
pub fn name(message: &wa::Message) -> Option<String> {
    let Ok(Value::Object(fields)) = serde_json::to_value(message) else {
        return Some(NEWER.to_owned());
    };
    let said = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    // Its context goes along with a message of any kind.
    let mut kinds = fields.iter().filter(|(name, value)| said(value) && *name != "message_context_info").peekable();
    if kinds.peek().is_none() {
        return Some(NEWER.to_owned());
    }
    let (kind, _) = kinds.find(|(name, _)| !SILENT.contains(&name.as_str()))?;
    Some(kind.replace('_', " "))
}

/// It says nothing that this version knows of.
const NEWER: &str = "message of a newer kind";

//! Dialogs (contract §2.8).

use serde_json::{Value, json};
use sluice_model::outcome::Dialog;
use sluice_model::{Address, Channel, Outcome, Party};

use crate::wappi::{address, ids, platform, profile_of, shown, times};
use crate::{Call, Reply};

use super::{Body, contacts, messages};

pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Dialogs { dialogs, total } = outcome else {
        return None;
    };
    Some(list(call, &dialogs, total))
}

/// The older API's list. Of what is unread in a chat its last message is shown.
pub fn unread(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Dialogs { dialogs, .. } = outcome else {
        return None;
    };
    let row = |dialog: &Dialog| {
        let message = dialog.last.as_ref().map(|kept| {
            json!({
                "id": ids::of_message(&call.spelling, &kept.message),
                "content": messages::short(kept),
                "type": shown::kind(Channel::Whatsapp, &kept.message.content),
                "timestamp": kept.message.at.seconds(),
            })
        });
        json!({
            "chat_id": address::write(Channel::Whatsapp, &dialog.chat.address, dialog.chat.alias.as_ref()),
            "chat_name": name(dialog),
            "unread_messages": message,
        })
    };
    let chats: Vec<Value> = dialogs.iter().map(row).collect();
    Some(Body::default().and("status", "done").and("chats", chats).ok())
}

fn list(call: &Call, dialogs: &[Dialog], total: u64) -> Reply {
    let whatsapp = platform::of(call) == Some(Channel::Whatsapp);
    let rows: Vec<Value> =
        dialogs.iter().map(|row| if whatsapp { of_whatsapp(call, row) } else { other(call, row) }).collect();
    let body = Body::task("done", call.at).and("detail", "Chats fetched").and("dialogs", rows);
    body.and("total_count", total).of_call(call).ok()
}

/// `last_timestamp` is a time in words and `last_time` unix; the others have it the other way round (contract §1.7,
/// trap 8).
fn of_whatsapp(call: &Call, dialog: &Dialog) -> Value {
    let chat = &dialog.chat;
    let person = Party { alias: chat.alias.clone(), name: chat.name.clone(), ..Party::new(chat.address.clone()) };
    let last = dialog.last.as_ref();
    let group = chat.address.is_group().then(|| json!({"Name": chat.name.clone().unwrap_or_default()}));
    Body::default()
        .and("id", address::write(Channel::Whatsapp, &chat.address, chat.alias.as_ref()))
        .and("contact", contacts::card(&person, false))
        .and("chat", json!({"VerifiedName": null, "Status": "", "PictureID": "", "Devices": []}))
        .and("group", group.unwrap_or_default())
        .and("isGroup", chat.address.is_group())
        .and("image", "")
        .and("thumbnail", "")
        .and("avatar_updated_at", Value::Null)
        .and("last_message_id", last.map(|kept| ids::of_message(&call.spelling, &kept.message)).unwrap_or_default())
        .and("last_timestamp", times::rfc3339(chat.last_at))
        .and("last_time", chat.last_at.seconds())
        .and("last_message_type", last_type(Channel::Whatsapp, dialog))
        .and("last_message_sender", sender(call, Channel::Whatsapp, dialog))
        .and("last_message_data", last.map(messages::short).unwrap_or_default())
        .and("last_message_delivery_status", last_status(dialog))
        .and("name", name(dialog))
        .and("unread_count", chat.unread)
        .and("isDeleted", chat.deleted)
        .and("isArchived", chat.archived)
        .value()
}

fn other(call: &Call, dialog: &Dialog) -> Value {
    let channel = platform::of(call).unwrap_or(Channel::TelegramUser);
    let chat = &dialog.chat;
    let last = dialog.last.as_ref();
    let id = address::write(channel, &chat.address, chat.alias.as_ref());
    let (kind, shape) = match chat.address {
        Address::Group(_) => ("chat", json!({"ID": id, "Title": name(dialog)})),
        Address::Channel(_) => ("channel", json!({"ID": id, "Title": name(dialog)})),
        _ => ("user", json!({"ID": id, "FirstName": name(dialog), "LastName": "", "Username": "", "Phone": ""})),
    };
    Body::default()
        .and("id", id)
        .and(if kind == "user" { "user" } else { "chat" }, shape)
        .and("unread_count", chat.unread)
        .and("isDeleted", chat.deleted)
        .and("isArchived", chat.archived)
        .and("isPinned", false)
        .and("name", name(dialog))
        .and("picture", "")
        .and("last_message_id", last.map(|kept| ids::of_message(&call.spelling, &kept.message)).unwrap_or_default())
        .and("last_message_data", last.map(messages::short).unwrap_or_default())
        .and("last_timestamp", chat.last_at.seconds())
        .and("last_message_sender", sender(call, channel, dialog))
        .and("last_message_type", last_type(channel, dialog))
        .and("last_time", times::rfc3339(chat.last_at))
        .and("type", kind)
        .and("last_message_delivery_status", last_status(dialog))
        .and("wapi_unread_count", chat.unread)
        .value()
}

/// Always filled, by the number where no name is known.
fn name(dialog: &Dialog) -> String {
    let value = dialog.chat.alias.as_ref().unwrap_or(&dialog.chat.address).value();
    dialog.chat.name.clone().unwrap_or_else(|| value.to_owned())
}

fn last_type(channel: Channel, dialog: &Dialog) -> &'static str {
    dialog.last.as_ref().map_or("", |kept| shown::kind(channel, &kept.message.content))
}

fn last_status(dialog: &Dialog) -> &'static str {
    let status = |kept: &sluice_model::message::Kept| shown::status(kept.state, kept.trouble.as_ref().map(|t| t.why));
    dialog.last.as_ref().map_or("", status)
}

fn sender(call: &Call, channel: Channel, dialog: &Dialog) -> Value {
    let Some(kept) = &dialog.last else {
        return Value::Null;
    };
    let mine = kept.message.is_outgoing();
    let own = call.account().ok().filter(|_| mine);
    let party = kept.message.sender.as_ref().filter(|_| !mine);
    let id = match (own, party) {
        (Some(account), _) => address::own(account),
        (None, Some(party)) => address::of_party(channel, party),
        (None, None) => address::write(channel, &dialog.chat.address, dialog.chat.alias.as_ref()),
    };
    let number = id.split('@').next().unwrap_or_default().to_owned();
    let name = match (own, party) {
        (Some(account), _) => messages::own_side(account),
        (None, party) => party.and_then(|party| party.name.clone()).unwrap_or_default(),
    };
    json!({"id": id, "number": number, "pushname": name, "isMe": mine})
}

/// Done to a chat.
pub fn changed(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(Body::task("done", call.at).and("uuid", profile_of(call)).ok())
}

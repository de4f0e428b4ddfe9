//! Chats.

use serde_json::{Value, json};
use sluice_model::ask::Group;
use sluice_model::message::Chat;
use sluice_model::{Answer, Outcome};

use super::ok;
use crate::chat_api::{address, arguments};
use crate::{Call, Reply};

pub fn all(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Dialogs { dialogs, .. } = outcome else { return None };
    let rows: Vec<Value> = dialogs.iter().map(|dialog| row(&dialog.chat)).collect();
    Some(ok(&json!({ "dialogs": rows })))
}

pub fn one(_call: &Call, outcome: Outcome) -> Option<Reply> {
    Some(match outcome {
        Outcome::Chat(chat) => ok(&row(&chat)),
        Outcome::Answer(Answer::Group { group }) => ok(&with_members(&group)),
        _ => return None,
    })
}

/// Of a group the members stand in `dialog` alone, which asks the messenger.
fn row(chat: &Chat) -> Value {
    let is_group = chat.address.is_group();
    let id = address::write(&chat.address, chat.alias.as_ref());
    let participants = if is_group { Vec::new() } else { vec![id.clone()] };
    json!({
        "id": id,
        "name": chat.name.clone().unwrap_or_default(),
        "image": "",
        "last_time": chat.last_at.seconds(),
        "metadata": {"isGroup": is_group, "participants": participants, "groupInviteLink": null},
    })
}

fn with_members(group: &Group) -> Value {
    let members = group.members.iter().map(|member| address::write(&member.address, member.alias.as_ref()));
    json!({
        "id": address::write(&group.address, None),
        "name": group.name,
        "image": "",
        "last_time": group.created_at.seconds(),
        "metadata": {
            "isGroup": true,
            "participants": members.collect::<Vec<_>>(),
            "groupInviteLink": group.invite_link,
        },
    })
}

pub fn marked_read(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(&json!({"read": true, "chatId": chat_of(call)?, "message": null})))
}

/// Upstream's words for what is shown to the other side are one of a short list, which a client knows alone.
pub fn done(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(&json!({"result": "success", "chatId": chat_of(call)?})))
}

pub fn removed(call: &Call, _outcome: Outcome) -> Option<Reply> {
    let chat = chat_of(call)?;
    Some(ok(&json!({"result": {"message": format!("Chat {chat} was removed")}})))
}

pub fn checked(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::Checked { found }) = outcome else { return None };
    let exists = found.first().is_some_and(|found| found.exists);
    Some(ok(&json!({"result": if exists { "exists" } else { "not exists" }})))
}

/// The chat that the call names, as it was read before.
pub fn chat_of(call: &Call) -> Option<String> {
    Some(address::write(&arguments::read(call).ok()?.chat().ok()?, None))
}

//! Groups.

use serde_json::json;
use sluice_model::{Answer, Outcome};

use super::ok;
use crate::chat_api::{address, arguments};
use crate::{Call, Reply};

/// `messageText` is not sent with it, and that is said.
pub fn created(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::Group { group }) = outcome else { return None };
    let has_text = arguments::read(call).ok()?.value("messageText").is_some();
    let message = has_text.then_some("messageText was not sent: send it with sendMessage");
    Some(ok(&json!({
        "created": true,
        "message": message,
        "chatId": address::write(&group.address, None),
        "groupInviteLink": group.invite_link,
    })))
}

pub fn added(call: &Call, _outcome: Outcome) -> Option<Reply> {
    changed(call, "add")
}

pub fn removed(call: &Call, _outcome: Outcome) -> Option<Reply> {
    changed(call, "remove")
}

pub fn promoted(call: &Call, _outcome: Outcome) -> Option<Reply> {
    changed(call, "promote")
}

pub fn demoted(call: &Call, _outcome: Outcome) -> Option<Reply> {
    changed(call, "demote")
}

fn changed(call: &Call, what: &str) -> Option<Reply> {
    let group = arguments::read(call).ok()?.required("groupId").ok()?;
    Some(ok(&json!({what: true, "groupId": group, "message": null})))
}

pub fn left(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(&json!({"result": {"message": "The group was left"}})))
}

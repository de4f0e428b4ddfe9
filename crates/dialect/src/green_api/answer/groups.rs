//! Groups (contract greenapi.md §2.6).

use http::StatusCode;
use serde_json::{Value, json};
use sluice_model::ask::{Group, Member};
use sluice_model::failure::Why;
use sluice_model::refusal::Noun;
use sluice_model::{Address, Refusal};

use crate::green_api::errors;
use crate::green_api::frame::Frame;
use crate::green_api::members::Members;
use crate::{Call, Reply};

pub fn created(frame: &Frame<'_>, group: &Group) -> Value {
    json!({
        "created": true,
        "chatId": frame.chat(&group.address, None),
        "groupInviteLink": group.invite_link.as_deref().unwrap_or_default(),
    })
}

/// What the messenger does not tell of a group is shown as on a group that nobody has changed.
pub fn data(frame: &Frame<'_>, group: &Group) -> Value {
    let owner = group.owner.as_ref().map_or_else(String::new, |owner| frame.chat(owner, None));
    let made = group.created_at.seconds();
    json!({
        "groupId": frame.chat(&group.address, None),
        "owner": owner,
        "subject": group.name,
        "creation": made,
        "subjectTime": made,
        "subjectOwner": owner,
        "groupInviteLink": group.invite_link.as_deref().unwrap_or_default(),
        "ephemeralExpiration": 0,
        "allowParticipantsEditGroupSettings": group.members_edit,
        "allowParticipantsSendMessages": group.members_send,
        "allowParticipantsAddMembers": group.members_edit,
        "isCommunity": false,
        "isCommunityAnnounce": false,
        "size": group.members.len(),
        "participants": group.members.iter().map(|member| participant(frame, member)).collect::<Vec<_>>(),
    })
}

fn participant(frame: &Frame<'_>, member: &Member) -> Value {
    let lid = [Some(&member.address), member.alias.as_ref()].into_iter().flatten();
    let lid = lid.into_iter().find(|address| matches!(address, Address::Lid(_)));
    let told = Members::default().with("id", frame.chat(&member.address, member.alias.as_ref()));
    let told = told.with_some("lid", lid.map(|lid| frame.chat(lid, None)));
    told.with("isAdmin", member.admin || member.owner).with("isSuperAdmin", member.owner).into()
}

/// The strings that clients look for in place of the data (contract §1.2).
pub fn unknown(refusal: &Refusal) -> Option<Reply> {
    let words = match refusal {
        Refusal::Failed(failure) => match failure.why() {
            Why::NotFound | Why::InvalidRecipient => "Error: item-not-found",
            Why::NotInGroup => "Error: forbidden",
            _ => return None,
        },
        Refusal::NotFound(Noun::Group) => "Error: item-not-found",
        _ => return None,
    };
    Some(Reply::json(StatusCode::OK, &words))
}

pub fn not_created(call: &Call, refusal: &Refusal) -> Option<Reply> {
    matches!(refusal, Refusal::Failed(_))
        .then(|| Reply::json(StatusCode::OK, &json!({"created": false, "reason": errors::words(call, refusal)})))
}

/// The one member that says yes, under the method's own name.
pub fn done(key: &str) -> Value {
    Members::default().with(key, true).into()
}

pub fn settings_updated() -> Value {
    json!({"updateGroupSettings": true, "reason": ""})
}

/// The documents name one key, the real server answers with the other (contract §0.9).
pub fn left() -> Value {
    json!({"leaveGroup": true, "removeAdmin": true})
}

pub fn picture(url: Option<String>) -> Value {
    json!({"reason": null, "urlAvatar": url, "setGroupPicture": true})
}

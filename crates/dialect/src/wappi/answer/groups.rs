//! Groups (contract §2.10).

use serde_json::{Value, json};
use sluice_model::ask::{Group, Member};
use sluice_model::{Answer, Channel, Outcome};

use crate::wappi::{address, platform, times};
use crate::{Call, Reply};

use super::Body;

/// WhatsApp's answer is the group as upstream's library knows it; Telegram's is its id.
pub fn created(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::Group { group }) = outcome else {
        return None;
    };
    let channel = platform::of(call)?;
    let body = Body::task("done", call.at);
    let id = address::write(channel, &group.address, None);
    Some(match channel {
        Channel::Whatsapp => body.and("result", shown(&group)).of_call(call).ok(),
        _ => {
            let contact = json!({"id": id, "type": "chat", "pushname": group.name, "firstName": group.name});
            body.and("detail", id).and("contact", contact).of_call(call).ok()
        }
    })
}

fn shown(group: &Group) -> Value {
    let write = |address| address::write(Channel::Whatsapp, address, None);
    json!({
        "JID": write(&group.address),
        "OwnerJID": group.owner.as_ref().map(write).unwrap_or_default(),
        "Name": group.name,
        "NameSetAt": times::rfc3339(group.created_at),
        "NameSetBy": group.owner.as_ref().map(write).unwrap_or_default(),
        "Topic": group.description.clone().unwrap_or_default(),
        "IsLocked": !group.members_edit,
        "IsAnnounce": !group.members_send,
        "GroupCreated": times::rfc3339(group.created_at),
        "Participants": group.members.iter().map(participant).collect::<Vec<_>>(),
        "MemberAddMode": if group.members_edit { "all_member_add" } else { "admin_add" },
    })
}

fn participant(member: &Member) -> Value {
    json!({
        "JID": address::write(Channel::Whatsapp, &member.address, member.alias.as_ref()),
        "IsAdmin": member.admin || member.owner,
        "IsSuperAdmin": member.owner,
        "Error": 0,
        "AddRequest": null,
    })
}

/// Changed; what the messenger tells of the group beside that has no place in upstream's answer.
pub fn changed(call: &Call, outcome: Outcome) -> Option<Reply> {
    let told = matches!(outcome, Outcome::Done | Outcome::Answer(Answer::Done | Answer::Group { .. }));
    told.then(|| Body::task("done", call.at).of_call(call).ok())
}

/// Upstream does not document the name of the link's key: it is given under both that suggest themselves.
pub fn invite_link(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::InviteLink { url }) = outcome else {
        return None;
    };
    Some(Body::task("done", call.at).and("detail", url.clone()).and("link", url).of_call(call).ok())
}

pub fn members(call: &Call, outcome: Outcome) -> Option<Reply> {
    listed(call, outcome, |_| true)
}

pub fn admins(call: &Call, outcome: Outcome) -> Option<Reply> {
    listed(call, outcome, |member| member.admin || member.owner)
}

fn listed(call: &Call, outcome: Outcome, wanted: fn(&Member) -> bool) -> Option<Reply> {
    let Outcome::Answer(Answer::Group { group }) = outcome else {
        return None;
    };
    let channel = platform::of(call)?;
    let rows = group.members.iter().filter(|member| wanted(member));
    let rows: Vec<Value> = rows.map(|m| address::write(channel, &m.address, m.alias.as_ref()).into()).collect();
    Some(Body::default().and("status", "done").and("contacts", rows).ok())
}

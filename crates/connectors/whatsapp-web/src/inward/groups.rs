//! What changed in a group, in the words that the other connectors use as well.

use sluice_connector::Inbound;
use sluice_model::{Address, Event};
use whatsapp_rust::Jid;
use whatsapp_rust::types::events::GroupUpdate;
use whatsapp_rust::wacore::stanza::groups::{GroupNotificationAction as Action, GroupParticipantInfo};

use crate::desk::{Desk, Pairs};

pub async fn read(desk: &Desk, update: &GroupUpdate) -> Option<Inbound> {
    let group = crate::desk::addresses::address_of(&update.group_jid)?;
    let members = members(&update.action);
    let named = members.iter().map(|member| member.jid.clone()).chain(update.participant.clone());
    let mut pairs = desk.pairs(named).await;
    for member in members {
        for other in [&member.phone_number, &member.lid].into_iter().flatten() {
            pairs.learn(&member.jid, other);
        }
    }
    if let (Some(by), Some(phone)) = (&update.participant, &update.participant_pn) {
        pairs.learn(by, phone);
    }
    learn(desk, &group, &update.action).await;
    let by = update.participant.as_ref().and_then(|by| pairs.address(by));
    let members: Vec<Address> = members.iter().filter_map(|member| pairs.address(&member.jid)).collect();
    let change = change(&update.action, &members, by.as_ref())?;
    Some(Inbound::Event(Box::new(Event::GroupChanged { group, change: change.to_owned(), members, by })))
}

fn members(action: &Action) -> &[GroupParticipantInfo] {
    match action {
        Action::Add { participants, .. }
        | Action::Remove { participants, .. }
        | Action::Promote { participants }
        | Action::Demote { participants }
        | Action::Modify { participants }
        | Action::LinkedGroupPromote { participants }
        | Action::LinkedGroupDemote { participants } => participants,
        Action::CreatedMembershipRequests { requests, .. } => requests,
        _ => &[],
    }
}

/// The group's name and timer are needed later.
async fn learn(desk: &Desk, group: &Address, action: &Action) {
    match action {
        Action::Subject { subject, .. } => desk.learn_chat(group, |chat| chat.name = Some(subject.clone())).await,
        Action::Ephemeral { expiration, .. } => desk.learn_chat(group, |chat| chat.timer = *expiration).await,
        _ => {}
    }
}

/// `None` for what only concerns the app.
fn change(action: &Action, members: &[Address], by: Option<&Address>) -> Option<&'static str> {
    Some(match action {
        Action::Create { .. } => "created",
        Action::Delete { .. } => "deleted",
        Action::Add { .. } | Action::Invite { .. } => "members_added",
        // Who removes only themselves leaves.
        Action::Remove { .. } if matches!(members, [one] if by == Some(one)) => "left",
        Action::Remove { .. } => "members_removed",
        Action::Promote { .. } | Action::LinkedGroupPromote { .. } => "members_promoted",
        Action::Demote { .. } | Action::LinkedGroupDemote { .. } => "members_demoted",
        Action::Modify { .. } => "member_renumbered",
        Action::Subject { .. } => "renamed",
        Action::Description { .. } => "described",
        Action::Locked { .. } | Action::Unlocked | Action::Announce | Action::NotAnnounce => "rights_changed",
        Action::MemberAddMode { .. } | Action::MembershipApprovalMode { .. } => "rights_changed",
        Action::Ephemeral { .. } => "timer_changed",
        Action::RevokeInvite => "invite_link_changed",
        Action::MembershipApprovalRequest { .. } | Action::CreatedMembershipRequests { .. } => "membership_requested",
        Action::Suspended => "suspended",
        Action::Unsuspended => "unsuspended",
        _ => return None,
    })
}

/// As [`change`] has it for a group's picture, which is told in another way.
pub async fn picture_changed(desk: &Desk, group: Address, author: Option<&Jid>) -> Inbound {
    let pairs: Pairs = desk.pairs(author.cloned()).await;
    let by = author.and_then(|author| pairs.address(author));
    let change = "picture_changed".to_owned();
    Inbound::Event(Box::new(Event::GroupChanged { group, change, members: Vec::new(), by }))
}

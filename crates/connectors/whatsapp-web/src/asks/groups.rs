//! What is done with a group.

use sluice_model::ask::{Group, GroupCall, Member};
use sluice_model::failure::Why;
use sluice_model::{Address, Answer, Failure, Timestamp};
use whatsapp_rust::{
    GroupCreateOptions, GroupDescription, GroupError, GroupMetadata, GroupParticipantOptions, GroupSubject, Jid,
    ParticipantChangeResponse, PreviousDescription,
};

use super::profile;
use crate::desk::addresses::{group_of, person_of};
use crate::desk::{Desk, of_question};

pub async fn carry_out(desk: &Desk, call: GroupCall) -> Result<Answer, Failure> {
    let groups = desk.client.groups();
    match call {
        GroupCall::Create { name, members } => create(desk, name, members).await,
        GroupCall::Info { group } => {
            let mut shown = info(desk, &group_of(&group)?).await?;
            // Only admins are shown the link.
            shown.invite_link = Box::pin(groups.get_invite_link(group_of(&group)?, false)).await.ok();
            Ok(Answer::Group { group: Box::new(shown) })
        }
        GroupCall::InviteLink { group } => {
            let url = Box::pin(groups.get_invite_link(group_of(&group)?, false)).await.map_err(trouble)?;
            Ok(Answer::InviteLink { url })
        }
        GroupCall::Leave { group } => {
            Box::pin(groups.leave(group_of(&group)?)).await.map_err(trouble)?;
            Ok(Answer::Done)
        }
        GroupCall::Rename { group, name } => {
            let jid = group_of(&group)?;
            let subject = GroupSubject::new(name.clone()).map_err(|_| too_long("name"))?;
            Box::pin(groups.set_subject(&jid, subject)).await.map_err(trouble)?;
            desk.learn_chat(&group, |chat| chat.name = Some(name)).await;
            changed(desk, &jid).await
        }
        GroupCall::Describe { group, text } => {
            let jid = group_of(&group)?;
            let text = Some(text).filter(|text| !text.is_empty());
            let text = text.map(GroupDescription::new).transpose().map_err(|_| too_long("description"))?;
            let described = groups.set_description(&jid, text, PreviousDescription::Resolve);
            Box::pin(described).await.map_err(trouble)?;
            changed(desk, &jid).await
        }
        GroupCall::Picture { group, source } => {
            let jid = group_of(&group)?;
            let bytes = profile::bytes(desk, source).await?;
            Box::pin(groups.set_profile_picture(&jid, bytes)).await.map_err(trouble)?;
            changed(desk, &jid).await
        }
        GroupCall::Add { group, members } => {
            let (jid, members) = (group_of(&group)?, people(&members)?);
            let done = Box::pin(groups.add_participants(&jid, &members)).await.map_err(trouble)?;
            all_or_trouble(&done)?;
            changed(desk, &jid).await
        }
        GroupCall::Remove { group, members } => {
            let (jid, members) = (group_of(&group)?, people(&members)?);
            let done = Box::pin(groups.remove_participants(&jid, &members)).await.map_err(trouble)?;
            all_or_trouble(&done)?;
            changed(desk, &jid).await
        }
        GroupCall::Promote { group, members } => {
            let (jid, members) = (group_of(&group)?, people(&members)?);
            let done = Box::pin(groups.promote_participants(&jid, &members)).await.map_err(trouble)?;
            all_or_trouble(&done)?;
            changed(desk, &jid).await
        }
        GroupCall::Demote { group, members } => {
            let (jid, members) = (group_of(&group)?, people(&members)?);
            let done = Box::pin(groups.demote_participants(&jid, &members)).await.map_err(trouble)?;
            all_or_trouble(&done)?;
            changed(desk, &jid).await
        }
        GroupCall::Rights { group, members_edit, members_send } => {
            let jid = group_of(&group)?;
            if let Some(may) = members_edit {
                Box::pin(groups.set_locked(&jid, !may)).await.map_err(trouble)?;
            }
            if let Some(may) = members_send {
                Box::pin(groups.set_announce(&jid, !may)).await.map_err(trouble)?;
            }
            changed(desk, &jid).await
        }
    }
}

async fn create(desk: &Desk, name: String, members: Vec<Address>) -> Result<Answer, Failure> {
    let subject = GroupSubject::new(name).map_err(|_| too_long("name"))?;
    let people = people(&members)?;
    let absent = desk.look_up(&people).await?.into_iter().find(|found| !found.exists);
    if let Some(absent) = absent {
        let note = format!("{} is not on WhatsApp.", absent.asked.user_base());
        return Err(Failure::refused(Why::NotOnMessenger, note));
    }
    let people = people.into_iter().map(|jid| GroupParticipantOptions::builder().jid(jid).build()).collect();
    let options = GroupCreateOptions::builder().subject(subject.as_str()).participants(people).build();
    let created = Box::pin(desk.client.groups().create_group(options)).await.map_err(trouble)?;
    let group = shown(desk, created.metadata).await;
    desk.learn_chat(&group.address, |chat| chat.name = Some(group.name.clone())).await;
    Ok(Answer::Group { group: Box::new(group) })
}

async fn changed(desk: &Desk, group: &Jid) -> Result<Answer, Failure> {
    Ok(Answer::Group { group: Box::new(info(desk, group).await?) })
}

async fn info(desk: &Desk, group: &Jid) -> Result<Group, Failure> {
    let groups = desk.client.groups();
    let said = Box::pin(groups.get_metadata(group)).await.map_err(trouble)?;
    Ok(shown(desk, said).await)
}

/// A group as the house shows it.
async fn shown(desk: &Desk, said: GroupMetadata) -> Group {
    let people: Vec<Jid> =
        said.participants.iter().map(|member| member.jid.clone()).chain(said.creator.clone()).collect();
    let mut pairs = desk.pairs(people).await;
    for member in &said.participants {
        for other in [&member.phone_number, &member.lid].into_iter().flatten() {
            pairs.learn(&member.jid, other);
        }
    }
    if let (Some(creator), Some(phone)) = (&said.creator, &said.creator_pn) {
        pairs.learn(creator, phone);
    }
    let members = said.participants.iter().filter_map(|member| {
        let (address, alias) = pairs.both(&member.jid)?;
        Some(Member { address, alias, admin: member.is_admin(), owner: member.is_super_admin() })
    });
    let seconds =
        |at: Option<u64>| Timestamp::from_seconds(at.and_then(|at| i64::try_from(at).ok()).unwrap_or_default());
    Group {
        address: Address::Group(said.id.user_base().to_owned()),
        owner: said.creator.as_ref().and_then(|creator| pairs.address(creator)),
        created_at: seconds(said.creation_time),
        invite_link: None,
        members: members.collect(),
        members_edit: !said.is_locked,
        members_send: !said.is_announcement,
        name: said.subject,
        description: said.description,
    }
}

fn people(members: &[Address]) -> Result<Vec<Jid>, Failure> {
    members.iter().map(person_of).collect()
}

/// The server answers for each member; one that it refused is named.
fn all_or_trouble(done: &[ParticipantChangeResponse]) -> Result<(), Failure> {
    let Some(refused) = done.iter().find(|member| !member.is_ok()) else {
        return Ok(());
    };
    let (who, code) = (refused.jid.user_base(), refused.error.as_deref().unwrap_or_default());
    let (why, words) = match code {
        "404" => (Why::NotOnMessenger, "is not on WhatsApp"),
        "403" => (Why::BlockedByRecipient, "lets only friends add them to groups; send an invite link"),
        "409" => (Why::Duplicate, "is in the group already"),
        "408" => (Why::TooLate, "has left the group lately and cannot be added yet"),
        _ => (Why::Unknown, "was refused by WhatsApp"),
    };
    Err(Failure::refused(why, format!("{who} {words} ({code}).")))
}

fn too_long(what: &str) -> Failure {
    Failure::refused(Why::TooLong, format!("The {what} is too long for a group."))
}

fn trouble(error: GroupError) -> Failure {
    of_question(&error, "the group")
}

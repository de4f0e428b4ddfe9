//! What can be done with groups. What changes one is told to the gateway, as a messenger tells all members.

use sluice_connector::Home;
use sluice_model::ask::{Group, GroupCall};
use sluice_model::failure::Why;
use sluice_model::{Address, Answer, Failure};

use super::questions::{inline, not_found, not_kept};
use crate::magic::{self, Fate};
use crate::world::World;

pub(crate) async fn carry_out(call: GroupCall, home: &Home, world: &World) -> Result<Answer, Failure> {
    let change = |group: Address, word: &str, members: &[Address], change: &dyn Fn(&mut Group)| {
        let changed = world.change_group(&group, change).map_err(not_kept)?;
        let changed = changed.ok_or_else(|| not_found("group"))?;
        world.tell_group_change(&group, word, members.to_vec());
        Ok(Answer::Group { group: Box::new(changed) })
    };
    match call {
        GroupCall::Create { name, members } => create(&name, &members, home, world),
        GroupCall::Info { group } => {
            let group = world.group(&group).ok_or_else(|| not_found("group"))?;
            Ok(Answer::Group { group: Box::new(group) })
        }
        GroupCall::Rename { group, name } => change(group, "renamed", &[], &|group| group.name.clone_from(&name)),
        GroupCall::Describe { group, text } => {
            change(group, "described", &[], &|group| group.description = Some(text.clone()))
        }
        GroupCall::Picture { group, source } => {
            inline(source, home).await?;
            change(group, "picture_changed", &[], &|_| {})
        }
        GroupCall::Add { group, members } => {
            present(&members)?;
            change(group, "members_added", &members, &|group| {
                for member in members.iter().map(|member| world.people.member(member)) {
                    if !group.members.iter().any(|known| known.address == member.address) {
                        group.members.push(member);
                    }
                }
            })
        }
        GroupCall::Remove { group, members } => change(group, "members_removed", &members, &|group| {
            group.members.retain(|member| member.owner || !members.contains(&member.address));
        }),
        GroupCall::Promote { group, members } => {
            change(group, "members_promoted", &members, &|group| set_admin(group, &members, true))
        }
        GroupCall::Demote { group, members } => {
            change(group, "members_demoted", &members, &|group| set_admin(group, &members, false))
        }
        GroupCall::Rights { group, members_edit, members_send } => change(group, "rights_changed", &[], &|group| {
            group.members_edit = members_edit.unwrap_or(group.members_edit);
            group.members_send = members_send.unwrap_or(group.members_send);
        }),
        GroupCall::InviteLink { group } => {
            let link = world.people.invite_link(&group);
            let changed = world.change_group(&group, |group| group.invite_link = Some(link.clone()));
            changed.map_err(not_kept)?.ok_or_else(|| not_found("group"))?;
            Ok(Answer::InviteLink { url: link })
        }
        GroupCall::Leave { group } => {
            world.group(&group).ok_or_else(|| not_found("group"))?;
            world.leave_group(&group).map_err(not_kept)?;
            world.tell_group_change(&group, "left", vec![world.people.own_address()]);
            Ok(Answer::Done)
        }
    }
}

fn create(name: &str, members: &[Address], home: &Home, world: &World) -> Result<Answer, Failure> {
    present(members)?;
    let word = format!("{}/{}", home.clock.now(), home.dice.below(u64::MAX));
    let group = world.make_group(name, members, &word, home.clock.now()).map_err(not_kept)?;
    world.tell_group_change(&group.address, "created", members.to_vec());
    Ok(Answer::Group { group: Box::new(group) })
}

/// Nobody who is not on the messenger can be in a group.
fn present(members: &[Address]) -> Result<(), Failure> {
    let absent = members.iter().find(|member| magic::fate(member) == Fate::Absent);
    absent.map_or(Ok(()), |who| Err(Failure::refused(Why::NotOnMessenger, format!("{who} is not on the messenger."))))
}

fn set_admin(group: &mut Group, members: &[Address], admin: bool) {
    for member in group.members.iter_mut().filter(|member| !member.owner && members.contains(&member.address)) {
        member.admin = admin;
    }
}

//! Groups. One change a call, as messengers take them.

use serde::Deserialize;
use sluice_model::ask::GroupCall;
use sluice_model::refusal::Noun;
use sluice_model::{Address, Ask, Command, Refusal};
use utoipa::ToSchema;

use super::content::NewSource;
use super::{Read, addressed};
use crate::Call;
use crate::native::address::Addressee;
use crate::native::shape::{Done, Group, Invite};
use crate::native::strict;

/// A group to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Team", "members": ["79990000000"]}))]
pub struct NewGroup {
    name: String,
    members: Vec<Addressee>,
}

/// Make a group
#[utoipa::path(post, path = "/v1/accounts/{account}/groups", tag = "Groups", request_body = NewGroup,
    responses((status = 201, description = "The group", body = Group)))]
pub fn create_group(call: &Call) -> Read {
    let new: NewGroup = strict::body(call)?;
    ask(GroupCall::Create { name: new.name, members: addresses(new.members) })
}

/// Show a group
#[utoipa::path(get, path = "/v1/accounts/{account}/groups/{group}", tag = "Groups",
    responses((status = 200, description = "The group, with its members", body = Group)))]
pub fn get_group(call: &Call) -> Read {
    ask(GroupCall::Info { group: group(call)? })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Team"}))]
pub struct GroupName {
    name: String,
}

/// Rename a group
#[utoipa::path(put, path = "/v1/accounts/{account}/groups/{group}/name", tag = "Groups", request_body = GroupName,
    responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn rename_group(call: &Call) -> Read {
    let GroupName { name } = strict::body(call)?;
    ask(GroupCall::Rename { group: group(call)?, name })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "For the team"}))]
pub struct GroupDescription {
    /// An empty one clears it.
    text: String,
}

/// Describe a group
#[utoipa::path(put, path = "/v1/accounts/{account}/groups/{group}/description", tag = "Groups",
    request_body = GroupDescription, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn describe_group(call: &Call) -> Read {
    let GroupDescription { text } = strict::body(call)?;
    ask(GroupCall::Describe { group: group(call)?, text })
}

/// Set a group's picture
#[utoipa::path(put, path = "/v1/accounts/{account}/groups/{group}/picture", tag = "Groups",
    request_body = NewSource, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn set_group_picture(call: &Call) -> Read {
    let picture: NewSource = strict::body(call)?;
    let (source, _) = picture.source("picture", call)?;
    ask(GroupCall::Picture { group: group(call)?, source })
}

/// What every member may do; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"members_send": false}))]
pub struct GroupRights {
    /// Change name, picture and description.
    members_edit: Option<bool>,
    /// Write.
    members_send: Option<bool>,
}

/// Set the members' rights
#[utoipa::path(put, path = "/v1/accounts/{account}/groups/{group}/rights", tag = "Groups",
    request_body = GroupRights, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn set_group_rights(call: &Call) -> Read {
    let GroupRights { members_edit, members_send } = strict::body(call)?;
    ask(GroupCall::Rights { group: group(call)?, members_edit, members_send })
}

/// Members of a group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    #[schema(min_items = 1)]
    members: Vec<Addressee>,
}

/// Add members
#[utoipa::path(post, path = "/v1/accounts/{account}/groups/{group}/members/add", tag = "Groups",
    request_body = Members, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn add_members(call: &Call) -> Read {
    ask(GroupCall::Add { group: group(call)?, members: members(call)? })
}

/// Remove members
#[utoipa::path(post, path = "/v1/accounts/{account}/groups/{group}/members/remove", tag = "Groups",
    request_body = Members, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn remove_members(call: &Call) -> Read {
    ask(GroupCall::Remove { group: group(call)?, members: members(call)? })
}

/// Make members admins
#[utoipa::path(post, path = "/v1/accounts/{account}/groups/{group}/members/promote", tag = "Groups",
    request_body = Members, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn promote_members(call: &Call) -> Read {
    ask(GroupCall::Promote { group: group(call)?, members: members(call)? })
}

/// Make admins members
#[utoipa::path(post, path = "/v1/accounts/{account}/groups/{group}/members/demote", tag = "Groups",
    request_body = Members, responses((status = 200, description = "The group as it is now", body = Group)))]
pub fn demote_members(call: &Call) -> Read {
    ask(GroupCall::Demote { group: group(call)?, members: members(call)? })
}

/// Show the invite link
#[utoipa::path(get, path = "/v1/accounts/{account}/groups/{group}/invite", tag = "Groups",
    responses((status = 200, description = "The link", body = Invite)))]
pub fn get_invite(call: &Call) -> Read {
    ask(GroupCall::InviteLink { group: group(call)? })
}

/// Leave a group
#[utoipa::path(post, path = "/v1/accounts/{account}/groups/{group}/leave", tag = "Groups",
    responses((status = 200, description = "The account is out", body = Done)))]
pub fn leave_group(call: &Call) -> Read {
    ask(GroupCall::Leave { group: group(call)? })
}

fn ask(call: GroupCall) -> Read {
    Ok(Command::Ask(Ask::Group { call }))
}

fn group(call: &Call) -> Result<Address, Refusal> {
    addressed(call, "group", Noun::Group)
}

fn members(call: &Call) -> Result<Vec<Address>, Refusal> {
    let Members { members } = strict::body(call)?;
    if members.is_empty() {
        return Err(Refusal::invalid("members", "must be at least one"));
    }
    Ok(addresses(members))
}

fn addresses(members: Vec<Addressee>) -> Vec<Address> {
    members.into_iter().map(|member| member.0).collect()
}

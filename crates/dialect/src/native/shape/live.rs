//! Answers to live questions.

use serde::Serialize;
use sluice_model::{Address, Timestamp, ask};
use utoipa::ToSchema;

use super::Who;
use crate::native::when::When;

/// Whether a person is on the messenger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// `kind:value`, what was asked for.
    pub asked: String,
    pub exists: bool,
    /// Who it is there, when the messenger says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
}

impl Checked {
    pub fn of(checked: &ask::Checked) -> Self {
        let alias = checked.address.as_ref();
        Self {
            asked: checked.asked.to_string(),
            exists: checked.exists,
            who: checked.exists.then(|| Who::at(&checked.asked, alias, None)),
        }
    }
}

/// Somebody's picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct Avatar {
    /// Null when there is none or it is hidden.
    pub url: Option<String>,
    /// False when it is hidden from this account.
    pub available: bool,
}

/// A picture of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Picture {
    pub url: Option<String>,
}

/// A person, asked at the messenger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    #[serde(flatten)]
    pub who: Who,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    pub business: bool,
}

impl Person {
    pub fn of(person: &ask::Person) -> Self {
        let who = Who::at(&person.address, person.alias.as_ref(), person.name.as_deref());
        Self {
            who: Who { saved_name: person.saved_name.clone(), ..who },
            about: person.about.clone(),
            avatar_url: person.avatar_url.clone(),
            business: person.business,
        }
    }
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    #[schema(example = "group:120363043968066561")]
    pub address: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `kind:value`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    pub created_at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_link: Option<String>,
    /// Every member may change name, picture and description.
    pub members_edit: bool,
    /// Every member may write.
    pub members_send: bool,
    pub members: Vec<Member>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    #[serde(flatten)]
    pub who: Who,
    pub admin: bool,
    pub owner: bool,
}

impl Group {
    pub fn of(group: &ask::Group) -> Self {
        Self {
            address: group.address.to_string(),
            name: group.name.clone(),
            description: group.description.clone(),
            owner: group.owner.as_ref().map(ToString::to_string),
            created_at: When(group.created_at),
            invite_link: group.invite_link.clone(),
            members_edit: group.members_edit,
            members_send: group.members_send,
            members: group.members.iter().map(Member::of).collect(),
        }
    }
}

impl Member {
    fn of(member: &ask::Member) -> Self {
        let who = Who::at(&member.address, member.alias.as_ref(), None);
        Self { who, admin: member.admin, owner: member.owner }
    }
}

/// The way into a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invite {
    pub url: String,
}

/// Somebody who saw a story.
#[derive(Debug, Serialize, ToSchema)]
pub struct Viewer {
    pub who: Who,
    pub at: When,
}

impl Viewer {
    pub fn of((address, at): &(Address, Timestamp)) -> Self {
        Self { who: Who::at(address, None, None), at: When(*at) }
    }
}

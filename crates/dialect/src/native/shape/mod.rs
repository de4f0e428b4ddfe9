//! The objects of the API, each written by one function: in answers, streams, queues and webhooks alike.

mod account;
mod content;
mod event;
mod listener;
mod live;
mod message;
mod people;
mod request;
mod template;

use serde::Serialize;
use sluice_model::command::Slice;
use sluice_model::{Spelling, Timestamp, WorkspaceId};
use utoipa::ToSchema;

use crate::{Call, Links};

pub use account::{Account, Key, Login};
pub use content::Content;
pub use event::{Event, News};
pub use listener::{Attempt, Listener};
pub use live::{Avatar, Checked, Group, Invite, Person, Picture, Viewer};
pub use message::{Accepted, Message, Queued, Status, Trace, Trouble};
pub use people::{Chat, Contact, Who};
pub use request::Request;
pub use template::Template;

/// What it takes to write an object down.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    pub spelling: &'a Spelling,
    pub links: &'a Links,
    /// For whom it is written; nobody where no key was shown.
    pub workspace: Option<WorkspaceId>,
    /// Links to files are good from then on.
    pub now: Timestamp,
}

impl<'a> Pen<'a> {
    pub fn of(call: &'a Call) -> Self {
        Self {
            spelling: &call.spelling,
            links: &call.links,
            workspace: call.key().map(|key| key.workspace),
            now: call.at,
        }
    }
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    /// How many there are in all, where that is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    pub limit: u64,
    pub offset: u64,
}

impl<T> List<T> {
    pub fn part(items: Vec<T>, total: Option<u64>, page: Slice) -> Self {
        Self { items, total, limit: page.limit, offset: page.offset }
    }

    /// A list that is always shown whole.
    pub fn whole(items: Vec<T>) -> Self {
        let total = items.len() as u64;
        Self { items, total: Some(total), limit: total, offset: 0 }
    }
}

/// It is done, and there is nothing more to say.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    /// Always true: what was not done is told as a problem.
    pub done: bool,
}

/// A number of things.
#[derive(Debug, Serialize, ToSchema)]
pub struct Count {
    pub count: u64,
}

/// A file that is kept now. Send it by this name within the time that files are kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct Kept {
    /// SHA-256 of the bytes, 64 lower-case hex digits.
    pub media: String,
    /// Bytes.
    pub size: u64,
}

/// Messages taken back before they were sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cancelled {
    /// `msg_…`
    pub cancelled: Vec<String>,
}

//! Messages, their statuses and their traces.

use serde::Serialize;
use sluice_model::message::{self, Kept, Mark, Origin};
use sluice_model::{Order, State, Timestamp, outcome};
use utoipa::ToSchema;

use super::{Attempt, Content, Event, Pen, Request, Who};
use crate::native::ids;
use crate::native::names;
use crate::native::when::When;

/// A message, either way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    #[serde(flatten)]
    pub status: Status,
    /// The author; in a group the member. Not there for what the account itself says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Who>,
    pub content: Content,
    /// The message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Quoted>,
    /// How often it was forwarded; 0 for an original.
    pub forwarded: u32,
    /// The newest text, where it was edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<String>,
    pub deleted: bool,
    /// When it was accepted here, or sent as its author's messenger says.
    pub at: When,
}

/// Which message, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// `msg_…`
    #[schema(example = "msg_0f1e2d3c4b5a6978")]
    pub id: String,
    /// The id at the messenger, once it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "3EB0C431C26A1916E07A")]
    pub remote: Option<String>,
    #[schema(value_type = names::Direction)]
    pub direction: &'static str,
    #[schema(value_type = names::Origin)]
    pub origin: &'static str,
    pub chat: Who,
    /// The caller's own words, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The call that sent it, `req_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    #[schema(value_type = names::MessageState)]
    pub state: &'static str,
    pub state_at: When,
    /// Why it failed, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
}

/// Why something did not arrive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trouble {
    /// A stable word: `not_on_messenger`, `rate_limited`, …
    #[schema(example = "not_on_messenger")]
    pub why: String,
    /// For a person to read.
    pub note: String,
}

/// The message that is answered, as far as it is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quoted {
    /// The id at the messenger.
    pub remote: String,
    /// Written by this account.
    pub from_me: bool,
    /// `kind:value`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<When>,
}

impl Message {
    /// A row of the archive.
    pub fn kept(kept: &Kept, pen: Pen<'_>) -> Self {
        let fresh = Self::fresh(&kept.message, kept.state, kept.state_at, pen);
        Self {
            status: Status { trouble: kept.trouble.as_ref().map(Trouble::of), ..fresh.status },
            edited: kept.edited.clone(),
            deleted: kept.deleted,
            ..fresh
        }
    }

    /// As an event tells it.
    pub fn fresh(message: &message::Message, state: State, state_at: Timestamp, pen: Pen<'_>) -> Self {
        let mut status = Status::of(&message.mark(), state, state_at, pen);
        status.chat.name = message.chat_name.clone();
        Self {
            status,
            sender: message.sender.as_ref().map(Who::of),
            content: Content::of(&message.content, pen),
            quoted: message.quoted.as_ref().map(|quoted| Quoted {
                remote: quoted.target.remote.clone(),
                from_me: quoted.target.from_me,
                sender: quoted.target.sender.as_ref().map(ToString::to_string),
                content: quoted.content.as_ref().map(|content| Content::of(content, pen)),
                at: quoted.at.and_then(When::of),
            }),
            forwarded: message.forwarded,
            edited: None,
            deleted: false,
            at: When(message.at),
        }
    }
}

impl Status {
    pub fn of(mark: &Mark, state: State, state_at: Timestamp, pen: Pen<'_>) -> Self {
        let (origin, tag, request) = match &mark.origin {
            Origin::Api { tag, request, .. } => ("api", tag.clone(), *request),
            Origin::Phone => ("phone", None, None),
            Origin::Peer => ("peer", None, None),
        };
        Self {
            id: ids::message(pen.spelling, mark.id),
            remote: mark.remote.clone(),
            direction: if mark.origin == Origin::Peer { "in" } else { "out" },
            origin,
            chat: Who::at(&mark.chat, mark.chat_alias.as_ref(), None),
            tag,
            request: request.map(|id| ids::request(pen.spelling, id)),
            state: state.name(),
            state_at: When(state_at),
            trouble: None,
        }
    }

    #[must_use]
    pub fn with(self, trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..self }
    }
}

impl Trouble {
    pub fn of(trouble: &message::Trouble) -> Self {
        Self { why: trouble.why.name(), note: trouble.note.clone() }
    }
}

/// A message that is on disk now and will be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// `msg_…`
    #[schema(example = "msg_0f1e2d3c4b5a6978")]
    pub id: String,
    /// The id that it will have at the messenger, where we mint it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "3EB0C431C26A1916E07A")]
    pub remote: Option<String>,
    /// `waiting`; with `?wait=`, as far as it came in that time.
    #[schema(value_type = names::MessageState)]
    pub state: &'static str,
    /// Why it failed, where it did within the wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    pub at: When,
}

impl Accepted {
    pub fn of(accepted: &outcome::Accepted, pen: Pen<'_>) -> Self {
        Self {
            id: ids::message(pen.spelling, accepted.id),
            remote: accepted.remote.clone(),
            state: State::Waiting.name(),
            trouble: None,
            at: When(accepted.at),
        }
    }
}

/// A message on its way out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Queued {
    #[serde(flatten)]
    pub message: Message,
    /// Not before.
    pub due_at: When,
    /// Not after; null for no end.
    pub expires_at: Option<When>,
    /// How many attempts there were so far.
    pub attempts: u32,
}

impl Queued {
    pub fn of(order: &Order, pen: Pen<'_>) -> Self {
        Self {
            message: Message::fresh(&order.message, State::Waiting, order.message.at, pen),
            due_at: When(order.due_at),
            expires_at: When::of(order.expires_at),
            attempts: order.attempt,
        }
    }
}

/// Everything that is known about one message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trace {
    pub message: Message,
    /// The call that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// What happened to it, oldest first.
    pub events: Vec<Event>,
    /// How listeners were told, oldest first.
    pub deliveries: Vec<Attempt>,
    /// Why it still waits, for a person to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

impl Trace {
    pub fn of(trace: &outcome::Trace, pen: Pen<'_>) -> Self {
        Self {
            message: Message::kept(&trace.kept, pen),
            request: trace.request.as_ref().map(|request| Request::of(request, pen)),
            events: trace.entries.iter().map(|entry| Event::of(entry, pen)).collect(),
            deliveries: trace.attempts.iter().map(|attempt| Attempt::of(attempt, pen)).collect(),
            waits_for: trace.waits_for.clone(),
        }
    }
}

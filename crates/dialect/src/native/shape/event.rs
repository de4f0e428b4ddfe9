//! What happened, as streams, queues and webhooks tell it.

use serde::Serialize;
use serde_json::Value;
use sluice_model::event::{self, CallStage, LogoutBy};
use sluice_model::failure::Why;
use sluice_model::{Entry, State};
use utoipa::ToSchema;

use super::{Message, Pen, Status, Trouble, Who};
use crate::native::ids;
use crate::native::names;
use crate::native::when::When;

/// Something that happened to an account. The same in a stream, a queue, a webhook and a trace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// The same over every retry and replay.
    #[schema(example = "evt_0f1e2d3c4b5a6978")]
    pub id: String,
    #[serde(rename = "type")]
    #[schema(value_type = names::EventName)]
    pub name: &'static str,
    pub at: When,
    /// `acc_…`
    pub account: String,
    pub data: News,
}

/// What an event tells; its `type` says which.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum News {
    /// `message.received`, `message.posted`
    Message { message: Box<Message> },
    /// `message.sent`, `.delivered`, `.read`, `.retried`, `.failed`, `.expired`, `.cancelled`, `.uncertain`
    Status {
        message: Box<Status>,
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_at: Option<When>,
    },
    /// `call.received`
    Call { call: Call },
    /// `account.connected`, `.disconnected`, `.logged_out`, `.blocked`
    Account(AccountNews),
    /// `group.changed`
    Group {
        group: String,
        change: String,
        members: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// `contact.changed`
    Contact {
        contact: Who,
        #[serde(skip_serializing_if = "Option::is_none")]
        avatar_url: Option<String>,
    },
    /// `presence.changed`
    Presence { presence: Presence },
    /// `debug.published`, as it was published.
    Debug(Value),
}

/// A call at the messenger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Call {
    /// The id at the messenger.
    pub remote: String,
    pub from: Who,
    pub video: bool,
    /// `offered`, `accepted`, `declined`, `missed` or `ended`.
    pub stage: &'static str,
}

/// Whether somebody is there, and what they do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Presence {
    pub who: Who,
    /// `kind:value`: the chat with them, or the group that they write in.
    pub chat: String,
    /// `online`, `offline`, `typing` or `recording`.
    pub state: &'static str,
    /// When they were there last, where they have gone and let it be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<When>,
}

/// How the account stands now.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AccountNews {
    #[schema(value_type = names::AccountState)]
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// A stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who logged it out: `api`, `device` or `ban`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'static str>,
    /// For a person to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When a block ends, if the messenger says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<When>,
}

impl Event {
    pub fn of(entry: &Entry, pen: Pen<'_>) -> Self {
        Self {
            id: pen.spelling.event(entry.id()),
            name: entry.event.name(),
            at: When(entry.at),
            account: ids::account(pen.spelling, entry.account),
            data: News::of(entry, pen),
        }
    }
}

impl News {
    fn of(entry: &Entry, pen: Pen<'_>) -> Self {
        use sluice_model::Event as E;
        let message =
            |message, state| Self::Message { message: Box::new(Message::fresh(message, state, entry.at, pen)) };
        let status = |mark, state| Status::of(mark, state, entry.at, pen);
        let told = |status, attempt| Self::Status { message: Box::new(status), attempt, next_at: None };
        match &entry.event {
            E::MessageReceived { message: received } => message(received, State::Received),
            E::MessagePosted { message: posted } => message(posted, State::Sent),
            E::MessageSent { mark, attempt } => told(status(mark, State::Sent), Some(*attempt)),
            E::MessageDelivered { mark } => told(status(mark, State::Delivered), None),
            E::MessageRead { mark } => told(status(mark, State::Read), None),
            E::MessageRetried { mark, attempt, trouble, next_at } => Self::Status {
                message: Box::new(status(mark, State::Waiting).with(Trouble::of(trouble))),
                attempt: Some(*attempt),
                next_at: When::of(*next_at),
            },
            E::MessageFailed { mark, attempt, trouble } => {
                told(status(mark, State::Failed).with(Trouble::of(trouble)), Some(*attempt))
            }
            E::MessageExpired { mark } => told(status(mark, State::Expired), None),
            E::MessageCancelled { mark } => told(status(mark, State::Cancelled), None),
            E::MessageUncertain { mark, attempt, note } => {
                let trouble = Trouble { why: Why::Unknown.name(), note: note.clone() };
                told(status(mark, State::Uncertain).with(trouble), Some(*attempt))
            }
            E::CallReceived { call } => Self::Call { call: Call::of(call) },
            E::AccountConnected { phone, .. } => {
                Self::Account(AccountNews { state: "open", phone: phone.clone(), ..AccountNews::default() })
            }
            E::AccountDisconnected { why, note } => Self::Account(AccountNews {
                state: "connecting",
                why: Some(why.name()),
                note: Some(note.clone()),
                ..AccountNews::default()
            }),
            E::AccountLoggedOut { by, note } => Self::Account(AccountNews {
                state: "login_needed",
                by: Some(match by {
                    LogoutBy::Api => "api",
                    LogoutBy::Device => "device",
                    LogoutBy::Ban => "ban",
                }),
                note: Some(note.clone()),
                ..AccountNews::default()
            }),
            E::AccountBlocked { until, note } => Self::Account(AccountNews {
                state: "blocked",
                note: Some(note.clone()),
                until: until.and_then(When::of),
                ..AccountNews::default()
            }),
            E::GroupChanged { group, change, members, by } => Self::Group {
                group: group.to_string(),
                change: change.clone(),
                members: members.iter().map(ToString::to_string).collect(),
                by: by.as_ref().map(ToString::to_string),
            },
            E::ContactChanged { party, avatar_url } => {
                Self::Contact { contact: Who::of(party), avatar_url: avatar_url.clone() }
            }
            E::PresenceChanged { presence } => Self::Presence { presence: Presence::of(presence) },
            E::DebugPublished { body, .. } => Self::Debug(body.clone()),
        }
    }
}

impl Presence {
    fn of(presence: &event::Presence) -> Self {
        Self {
            who: Who::of(&presence.who),
            chat: presence.chat.to_string(),
            state: presence.state.name(),
            last_seen: presence.last_seen.and_then(When::of),
        }
    }
}

impl Call {
    fn of(call: &event::Call) -> Self {
        Self {
            remote: call.remote.clone(),
            from: Who::of(&call.from),
            video: call.video,
            stage: match call.stage {
                CallStage::Offered => "offered",
                CallStage::Accepted => "accepted",
                CallStage::Declined => "declined",
                CallStage::Missed => "missed",
                CallStage::Ended => "ended",
            },
        }
    }
}

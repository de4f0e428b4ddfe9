//! What happened, as the journal keeps it and listeners are told it. Names are `noun.past`.

use serde::{Deserialize, Serialize};

use crate::failure::Why;
use crate::message::{Mark, Message, State, Step, Trouble};
use crate::{AccountId, Address, EventId, Party, Position, Timestamp};

/// One thing that happened to an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum Event {
    #[serde(rename = "message.received")]
    MessageReceived { message: Message },
    /// A message of the account's own stands in its chat now, with its words: one of ours, or one written on the phone.
    #[serde(rename = "message.posted")]
    MessagePosted { message: Message },
    /// The messenger took one of ours: the first of its statuses. Always right behind its `message.posted`.
    #[serde(rename = "message.sent")]
    MessageSent { mark: Mark, attempt: u32 },
    #[serde(rename = "message.delivered")]
    MessageDelivered { mark: Mark },
    #[serde(rename = "message.read")]
    MessageRead { mark: Mark },
    /// An attempt did not arrive; the next one follows.
    #[serde(rename = "message.retried")]
    MessageRetried { mark: Mark, attempt: u32, trouble: Trouble, next_at: Timestamp },
    #[serde(rename = "message.failed")]
    MessageFailed { mark: Mark, attempt: u32, trouble: Trouble },
    #[serde(rename = "message.expired")]
    MessageExpired { mark: Mark },
    #[serde(rename = "message.cancelled")]
    MessageCancelled { mark: Mark },
    /// It may have arrived; it is not sent again.
    #[serde(rename = "message.uncertain")]
    MessageUncertain { mark: Mark, attempt: u32, note: String },
    #[serde(rename = "call.received")]
    CallReceived { call: Call },
    #[serde(rename = "account.connected")]
    AccountConnected {
        phone: Option<String>,
        /// After a login or a block; otherwise the way to the messenger is found again.
        #[serde(default)]
        first: bool,
    },
    #[serde(rename = "account.disconnected")]
    AccountDisconnected { why: Why, note: String },
    /// A login is needed again.
    #[serde(rename = "account.logged_out")]
    AccountLoggedOut { by: LogoutBy, note: String },
    #[serde(rename = "account.blocked")]
    AccountBlocked { until: Option<Timestamp>, note: String },
    #[serde(rename = "group.changed")]
    GroupChanged { group: Address, change: String, members: Vec<Address>, by: Option<Address> },
    #[serde(rename = "contact.changed")]
    ContactChanged { party: Party, avatar_url: Option<String> },
    /// Told of people only whose presence was asked for.
    #[serde(rename = "presence.changed")]
    PresenceChanged { presence: Presence },
    /// Laid into the journal by a caller for debugging, in the caller's own dialect and words.
    #[serde(rename = "debug.published")]
    DebugPublished { dialect: String, body: serde_json::Value },
}

impl Event {
    pub const NAMES: [&'static str; 19] = [
        "message.received",
        "message.posted",
        "message.sent",
        "message.delivered",
        "message.read",
        "message.retried",
        "message.failed",
        "message.expired",
        "message.cancelled",
        "message.uncertain",
        "call.received",
        "account.connected",
        "account.disconnected",
        "account.logged_out",
        "account.blocked",
        "group.changed",
        "contact.changed",
        "presence.changed",
        "debug.published",
    ];

    pub const fn name(&self) -> &'static str {
        match self {
            Self::MessageReceived { .. } => "message.received",
            Self::MessagePosted { .. } => "message.posted",
            Self::MessageSent { .. } => "message.sent",
            Self::MessageDelivered { .. } => "message.delivered",
            Self::MessageRead { .. } => "message.read",
            Self::MessageRetried { .. } => "message.retried",
            Self::MessageFailed { .. } => "message.failed",
            Self::MessageExpired { .. } => "message.expired",
            Self::MessageCancelled { .. } => "message.cancelled",
            Self::MessageUncertain { .. } => "message.uncertain",
            Self::CallReceived { .. } => "call.received",
            Self::AccountConnected { .. } => "account.connected",
            Self::AccountDisconnected { .. } => "account.disconnected",
            Self::AccountLoggedOut { .. } => "account.logged_out",
            Self::AccountBlocked { .. } => "account.blocked",
            Self::GroupChanged { .. } => "group.changed",
            Self::ContactChanged { .. } => "contact.changed",
            Self::PresenceChanged { .. } => "presence.changed",
            Self::DebugPublished { .. } => "debug.published",
        }
    }

    /// The message it is about, if it is about one.
    pub const fn message_id(&self) -> Option<crate::MessageId> {
        match self {
            Self::MessageReceived { message } | Self::MessagePosted { message } => Some(message.id),
            Self::MessageSent { mark, .. }
            | Self::MessageDelivered { mark }
            | Self::MessageRead { mark }
            | Self::MessageRetried { mark, .. }
            | Self::MessageFailed { mark, .. }
            | Self::MessageExpired { mark }
            | Self::MessageCancelled { mark }
            | Self::MessageUncertain { mark, .. } => Some(mark.id),
            _ => None,
        }
    }

    /// The chat it belongs to: what keeps its order among a listener's deliveries.
    pub const fn chat(&self) -> Option<&Address> {
        match self {
            Self::MessageReceived { message } | Self::MessagePosted { message } => Some(&message.chat),
            Self::MessageSent { mark, .. }
            | Self::MessageDelivered { mark }
            | Self::MessageRead { mark }
            | Self::MessageRetried { mark, .. }
            | Self::MessageFailed { mark, .. }
            | Self::MessageExpired { mark }
            | Self::MessageCancelled { mark }
            | Self::MessageUncertain { mark, .. } => Some(&mark.chat),
            Self::CallReceived { call } => Some(&call.from.address),
            Self::GroupChanged { group, .. } => Some(group),
            Self::PresenceChanged { presence } => Some(&presence.chat),
            _ => None,
        }
    }

    /// The events that tell `step` of a message, in order. A claim and a retry have none here: nobody but the courier
    /// hears of the one, and the other needs more words.
    pub fn of_step(step: Step, message: &Message, attempt: u32, trouble: Option<Trouble>) -> Vec<Event> {
        let mark = message.mark();
        let reason = || trouble.unwrap_or(Trouble { why: Why::Unknown, note: String::new() });
        match step {
            Step::Send => {
                vec![Event::MessagePosted { message: message.clone() }, Event::MessageSent { mark, attempt }]
            }
            Step::Deliver => vec![Event::MessageDelivered { mark }],
            Step::Read => vec![Event::MessageRead { mark }],
            Step::Fail => vec![Event::MessageFailed { mark, attempt, trouble: reason() }],
            Step::Expire => vec![Event::MessageExpired { mark }],
            Step::Cancel => vec![Event::MessageCancelled { mark }],
            Step::Doubt => vec![Event::MessageUncertain { mark, attempt, note: reason().note }],
            Step::Claim | Step::Retry => Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogoutBy {
    /// Asked for here.
    Api,
    /// On the phone, or by the messenger.
    Device,
    Ban,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The id at the messenger.
    pub remote: String,
    pub from: Party,
    pub video: bool,
    pub stage: CallStage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStage {
    Offered,
    Accepted,
    Declined,
    Missed,
    Ended,
}

/// Whether somebody is there, and what they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    pub who: Party,
    /// The chat with them, or the group that they write in.
    pub chat: Address,
    pub state: PresenceState,
    /// When they were there last, where they have gone and let it be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// There, and not typing, or no more.
    Online,
    Offline,
    Typing,
    /// Recording a voice note.
    Recording,
}

impl PresenceState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Typing => "typing",
            Self::Recording => "recording",
        }
    }
}

/// A journal entry: an event with its place. Immutable.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub account: AccountId,
    pub position: Position,
    pub at: Timestamp,
    pub event: Event,
}

impl Entry {
    pub const fn id(&self) -> EventId {
        EventId::of(self.account, self.position)
    }
}

/// What a connector learned, on its way into the journal. The store turns it into events: it knows which message a
/// receipt is about, and whether a message came in before.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A message from the other side or from the account's own phone. Its `remote` id makes it unique in its chat.
    Message(Box<Message>),
    /// A message of the time before the account was connected here: kept, and told to nobody.
    History(Box<Message>),
    /// The messenger's word about messages sent earlier.
    Receipt(Receipt),
    /// Anything that is an event as it stands.
    Event(Box<Event>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Ids at the messenger.
    pub remotes: Vec<String>,
    /// `Send`, `Deliver`, `Read` or `Fail`.
    pub step: Step,
    pub at: Timestamp,
    pub trouble: Option<Trouble>,
}

impl Receipt {
    /// The state that the receipt speaks of.
    pub fn state(&self) -> Option<State> {
        State::Waiting.after(self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_on_paper() {
        let event = Event::AccountConnected { phone: None, first: true };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["event"], event.name());
        assert!(Event::NAMES.contains(&event.name()));
    }
}

//! What came of a [`crate::Command`], before a dialect puts it into its own words.

use std::sync::Arc;
use std::time::Duration;

use crate::ask::Answer;
use crate::content::Blob;
use crate::delivery::Attempt;
use crate::message::{Chat, Contact, Kept, State, Trouble};
use crate::{
    Account, Entry, EventId, Key, Listener, LoginStep, MessageId, Order, Position, Refusal, RequestId, Template,
    Timestamp,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Done, and there is nothing to say.
    Done,
    /// On disk. In the order of the wishes.
    Accepted(Vec<Accepted>),
    /// In the order of the letters: what was accepted is on disk, what was refused left nothing.
    Each(Vec<Result<Accepted, Refusal>>),
    /// As `Accepted` for one, with what the messenger said in time.
    Sent {
        accepted: Accepted,
        state: State,
        trouble: Option<Trouble>,
    },
    Cancelled(Vec<MessageId>),
    Answer(Answer),
    /// `None` when no login is under way.
    Login(Option<LoginStep>),
    /// Steps follow as a stream.
    LoginFollows,

    Account(Box<AccountView>),
    Accounts(Vec<AccountView>),
    History(Vec<Entry>),

    Message(Box<Kept>),
    Messages {
        messages: Vec<Kept>,
        total: u64,
    },
    Trace(Box<Trace>),
    Queue {
        orders: Vec<Order>,
        total: u64,
    },
    Chats {
        chats: Vec<Chat>,
        total: u64,
    },
    Dialogs {
        dialogs: Vec<Dialog>,
        total: u64,
    },
    Chat(Box<Chat>),
    Contacts {
        contacts: Vec<Contact>,
        total: u64,
    },
    Contact(Box<Contact>),
    Event(Box<Entry>),

    Switches {
        account: Box<AccountView>,
        listener: Option<Arc<Listener>>,
        secret: Option<String>,
    },
    /// In order, in the words of the calling dialect; empty when nothing came in time.
    Entries(Vec<Told>),
    /// Those wanted out of a stretch of the journal, oldest first, and the place where the stretch ends.
    Stretch {
        entries: Vec<Entry>,
        end: Position,
    },
    /// Whether the place moved.
    Confirmed(bool),
    Count(u64),
    /// Entries follow as a stream.
    EntriesFollow,

    Listeners(Vec<ListenerView>),
    Listener(Box<ListenerView>),
    /// A test call's attempt.
    Attempt(Attempt),
    Attempts(Vec<Attempt>),

    Keys(Vec<Arc<Key>>),
    /// The only time that the token is seen.
    KeyAdded {
        key: Arc<Key>,
        token: String,
    },

    /// The only time that the token is seen; it is good for so long.
    SignedIn {
        token: String,
        life: Duration,
    },

    Templates(Vec<Arc<Template>>),
    Template(Arc<Template>),

    Kept(Blob),
    /// The reply's body is this file.
    File {
        blob: Blob,
        mime: String,
        file_name: Option<String>,
    },

    Requests(Vec<RequestView>),
    Request(Box<RequestView>),
}

/// A chat with its last message.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialog {
    pub chat: Chat,
    pub last: Option<Kept>,
}

/// A journal entry as a dialect's notice tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub event: EventId,
    pub at: Timestamp,
    /// The notice's body, as it would be posted to a webhook.
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub id: MessageId,
    /// The id at the messenger, where it is known already.
    pub remote: Option<String>,
    pub at: Timestamp,
}

/// An account with what its API shows beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountView {
    pub account: Arc<Account>,
    /// The calling dialect's own listener of it.
    pub listener: Option<Arc<Listener>>,
    /// Messages both ways.
    pub messages: u64,
    /// When the newest of them was accepted here or written there.
    pub last_message: Option<Timestamp>,
    pub waiting: u64,
    /// Since when nothing is sent, because the data are a copy of a gateway that may go on elsewhere.
    pub resting: Option<Timestamp>,
    /// Set once, by the call that made the account.
    pub token: Option<String>,
    /// What whoever logs in must be told first.
    pub caution: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ListenerView {
    pub listener: Arc<Listener>,
    /// Deliveries that wait for another attempt.
    pub waiting: u64,
    /// Set once, by the call that made it or changed the secret.
    pub secret: Option<String>,
}

/// Everything that is known about one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub kept: Kept,
    pub request: Option<RequestView>,
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// Calls to listeners, oldest first.
    pub attempts: Vec<Attempt>,
    /// Why it still waits, for a person to read.
    pub waits_for: Option<String>,
}

/// A line of the request log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestView {
    pub id: RequestId,
    pub at: Timestamp,
    pub dialect: String,
    pub endpoint: String,
    pub method: String,
    pub path: String,
    pub status: u16,
    pub took_ms: u32,
    pub address: String,
    pub key_prefix: Option<String>,
    /// What the caller said that the body is: some APIs read JSON under any name.
    pub content_type: Option<String>,
    pub body: String,
    pub answer: String,
    pub code: Option<String>,
}

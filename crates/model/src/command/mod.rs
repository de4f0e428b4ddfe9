//! What a caller asks the house to do, whatever API they say it in. A dialect reads a call into a [`Command`]; intake
//! carries it out and hands the [`crate::Outcome`] back to the dialect.

mod setup;
mod sought;

use std::time::Duration;

use serde_json::Value;

use crate::ask::LoginWay;
use crate::content::{Content, Quoted};
use crate::{AccountId, Address, Ask, EventId, KeyId, ListenerId, MessageId, Position, RequestId, Timestamp, device};

pub use setup::{
    AccountChange, ListenerChange, NewAccount, NewKey, NewListener, NewTemplate, Password, SwitchChange, TemplateChange,
};
pub use sought::{DialogQuery, EntryQuery, GroupSought, Query};

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Accept these for sending; all or none.
    Send(Vec<Wish>),
    /// Accept those of these that can be, in one commit; each has its own verdict.
    SendEach(Vec<Letter>),
    /// As `Send`, and wait up to `wait` for the messenger's word on the first one.
    SendAndWait {
        wish: Box<Wish>,
        wait: Duration,
    },
    /// As `Send` for one, into the only group that fits.
    SendToGroup {
        group: GroupSought,
        content: Box<Content>,
    },
    /// As `SendAndWait`, with the words of a template of the workspace filled in. Answered with the message.
    SendTemplate {
        wish: Box<Wish>,
        wait: Duration,
    },
    /// Say something about a message that is known by its id alone: its chat, its author and what stood in it are
    /// looked up. Answered as `SendAndWait` where there is a `wait`, as `Send` where there is none.
    SendAbout {
        about: Which,
        remark: Box<Remark>,
        wait: Option<Duration>,
    },
    /// Tell its author that this message was read, and with `all` everything else in its chat. Answered with the
    /// message.
    MarkRead {
        message: Which,
        all: bool,
    },
    /// Copy messages of one chat into another.
    Forward {
        from: Address,
        remotes: Vec<String>,
        to: Address,
    },
    /// Take waiting messages back; `None` means all of the account.
    Cancel(Option<Vec<Which>>),
    /// A live question to the account.
    Ask(Ask),
    /// What the login's last step asked for. Answered with the step that follows, waiting up to `wait` for it.
    LoginInput {
        value: String,
        wait: Duration,
    },
    /// The account's login as it stands now, waiting up to `wait` for a step to show when there is none yet.
    LoginStep {
        wait: Duration,
    },
    /// The login's steps as they come, until it is done.
    FollowLogin,
    /// Begin a login, or go on with one under way, and tell its steps for so long at most. Answered as `FollowLogin`.
    BeginLogin {
        way: LoginWay,
        wait: Duration,
    },

    Account,
    Accounts,
    AddAccount(NewAccount),
    RemoveAccount,
    /// As `RemoveAccount`, where the account's name does not stand in the call's head.
    RemoveAccountNamed(AccountId),
    ChangeAccount(AccountChange),
    /// How the account stood over time, newest first.
    History {
        limit: usize,
    },
    /// Calls that came in since then, each stage an entry, newest first. Answered as `History`.
    Calls {
        since: Timestamp,
        limit: usize,
    },

    Message(Which),
    Messages(Query),
    /// Messages as they stand in the journal, with their places. Answered as `Stretch`.
    Entries(EntryQuery),
    Trace(Which),
    /// What waits to be sent, oldest first.
    Queue(Slice),
    Chats {
        search: Option<String>,
        page: Slice,
    },
    /// Chats, each with its last message.
    Dialogs(DialogQuery),
    Chat(Address),
    Contacts {
        search: Option<String>,
        page: Slice,
    },
    Contact(Address),
    /// Have this person among the contacts. One who is not there yet is looked for at the messenger, unless `known` asks
    /// for those alone who are. Answered with the contact.
    Meet {
        who: Address,
        name: Option<String>,
        known: bool,
    },
    /// Take this person out of the contacts, and the chat with them out of the lists.
    Forget(Address),
    /// An event of the journal, as the dialect's notices show it.
    Event(EventId),

    /// The dialect's own switches of this account: its listener's and the account's.
    Switches,
    SetSwitches(SwitchChange),
    /// Take the oldest entry that is still to be confirmed, waiting up to `wait` for one.
    Receive {
        queue: Queue,
        wait: Duration,
        limit: usize,
    },
    /// Everything up to `upto` was handled.
    Confirm {
        queue: Queue,
        upto: Position,
    },
    /// As `Confirm`, for a pull listener that may hear several accounts: for each account named by these events,
    /// everything up to the event was handled.
    ConfirmEvents {
        listener: ListenerId,
        upto: Vec<EventId>,
    },
    CountWaitingEntries {
        queue: Queue,
    },
    /// Forget what waits in the queue.
    ClearEntries {
        queue: Queue,
    },
    /// Entries as they come. `after` names the last one seen.
    Follow {
        after: Option<EventId>,
        events: Vec<String>,
    },
    /// Lay a made-up notification into the queue, for debugging.
    Publish {
        body: Value,
    },

    Listeners,
    Listener(ListenerId),
    AddListener(NewListener),
    ChangeListener {
        id: ListenerId,
        change: ListenerChange,
    },
    RemoveListener(ListenerId),
    TestListener {
        id: ListenerId,
        event: String,
    },
    Attempts {
        id: ListenerId,
        failed: bool,
        page: Slice,
    },
    Resend {
        id: ListenerId,
        event: EventId,
    },
    Replay {
        id: ListenerId,
        since: Timestamp,
    },

    Keys,
    AddKey(NewKey),
    RevokeKey(KeyId),
    /// Change the switches of the key that is calling.
    SetKeySettings(Value),
    /// A new token for the account in this dialect; the old one ends at once.
    ReplaceKey,
    /// A new token in place of the calling one, which ends after `keep`. Answered as `AddKey`.
    RotateKey {
        keep: Duration,
    },

    /// What a phone that serves as a gateway says, waiting up to `wait` until there is something for it.
    Device {
        call: Box<device::Call>,
        wait: Duration,
    },
    /// A phone brings the pairing code that an account shows. Answered as `AddKey`.
    Pair {
        code: String,
        device: Box<device::Device>,
    },
    /// A key for a while, to who knows a login and its password: the name and the token of a key of this dialect.
    SignIn {
        login: String,
        password: Password,
        life: Duration,
    },
    /// Another key for a while, like the one that is calling. That one lives on to its end.
    RenewSignIn {
        life: Duration,
    },

    Templates,
    Template(String),
    AddTemplate(NewTemplate),
    ChangeTemplate {
        name: String,
        change: TemplateChange,
    },
    RemoveTemplate(String),

    /// The file that came as the call's body is kept already; say where.
    KeepFile,
    File {
        hash: String,
    },
    /// The file of a received message, fetched from the messenger if need be.
    MessageFile(Which),

    Requests {
        refused: bool,
        page: Slice,
    },
    Request(RequestId),
    /// Nothing to do but to answer (a telemetry call of a client, a description of the API).
    Nothing,
}

/// One message to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    pub chat: Address,
    pub content: Content,
    pub reply_to: Option<ReplyTo>,
    pub forwarded: u32,
    pub tag: Option<String>,
    /// Kept with the message and shown again.
    pub memo: Option<Value>,
    /// Not before.
    pub due_at: Option<Timestamp>,
    /// Somewhere in this span from now, by chance.
    pub delay: Option<(Duration, Duration)>,
    /// Not after.
    pub expires_at: Option<Timestamp>,
    pub typing_ms: Option<u32>,
}

impl Wish {
    pub const fn new(chat: Address, content: Content) -> Self {
        Self {
            chat,
            content,
            reply_to: None,
            forwarded: 0,
            tag: None,
            memo: None,
            due_at: None,
            delay: None,
            expires_at: None,
            typing_ms: None,
        }
    }
}

/// A message with its sender.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The account, by its phone number's digits or by its name.
    pub sender: String,
    /// A template is one of the workspace: its words are filled in when it is accepted. One that does not fit is accepted
    /// and fails at once.
    pub wish: Wish,
    /// It names the place where it wants to be told of, see [`crate::listener::Target::PerMessage`].
    pub calls_back: bool,
}

/// What is said about a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    pub says: Says,
    pub tag: Option<String>,
    /// Kept with the message and shown again.
    pub memo: Option<Value>,
    /// Somewhere in this span from now, by chance.
    pub delay: Option<(Duration, Duration)>,
    /// Not after.
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a remark is boxed as a whole")]
pub enum Says {
    /// Into its chat, quoting it.
    Reply(Content),
    /// `None` takes the reaction back.
    React(Option<String>),
    Edit(String),
    /// For everyone.
    Delete,
    /// A copy of it into another chat.
    Forward(Address),
}

/// What a message answers to: an id to be looked up, or a quote in full.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplyTo {
    Which(Which),
    Quoted(Quoted),
}

/// A message, by any id that a caller may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    Id(MessageId),
    /// The id at the messenger.
    Remote(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    pub offset: u64,
    pub limit: u64,
}

impl Slice {
    pub const fn first(limit: u64) -> Self {
        Self { offset: 0, limit }
    }
}

/// Whose place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queue {
    /// The listener that stands for the dialect's own settings of the account.
    Own,
    /// A pull listener by its id.
    Listener(ListenerId),
}

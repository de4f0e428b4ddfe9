//! Live questions: what only the connected account can answer, now. They are not orders: nothing is kept of them.

use serde::{Deserialize, Serialize};

use crate::content::{Blob, Source};
use crate::{Ability, Address, LoginStep, Timestamp, device};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// Begin a login, or go on with one under way.
    Login {
        way: LoginWay,
    },
    /// What the last step asked for: a phone number, a code, a password.
    LoginInput {
        value: String,
    },
    Logout,
    /// Close the session and open it anew.
    Restart,
    /// Are these people on the messenger?
    Check {
        who: Vec<Address>,
    },
    Avatar {
        of: Address,
    },
    Person {
        of: Address,
    },
    MarkRead {
        chat: Address,
        /// Ids at the messenger; empty means all of the chat.
        remotes: Vec<String>,
    },
    Typing {
        chat: Address,
        recording: bool,
        /// 0 stops it.
        for_ms: u32,
    },
    Archive {
        chat: Address,
        on: bool,
    },
    /// Out of the account's own list of chats.
    DeleteChat {
        chat: Address,
    },
    Block {
        who: Address,
        on: bool,
    },
    /// Hear whether a person is there and types, from now on or no more. Kept over restarts.
    Presence {
        of: Address,
        on: bool,
    },
    /// Decline a call that rings now.
    RejectCall {
        /// The id at the messenger.
        remote: String,
    },
    Disappearing {
        chat: Address,
        seconds: u32,
    },
    SaveContact {
        who: Address,
        name: Option<String>,
    },
    /// `None` leaves it as it is; an empty `about` clears it.
    Profile {
        about: Option<String>,
        picture: Option<Source>,
    },
    Group {
        call: GroupCall,
    },
    /// The bytes of a received file whose source is still at the messenger.
    FetchMedia {
        chat: Address,
        remote: String,
        /// The source's handle; null where it is not known.
        #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
        handle: serde_json::Value,
    },
    StoryViews {
        remote: String,
    },
    /// A question that only one kind of connector understands (the sandbox's levers).
    Control {
        lever: serde_json::Value,
    },
    /// What a phone that serves as a gateway says to its account.
    Device {
        call: Box<device::Call>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum LoginWay {
    Qr,
    PairingCode { phone: String },
    Phone { phone: String },
    Token { token: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum GroupCall {
    Create {
        name: String,
        members: Vec<Address>,
    },
    Info {
        group: Address,
    },
    Rename {
        group: Address,
        name: String,
    },
    Describe {
        group: Address,
        text: String,
    },
    Picture {
        group: Address,
        source: Source,
    },
    Add {
        group: Address,
        members: Vec<Address>,
    },
    Remove {
        group: Address,
        members: Vec<Address>,
    },
    Promote {
        group: Address,
        members: Vec<Address>,
    },
    Demote {
        group: Address,
        members: Vec<Address>,
    },
    /// `None` leaves a right as it is.
    Rights {
        group: Address,
        members_edit: Option<bool>,
        members_send: Option<bool>,
    },
    InviteLink {
        group: Address,
    },
    Leave {
        group: Address,
    },
}

impl Ask {
    /// What the connector must be able to do to answer; `None` for what the house answers or every one must.
    pub const fn needs(&self) -> Option<Ability> {
        Some(match self {
            Self::Login { way } => match way {
                LoginWay::Qr => Ability::QrLogin,
                LoginWay::PairingCode { .. } => Ability::PairingCodeLogin,
                LoginWay::Phone { .. } => Ability::PhoneCodeLogin,
                LoginWay::Token { .. } => Ability::TokenLogin,
            },
            Self::Check { .. } => Ability::NumberCheck,
            Self::Avatar { .. } => Ability::Avatar,
            Self::Person { .. } => Ability::ContactInfo,
            Self::MarkRead { .. } => Ability::ReadMarks,
            Self::Typing { .. } => Ability::Typing,
            Self::Archive { .. } | Self::DeleteChat { .. } => Ability::Archive,
            Self::Block { .. } => Ability::Block,
            Self::Presence { .. } => Ability::Presence,
            Self::RejectCall { .. } => Ability::RejectCall,
            Self::Disappearing { .. } => Ability::Disappearing,
            Self::SaveContact { .. } => Ability::AddressBook,
            Self::Profile { .. } => Ability::Profile,
            Self::Group { .. } => Ability::Groups,
            Self::StoryViews { .. } => Ability::Story,
            Self::LoginInput { .. }
            | Self::Logout
            | Self::Restart
            | Self::FetchMedia { .. }
            | Self::Control { .. }
            | Self::Device { .. } => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Done,
    /// A login's present step.
    Login {
        step: LoginStep,
    },
    Checked {
        found: Vec<Checked>,
    },
    Avatar {
        url: Option<String>,
        available: bool,
    },
    Person {
        person: Box<Person>,
    },
    Profile {
        picture_url: Option<String>,
    },
    Group {
        group: Box<Group>,
    },
    InviteLink {
        url: String,
    },
    Media {
        blob: Blob,
        mime: String,
        file_name: Option<String>,
    },
    StoryViews {
        viewers: Vec<(Address, Timestamp)>,
    },
    Control {
        result: serde_json::Value,
    },
    /// The lever was not pulled: this field of it cannot be read.
    Misread {
        field: String,
        note: String,
    },
    Device {
        reply: Box<device::Reply>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub asked: Address,
    pub exists: bool,
    /// The person's own address at the messenger (a LID, a user id), when it says one.
    pub address: Option<Address>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub address: Address,
    pub alias: Option<Address>,
    pub name: Option<String>,
    pub saved_name: Option<String>,
    pub about: Option<String>,
    pub avatar_url: Option<String>,
    pub business: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub address: Address,
    pub name: String,
    pub description: Option<String>,
    pub owner: Option<Address>,
    pub created_at: Timestamp,
    pub invite_link: Option<String>,
    pub members: Vec<Member>,
    pub members_edit: bool,
    pub members_send: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub address: Address,
    pub alias: Option<Address>,
    pub admin: bool,
    pub owner: bool,
}

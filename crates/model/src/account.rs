//! A connected messenger account and the customer that it belongs to.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AccountId, ListenerId, Sealed, Timestamp, WorkspaceId};

/// A customer of the gateway: everything belongs to one, nothing is seen from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    pub created_at: Timestamp,
}

/// The messenger that an account's people use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Whatsapp,
    TelegramUser,
    TelegramBot,
    Max,
    Sms,
}

impl Channel {
    pub const ALL: [Channel; 5] = [Self::Whatsapp, Self::TelegramUser, Self::TelegramBot, Self::Max, Self::Sms];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::TelegramUser => "telegram_user",
            Self::TelegramBot => "telegram_bot",
            Self::Max => "max",
            Self::Sms => "sms",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// One messenger account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub id: AccountId,
    pub workspace: WorkspaceId,
    pub channel: Channel,
    /// The kind of connector that serves it: `sandbox`, `whatsapp-web`, …
    pub connector: String,
    pub name: String,
    pub created_at: Timestamp,
    /// Switched on: the courier keeps a session for it.
    pub enabled: bool,
    pub settings: Settings,
    pub condition: Condition,
}

/// What the owner can set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Between two sends, milliseconds.
    pub send_gap_ms: u32,
    /// Mark every incoming message read at once.
    pub mark_read: bool,
    /// Mark a chat read when something is sent into it.
    pub mark_read_on_reply: bool,
    pub keep_online: bool,
    /// Show as typing before each text, milliseconds.
    pub typing_ms: u32,
    /// Whether links in texts are shown with a preview, where a text does not say; `None` leaves it to the messenger.
    pub link_preview: Option<bool>,
    /// URL of an HTTP or SOCKS5 proxy, sealed because it may hold a password.
    pub proxy: Option<Sealed>,
    /// The project that it was made in, where its API has projects (Wahelp); a project is the listener that is told of
    /// its accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ListenerId>,
}

impl Settings {
    pub const fn send_gap(&self) -> Duration {
        Duration::from_millis(self.send_gap_ms as u64)
    }
}

/// How the account stands with its messenger. Written by the courier only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub state: State,
    /// When the state was entered.
    pub since: Timestamp,
    /// Why, in words for a person, where there is something to say.
    pub reason: Option<String>,
    /// Who the account is, once known.
    pub phone: Option<String>,
    pub lid: Option<String>,
    pub push_name: Option<String>,
    pub logged_in_at: Option<Timestamp>,
    pub logged_out_at: Option<Timestamp>,
    /// What the person who logs in has to do now.
    pub login: Option<LoginStep>,
}

impl Condition {
    pub const fn new(at: Timestamp) -> Self {
        Self {
            state: State::LoginNeeded,
            since: at,
            reason: None,
            phone: None,
            lid: None,
            push_name: None,
            logged_in_at: None,
            logged_out_at: None,
            login: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody is logged in: a QR, a code or a token is needed.
    LoginNeeded,
    /// Logged in, and on the way to the messenger; nothing needs to be done.
    Connecting,
    /// Logged in and connected.
    Open,
    /// The messenger has banned or suspended the account.
    Blocked,
    /// Switched off here.
    Off,
}

impl State {
    pub const ALL: [State; 5] = [Self::LoginNeeded, Self::Connecting, Self::Open, Self::Blocked, Self::Off];

    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginNeeded => "login_needed",
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Blocked => "blocked",
            Self::Off => "off",
        }
    }

    pub const fn is_logged_in(self) -> bool {
        matches!(self, Self::Open | Self::Connecting)
    }
}

/// One step of a login, as shown to the person who logs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum LoginStep {
    /// Draw `data` as a QR code and scan it before it ends.
    ShowQr {
        data: String,
        expires_at: Timestamp,
    },
    /// Type this code on the phone.
    ShowCode {
        code: String,
        expires_at: Timestamp,
    },
    AskPhone,
    /// The messenger has sent a code; type it here.
    AskCode {
        sent_to: String,
    },
    AskPassword {
        hint: Option<String>,
    },
    Done,
    Failed {
        note: String,
    },
}

impl LoginStep {
    pub const fn expires_at(&self) -> Timestamp {
        match self {
            Self::ShowQr { expires_at, .. } | Self::ShowCode { expires_at, .. } => *expires_at,
            _ => Timestamp::NEVER,
        }
    }
}

//! Accounts, how they stand, their logins and keys.

use serde::Serialize;
use sluice_model::account::{self, Condition, LoginStep};
use sluice_model::key;
use sluice_model::outcome::AccountView;
use utoipa::ToSchema;

use super::Pen;
use crate::native::ids;
use crate::native::names;
use crate::native::when::When;
use crate::qr;

/// A messenger account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    #[schema(example = "acc_0f1e2d3c4b5a")]
    pub id: String,
    pub name: String,
    #[schema(value_type = names::Channel)]
    pub channel: &'static str,
    /// The kind of connector that serves it: `sandbox`, `whatsapp-web`, …
    pub connector: String,
    /// Switched on: the gateway keeps it connected.
    pub enabled: bool,
    #[serde(flatten)]
    pub standing: Standing,
    pub settings: Settings,
    /// Messages both ways.
    pub messages: u64,
    /// When the newest of them was accepted here or written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message_at: Option<When>,
    /// Messages that wait to be sent or are being sent: as many as `GET /v1/accounts/{account}/queue` has.
    pub waiting: u64,
    /// Since when they all wait: this gateway is a copy, restored from a backup of that moment, and sends nothing until
    /// somebody says `sluice resume`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resting_since: Option<When>,
    pub created_at: When,
    /// A token for this account alone. Shown once, when it was asked for with `with_key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What whoever logs in must be told first: show it beside the QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caution: Option<&'static str>,
}

/// How an account stands with its messenger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Standing {
    #[schema(value_type = names::AccountState)]
    pub state: &'static str,
    /// When the state was entered.
    pub since: When,
    /// Why, in words for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lid: Option<String>,
    /// The name that the account shows to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_in_at: Option<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged_out_at: Option<When>,
}

#[derive(Debug, Serialize, ToSchema)]
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
    /// Whether a proxy is set. Its URL is not shown again: it may hold a password.
    pub proxy: bool,
}

impl Account {
    pub fn of(view: &AccountView, pen: Pen<'_>) -> Self {
        let account = &view.account;
        Self {
            id: ids::account(pen.spelling, account.id),
            name: account.name.clone(),
            channel: account.channel.name(),
            connector: account.connector.clone(),
            enabled: account.enabled,
            standing: Standing::of(&account.condition),
            settings: Settings::of(&account.settings),
            messages: view.messages,
            last_message_at: view.last_message.map(When),
            waiting: view.waiting,
            resting_since: view.resting.map(When),
            created_at: When(account.created_at),
            token: view.token.clone(),
            caution: view.caution,
        }
    }
}

impl Standing {
    fn of(condition: &Condition) -> Self {
        Self {
            state: condition.state.name(),
            since: When(condition.since),
            reason: condition.reason.clone(),
            phone: condition.phone.clone(),
            lid: condition.lid.clone(),
            push_name: condition.push_name.clone(),
            logged_in_at: condition.logged_in_at.and_then(When::of),
            logged_out_at: condition.logged_out_at.and_then(When::of),
        }
    }
}

impl Settings {
    fn of(settings: &account::Settings) -> Self {
        Self {
            send_gap_ms: settings.send_gap_ms,
            mark_read: settings.mark_read,
            mark_read_on_reply: settings.mark_read_on_reply,
            keep_online: settings.keep_online,
            typing_ms: settings.typing_ms,
            proxy: settings.proxy.is_some(),
        }
    }
}

/// What the person who logs in has to do now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Login {
    /// No login is under way.
    None,
    /// Scan the code. `image` is the same as a picture, a `data:` URL.
    ShowQr {
        data: String,
        image: String,
        expires_at: When,
    },
    /// Type this code on the phone.
    ShowCode {
        code: String,
        expires_at: When,
    },
    /// Send the phone number: `POST …/login/input`.
    AskPhone,
    /// Send the code that the messenger sent: `POST …/login/input`.
    AskCode {
        sent_to: String,
    },
    /// Send the account's password: `POST …/login/input`.
    AskPassword {
        #[serde(skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
    },
    Done,
    /// Begin again: `POST …/login`.
    Failed {
        note: String,
    },
}

impl Login {
    pub fn of(step: Option<&LoginStep>) -> Self {
        match step {
            None => Self::None,
            Some(LoginStep::ShowQr { data, expires_at }) => Self::ShowQr {
                data: data.clone(),
                // Too long for a QR code is too long for a phone to scan; `data` says what it was.
                image: qr::png_base64(data).map_or_else(String::new, |png| format!("data:image/png;base64,{png}")),
                expires_at: When(*expires_at),
            },
            Some(LoginStep::ShowCode { code, expires_at }) => {
                Self::ShowCode { code: code.clone(), expires_at: When(*expires_at) }
            }
            Some(LoginStep::AskPhone) => Self::AskPhone,
            Some(LoginStep::AskCode { sent_to }) => Self::AskCode { sent_to: sent_to.clone() },
            Some(LoginStep::AskPassword { hint }) => Self::AskPassword { hint: hint.clone() },
            Some(LoginStep::Done) => Self::Done,
            Some(LoginStep::Failed { note }) => Self::Failed { note: note.clone() },
        }
    }

    /// The step's word, which is also its event's name in the stream.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ShowQr { .. } => "show_qr",
            Self::ShowCode { .. } => "show_code",
            Self::AskPhone => "ask_phone",
            Self::AskCode { .. } => "ask_code",
            Self::AskPassword { .. } => "ask_password",
            Self::Done => "done",
            Self::Failed { .. } => "failed",
        }
    }
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    #[schema(example = "key_0f1e2d3c4b5a")]
    pub id: String,
    pub name: String,
    /// The token's first characters.
    pub prefix: String,
    #[schema(value_type = Vec<names::Scope>)]
    pub scopes: Vec<&'static str>,
    /// The one account that it is good for; not there when it is good for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The one API that it is good for; not there when it is good for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    pub created_at: When,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<When>,
    /// Shown once, when the key is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// With the password, in the token's place, for an API that takes them (Devino).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Shown once, as the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl Key {
    pub fn of(key: &key::Key, token: Option<String>, pen: Pen<'_>) -> Self {
        let dialect = key.dialect.as_deref().and_then(crate::named);
        let login = dialect.zip(token.as_deref()).and_then(|(dialect, token)| dialect.login_of(token));
        let (login, password) = login.map(|(login, password)| (login.to_owned(), password.to_owned())).unzip();
        Self {
            id: ids::key(pen.spelling, key.id),
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            scopes: key.scopes.iter().map(|scope| names::scope(*scope)).collect(),
            account: key.account.map(|id| ids::account(pen.spelling, id)),
            dialect: key.dialect.clone(),
            created_at: When(key.created_at),
            expires_at: key.expires_at.and_then(When::of),
            token,
            login,
            password,
        }
    }
}

//! The caller's trouble: a closed list, which every dialect maps to its own words.

use std::time::Duration;

use crate::account;
use crate::{Ability, Failure, Scope};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No key was shown.
    #[error("no API key was given")]
    KeyMissing,
    /// A key was shown, and it is not a valid one.
    #[error("the API key is not valid")]
    KeyInvalid,
    #[error("the API key may not {0:?}")]
    Forbidden(Scope),
    #[error("there is nothing at this path")]
    PathUnknown,
    /// The path exists; `allow` are its methods.
    #[error("this path takes {}", allow.join(", "))]
    MethodNotAllowed { allow: Vec<&'static str> },
    /// Nothing of that name in the caller's own workspace.
    #[error("no such {0}")]
    NotFound(Noun),
    /// The body is not what the content type says. `line` and `column` count from 1.
    #[error("the body cannot be read: {note} (line {line}, column {column})")]
    Malformed { note: String, line: usize, column: usize },
    #[error("'{0}' is required")]
    Missing(&'static str),
    #[error("'{field}' {note}")]
    Invalid { field: String, note: String },
    #[error("'{field}' is longer than {limit}")]
    TooLong { field: &'static str, limit: usize },
    /// The request as a whole is over a limit of ours, in bytes.
    #[error("the request is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// It exists already, or its state does not allow this.
    #[error("{0}")]
    Conflict(String),
    /// The idempotency key was used before with another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("too many requests")]
    TooMany { retry_after: Duration },
    /// The gateway is full or draining.
    #[error("the gateway is busy")]
    Busy { retry_after: Duration },
    /// The account's connector has no such ability.
    #[error("this messenger has no {}", .0.name())]
    Unsupported(Ability),
    /// The account is not connected, and the question needs it to be.
    #[error("the account is not connected")]
    NotConnected(account::State),
    /// A login was asked for and nobody is logged out.
    #[error("the account is logged in already")]
    LoggedInAlready,
    /// Waited as long as the caller allowed.
    #[error("no answer in time")]
    TimedOut,
    /// The messenger did not do it.
    #[error(transparent)]
    Failed(Failure),
    /// Our own trouble; `code` finds it in the log.
    #[error("internal fault {code}")]
    Fault { code: String },
}

/// What was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    Account,
    Message,
    Chat,
    Contact,
    Group,
    Listener,
    Event,
    Key,
    Media,
    Request,
    Template,
    Project,
}

impl std::fmt::Display for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Message => "message",
            Self::Chat => "chat",
            Self::Contact => "contact",
            Self::Group => "group",
            Self::Listener => "listener",
            Self::Event => "event",
            Self::Key => "key",
            Self::Media => "media",
            Self::Request => "request",
            Self::Template => "template",
            Self::Project => "project",
        })
    }
}

impl Refusal {
    pub fn invalid(field: impl Into<String>, note: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), note: note.into() }
    }

    /// The stable code that the docs have a page for.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeyMissing => "SG-1101",
            Self::KeyInvalid => "SG-1102",
            Self::Forbidden(_) => "SG-1103",
            Self::PathUnknown => "SG-1201",
            Self::MethodNotAllowed { .. } => "SG-1202",
            Self::NotFound(_) => "SG-1203",
            Self::Malformed { .. } => "SG-1301",
            Self::Missing(_) => "SG-1302",
            Self::Invalid { .. } => "SG-1303",
            Self::TooLong { .. } => "SG-1304",
            Self::TooLarge { .. } => "SG-1305",
            Self::Conflict(_) => "SG-1401",
            Self::KeyReused => "SG-1402",
            Self::TooMany { .. } => "SG-1501",
            Self::Busy { .. } => "SG-1502",
            Self::Unsupported(_) => "SG-1601",
            Self::NotConnected(_) => "SG-1602",
            Self::LoggedInAlready => "SG-1603",
            Self::TimedOut => "SG-1604",
            Self::Failed(_) => "SG-1605",
            Self::Fault { .. } => "SG-1901",
        }
    }
}

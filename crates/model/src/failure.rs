//! The messenger's trouble: did the message surely not arrive, or do we not know?

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why the messenger did not take a message. Carries certainty and advice; never a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Refused for good; sending again would be refused again.
    #[error("refused: {note}")]
    Refused { why: Why, note: String },
    /// It surely did not arrive and may be tried again.
    #[error("not sent: {note}")]
    NotSent { why: Why, retry: Retry, note: String },
    /// It may have arrived.
    #[error("outcome unknown: {note}")]
    Unknown { note: String },
}

impl Failure {
    pub fn refused(why: Why, note: impl Into<String>) -> Self {
        Self::Refused { why, note: note.into() }
    }

    pub fn not_sent(why: Why, retry: Retry, note: impl Into<String>) -> Self {
        Self::NotSent { why, retry, note: note.into() }
    }

    pub fn unknown(note: impl Into<String>) -> Self {
        Self::Unknown { note: note.into() }
    }

    pub fn note(&self) -> &str {
        match self {
            Self::Refused { note, .. } | Self::NotSent { note, .. } | Self::Unknown { note } => note,
        }
    }

    pub const fn why(&self) -> Why {
        match self {
            Self::Refused { why, .. } | Self::NotSent { why, .. } => *why,
            Self::Unknown { .. } => Why::Unknown,
        }
    }
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// By the courier's own growing pauses.
    BackOff,
    /// The messenger said when.
    After(Duration),
    /// As soon as the session is back.
    Reconnected,
}

/// The reason, in words that every dialect can map to its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    NotOnMessenger,
    NotInGroup,
    InvalidRecipient,
    ToOneself,
    BlockedByRecipient,
    RateLimited,
    Spam,
    Banned,
    LoggedOut,
    Disconnected,
    Unsupported,
    TooLong,
    MediaUnreachable,
    MediaTooLarge,
    MediaUnsupported,
    WindowClosed,
    TemplateUnknown,
    TemplateUnapproved,
    TemplateMismatch,
    ParameterTooLong,
    Duplicate,
    Billing,
    NotFound,
    TooLate,
    Timeout,
    Unknown,
}

impl Why {
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

//! Why a message or a call was rejected (contract §5).

use serde::Serialize;

/// One reason; `ref` names the place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub key: &'static str,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

pub const FORBIDDEN: &str = "forbidden";
pub const UNKNOWN: &str = "unknown";
pub const INVALID: &str = "invalid";
pub const TOO_LONG: &str = "length.too.long";
pub const TOO_SHORT: &str = "length.too.short";
pub const NOT_NULL: &str = "must.be.not.null";
pub const NOT_AVAILABLE: &str = "not.available";
pub const TOO_MANY: &str = "too.many.messages";

impl Reason {
    /// About the call as a whole, or the account.
    pub const fn general(key: &'static str) -> Self {
        Self { key, place: None }
    }

    /// About the list of messages.
    pub fn of_list(key: &'static str) -> Self {
        Self { key, place: Some("messages".to_owned()) }
    }

    /// About the `index`th message, counted from 0.
    pub fn of_message(key: &'static str, index: usize) -> Self {
        Self { key, place: Some(format!("messages[{index}]")) }
    }

    pub fn of_field(key: &'static str, index: usize, field: &str) -> Self {
        Self { key, place: Some(format!("messages[{index}].{field}")) }
    }

    /// What is absent is told before what is malformed, and that before what is too long (contract §5).
    pub fn rank(&self) -> u8 {
        match self.key {
            NOT_NULL => 0,
            INVALID => 1,
            _ => 2,
        }
    }

    /// A sentence for a person.
    pub fn words(&self) -> String {
        let what = match self.key {
            FORBIDDEN => "sending is forbidden",
            INVALID => "the value is not valid",
            TOO_LONG => "the value is too long",
            TOO_SHORT => "the value is too short",
            NOT_NULL => "a value is required",
            NOT_AVAILABLE => "this sender is not available to you",
            TOO_MANY => "there are too many messages in one call",
            _ => "an error occurred",
        };
        match &self.place {
            Some(place) => format!("{place}: {what}"),
            None => what.to_owned(),
        }
    }
}

/// The words of several.
pub fn words(reasons: &[Reason]) -> String {
    reasons.iter().map(Reason::words).collect::<Vec<_>>().join("; ")
}

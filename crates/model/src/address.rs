//! Who is meant: a person, a group, a channel, in a form that belongs to no messenger.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a message goes or comes from. Written as `kind:value`, the form in which it is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// International number, digits only, no plus.
    Phone(String),
    /// WhatsApp's number-hiding id, digits only.
    Lid(String),
    /// A messenger's own number for a person (Telegram, MAX).
    User(String),
    /// A public name without the at sign.
    Username(String),
    /// A group, without a messenger's suffix: `120363…`, `79001234567-1581234048`, `-100…`.
    Group(String),
    /// A broadcast channel or newsletter.
    Channel(String),
    /// A name read off a phone's notification, whose number is not known yet.
    Name(String),
    /// The account's own story (status) feed.
    Story,
}

impl Address {
    /// Digits of a phone number out of any punctuation; `None` when there are not 5 to 20 digits or something else
    /// stands between them.
    pub fn phone(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let only_punctuation = text.chars().all(|c| c.is_ascii_digit() || "+-() .\u{a0}".contains(c));
        (only_punctuation && (5..=20).contains(&digits.len())).then_some(Self::Phone(digits))
    }

    pub const fn is_group(&self) -> bool {
        matches!(self, Self::Group(_))
    }

    /// The part without the kind; empty for the story feed.
    pub fn value(&self) -> &str {
        match self {
            Self::Phone(v)
            | Self::Lid(v)
            | Self::User(v)
            | Self::Username(v)
            | Self::Group(v)
            | Self::Channel(v)
            | Self::Name(v) => v,
            Self::Story => "",
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Lid(_) => "lid",
            Self::User(_) => "user",
            Self::Username(_) => "username",
            Self::Group(_) => "group",
            Self::Channel(_) => "channel",
            Self::Name(_) => "name",
            Self::Story => "story",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.value())
    }
}

/// The text is not `kind:value` of a known kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an address is written kind:value, such as phone:79990000000")]
pub struct Unreadable;

impl FromStr for Address {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let (kind, value) = text.split_once(':').ok_or(Unreadable)?;
        if value.is_empty() != (kind == "story") {
            return Err(Unreadable);
        }
        let value = value.to_owned();
        match kind {
            "phone" if value.bytes().all(|b| b.is_ascii_digit()) => Ok(Self::Phone(value)),
            "lid" => Ok(Self::Lid(value)),
            "user" => Ok(Self::User(value)),
            "username" => Ok(Self::Username(value)),
            "group" => Ok(Self::Group(value)),
            "channel" => Ok(Self::Channel(value)),
            "name" => Ok(Self::Name(value)),
            "story" => Ok(Self::Story),
            _ => Err(Unreadable),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A person as a message shows them: every address known for them and every name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub address: Address,
    /// The other address of the same person when known (phone beside LID).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Address>,
    /// The name they gave themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name in the account's address book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_name: Option<String>,
}

impl Party {
    pub const fn new(address: Address) -> Self {
        Self { address, alias: None, name: None, saved_name: None }
    }

    /// The phone number's digits, wherever they stand.
    pub fn phone(&self) -> Option<&str> {
        [Some(&self.address), self.alias.as_ref()].into_iter().flatten().find_map(|address| match address {
            Address::Phone(digits) => Some(digits.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back_what_they_write() {
        for text in [
            "phone:79990000000",
            "lid:12",
            "user:-7",
            "username:ann",
            "group:1-2",
            "channel:9",
            "name:Ann: B",
            "story:",
        ] {
            assert_eq!(text.parse::<Address>().map(|a| a.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "phone:", "phone:+7", "79990000000", "pigeon:7", "story:x"] {
            assert_eq!(text.parse::<Address>(), Err(Unreadable), "{text}");
        }
    }

    #[test]
    fn a_phone_is_read_out_of_punctuation_but_not_out_of_words() {
        assert_eq!(Address::phone("+7 (999) 000-00-00"), Some(Address::Phone("79990000000".into())));
        assert_eq!(Address::phone("call 79990000000"), None);
        assert_eq!(Address::phone("7999"), None);
    }
}

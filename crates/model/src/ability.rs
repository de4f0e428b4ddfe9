//! What a kind of messenger can do, as data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One thing that a connector can or cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    Text,
    Image,
    Video,
    Audio,
    Voice,
    Document,
    Sticker,
    Location,
    Contacts,
    Poll,
    Reaction,
    Edit,
    Delete,
    Buttons,
    Template,
    Reply,
    Forward,
    LinkPreview,
    Mentions,
    Story,
    Groups,
    ReadMarks,
    Typing,
    Receipts,
    NumberCheck,
    Avatar,
    ContactInfo,
    AddressBook,
    /// Chats can be put away and deleted.
    Archive,
    Block,
    /// Whether people are there and type can be heard.
    Presence,
    RejectCall,
    Profile,
    Disappearing,
    QrLogin,
    PairingCodeLogin,
    PhoneCodeLogin,
    TokenLogin,
}

impl Ability {
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The ability that sending `content` asks for.
    pub const fn of_content(content: &crate::Content) -> Option<Ability> {
        use crate::Content as C;
        use crate::content::MediaKind as M;
        Some(match content {
            C::Text(_) => Self::Text,
            C::Media(media) => match media.kind {
                M::Image => Self::Image,
                M::Video | M::VideoNote => Self::Video,
                M::Audio => Self::Audio,
                M::Voice => Self::Voice,
                M::Document => Self::Document,
                M::Sticker => Self::Sticker,
            },
            C::Location(_) => Self::Location,
            C::Contacts { .. } => Self::Contacts,
            C::Poll(_) | C::Vote(_) => Self::Poll,
            C::Reaction { .. } => Self::Reaction,
            C::Edit { .. } => Self::Edit,
            C::Delete { .. } => Self::Delete,
            C::Buttons(_) => Self::Buttons,
            C::Template(_) => Self::Template,
            C::ButtonReply(_) | C::GroupInvite(_) | C::Unreadable { .. } => return None,
        })
    }
}

/// A connector's abilities and limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    pub can: &'static [Ability],
    /// Sending the same message id again does not make a second message: an attempt of unknown outcome may be
    /// repeated.
    pub deduplicates: bool,
    /// Characters.
    pub text_limit: usize,
    /// Bytes.
    pub media_limit: u64,
    /// How fast an account may send whose owner has not said.
    pub pace: Pace,
    /// What somebody must be told before logging in, in words for a person.
    pub caution: Option<&'static str>,
}

/// How fast an account may send, by the time since it was logged in: messengers distrust what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(pub &'static [Stage]);

/// Holds from this age on, up to the next stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    pub from: Duration,
    /// Between two sends.
    pub gap: Duration,
    /// How many people a day may be written to for the first time; `None` is any number.
    pub new_chats_a_day: Option<u32>,
}

impl Pace {
    /// As fast as it goes.
    pub const FREE: Self = Self(&[]);

    /// The stage at this age. The stages stand in order.
    pub fn at(self, age: Duration) -> Stage {
        let free = Stage { from: Duration::ZERO, gap: Duration::ZERO, new_chats_a_day: None };
        self.0.iter().rev().find(|stage| stage.from <= age).copied().unwrap_or(free)
    }
}

impl Abilities {
    /// Nothing at all, for others to begin with.
    pub const NONE: Self =
        Self { can: &[], deduplicates: false, text_limit: 0, media_limit: 0, pace: Pace::FREE, caution: None };

    pub fn has(&self, ability: Ability) -> bool {
        self.can.contains(&ability)
    }
}

//! What a message to be sent may say.

mod file;
mod kinds;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sluice_model::Refusal;
use sluice_model::command::{Says, Which};
use sluice_model::content::{Content, MediaKind};
use utoipa::ToSchema;

use crate::Call;
use crate::native::strict;
use file::NewFile;
pub use file::NewSource;
pub use kinds::text;
use kinds::{NewButtons, NewContacts, NewDelete, NewEdit, NewLocation, NewPoll, NewReaction, NewTemplate, NewText};

/// What is said: something new, or something about a message that is known already.
pub enum Said {
    New(Content),
    About(Which, Says),
}

/// What a message says; `type` says which.
#[derive(ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NewContent {
    Text(NewText),
    Image(NewFile),
    Video(NewFile),
    /// A round video.
    VideoNote(NewFile),
    Audio(NewFile),
    /// A voice note (ogg/opus).
    Voice(NewFile),
    Document(NewFile),
    Sticker(NewFile),
    Location(NewLocation),
    Contacts(NewContacts),
    Poll(NewPoll),
    Reaction(NewReaction),
    Edit(NewEdit),
    Delete(NewDelete),
    Buttons(NewButtons),
    Template(NewTemplate),
}

/// In the order of [`NewContent`].
pub const TYPES: [&str; 16] = [
    "text",
    "image",
    "video",
    "video_note",
    "audio",
    "voice",
    "document",
    "sticker",
    "location",
    "contacts",
    "poll",
    "reaction",
    "edit",
    "delete",
    "buttons",
    "template",
];

impl NewContent {
    /// Reads the `content` member of a body.
    pub fn read(mut members: Map<String, Value>) -> Result<Self, Refusal> {
        fn of<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Refusal> {
            strict::object(members, "content")
        }
        let Some(kind) = members.remove("type") else {
            return Err(Refusal::invalid("content.type", format!("is required: one of {}", TYPES.join(", "))));
        };
        Ok(match kind.as_str().unwrap_or_default() {
            "text" => Self::Text(of(members)?),
            "image" => Self::Image(of(members)?),
            "video" => Self::Video(of(members)?),
            "video_note" => Self::VideoNote(of(members)?),
            "audio" => Self::Audio(of(members)?),
            "voice" => Self::Voice(of(members)?),
            "document" => Self::Document(of(members)?),
            "sticker" => Self::Sticker(of(members)?),
            "location" => Self::Location(of(members)?),
            "contacts" => Self::Contacts(of(members)?),
            "poll" => Self::Poll(of(members)?),
            "reaction" => Self::Reaction(of(members)?),
            "edit" => Self::Edit(of(members)?),
            "delete" => Self::Delete(of(members)?),
            "buttons" => Self::Buttons(of(members)?),
            "template" => Self::Template(of(members)?),
            other => {
                let known = format!("must be one of {}{}", TYPES.join(", "), strict::meant(other, &TYPES));
                return Err(Refusal::invalid("content.type", known));
            }
        })
    }

    pub fn said(self, call: &Call) -> Result<Said, Refusal> {
        let spelling = &call.spelling;
        let content = match self {
            Self::Text(new) => new.content(call)?,
            Self::Image(file) => file.content(MediaKind::Image, call)?,
            Self::Video(file) => file.content(MediaKind::Video, call)?,
            Self::VideoNote(file) => file.content(MediaKind::VideoNote, call)?,
            Self::Audio(file) => file.content(MediaKind::Audio, call)?,
            Self::Voice(file) => file.content(MediaKind::Voice, call)?,
            Self::Document(file) => file.content(MediaKind::Document, call)?,
            Self::Sticker(file) => file.content(MediaKind::Sticker, call)?,
            Self::Location(new) => new.content()?,
            Self::Contacts(new) => new.content()?,
            Self::Poll(new) => new.content()?,
            Self::Reaction(new) => return new.said(spelling),
            Self::Edit(new) => return new.said(spelling),
            Self::Delete(new) => return new.said(spelling),
            Self::Buttons(new) => new.content()?,
            Self::Template(new) => new.content(),
        };
        Ok(Said::New(content))
    }
}

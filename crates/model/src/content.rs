//! What is said in one message, the same for both directions and for every messenger.

use serde::{Deserialize, Serialize};

use crate::{Address, Timestamp};

/// One message's content. Reactions, edits, deletions and votes are messages too: each messenger sends them as such
/// and each dialect tells them as such.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text(Text),
    Media(Media),
    Location(Location),
    Contacts {
        cards: Vec<Card>,
    },
    Poll(Poll),
    Vote(Vote),
    /// `emoji: None` takes the reaction back.
    Reaction {
        target: Target,
        emoji: Option<String>,
    },
    Edit {
        target: Target,
        text: String,
    },
    Delete {
        target: Target,
        for_everyone: bool,
    },
    Buttons(Buttons),
    ButtonReply(ButtonReply),
    GroupInvite(GroupInvite),
    /// A template of the messenger's own approval (Cloud API, Devino).
    Template(Template),
    /// Something arrived that cannot be shown: not decrypted, or of a kind this version does not know.
    Unreadable {
        what: String,
    },
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text { text: text.into(), ..Text::default() })
    }

    /// The words a person reads: the text, a caption, a question; empty when there are none.
    pub fn words(&self) -> &str {
        match self {
            Self::Text(text) => &text.text,
            Self::Media(media) => media.caption.as_deref().unwrap_or_default(),
            Self::Poll(poll) => &poll.question,
            Self::Edit { text, .. } => text,
            Self::Reaction { emoji, .. } => emoji.as_deref().unwrap_or_default(),
            Self::Location(place) => place.name.as_deref().unwrap_or_default(),
            Self::Buttons(buttons) => &buttons.body,
            Self::ButtonReply(reply) => &reply.text,
            _ => "",
        }
    }

    /// The stable word for logs, filters and the native API.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Media(media) => media.kind.name(),
            Self::Location(_) => "location",
            Self::Contacts { .. } => "contacts",
            Self::Poll(_) => "poll",
            Self::Vote(_) => "vote",
            Self::Reaction { .. } => "reaction",
            Self::Edit { .. } => "edit",
            Self::Delete { .. } => "delete",
            Self::Buttons(_) => "buttons",
            Self::ButtonReply(_) => "button_reply",
            Self::GroupInvite(_) => "group_invite",
            Self::Template(_) => "template",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// Says something of its own, so it counts as a chat's last message; a reaction or an edit does not.
    pub const fn stands_alone(&self) -> bool {
        !matches!(self, Self::Vote(_) | Self::Reaction { .. } | Self::Edit { .. } | Self::Delete { .. })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// Whether its first link is to be shown with a card that is fetched from its page; `None`: nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_preview: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Address>,
    /// How a text story looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<StoryStyle>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryStyle {
    /// `#RRGGBB`
    pub background: Option<String>,
    pub font: Option<String>,
}

/// A link's card.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub title: String,
    pub description: Option<String>,
    pub url: Option<String>,
    pub image: Option<Source>,
    pub large: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Video,
    /// A round video note.
    VideoNote,
    Audio,
    /// A voice note (ogg/opus).
    Voice,
    Document,
    Sticker,
}

impl MediaKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::VideoNote => "video_note",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// What a file of this MIME type is sent as when the caller does not say.
    pub fn of_mime(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") if mime != "image/svg+xml" => Self::Image,
            Some("video") => Self::Video,
            Some("audio") => Self::Audio,
            _ => Self::Document,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Media {
    pub kind: MediaKind,
    pub source: Source,
    /// `type/subtype`, empty when not known yet.
    #[serde(default)]
    pub mime: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Pixels, width and height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// A small JPEG, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    #[serde(default)]
    pub animated: bool,
}

impl Media {
    /// A file of which nothing else is known.
    pub fn new(kind: MediaKind, source: Source, mime: impl Into<String>) -> Self {
        Self {
            kind,
            source,
            mime: mime.into(),
            file_name: None,
            caption: None,
            seconds: None,
            size: None,
            thumbnail: None,
            animated: false,
        }
    }
}

/// Where a file's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// In our own keeping.
    Blob(Blob),
    /// To be fetched before sending, through `outside`.
    Url(String),
    /// The bytes themselves, in a call only: intake keeps them as a `Blob` before anything is accepted.
    Inline { base64: String },
    /// At the messenger; only its connector can read the handle.
    Remote(serde_json::Value),
}

/// A file in our keeping, addressed by its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Blob {
    /// SHA-256 of the bytes, 64 lower-case hex digits.
    pub hash: String,
    /// Bytes.
    pub size: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A contact card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub display_name: String,
    /// Digits, international.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// vCard 3.0, lines separated by `\n`.
    pub vcard: String,
}

impl Card {
    /// A vCard 3.0 for a name and a number, with the `waid` parameter by which WhatsApp links the chat.
    pub fn new(display_name: &str, phone: &str) -> Self {
        let escaped = display_name.replace('\\', "\\\\").replace([',', ';'], " ").replace('\n', "\\n");
        let vcard = format!(
            "BEGIN:VCARD\nVERSION:3.0\nN:;{escaped};;;\nFN:{escaped}\nTEL;type=CELL;type=VOICE;waid={phone}:+{phone}\nEND:VCARD"
        );
        Self { display_name: display_name.to_owned(), phone: Some(phone.to_owned()), vcard }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    pub question: String,
    pub options: Vec<String>,
    /// How many options one person may choose; 0 means any number.
    pub choices: u32,
}

/// A vote as it arrives: who chose what now, and the tally so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub target: Target,
    pub question: String,
    /// The options this voter stands for now; empty when the vote was taken back.
    pub chosen: Vec<String>,
    pub tally: Vec<Tally>,
    pub choices: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub option: String,
    pub voters: Vec<Address>,
}

/// The message that a reaction, an edit, a deletion or a vote is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The id at the messenger.
    pub remote: String,
    /// Written by the account itself.
    #[serde(default)]
    pub from_me: bool,
    /// Its author, needed in groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Address>,
}

/// The message that is answered to, with enough of it to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quoted {
    pub target: Target,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Box<Content>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buttons {
    pub header: Option<String>,
    pub body: String,
    pub footer: Option<String>,
    pub buttons: Vec<Button>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub id: String,
    pub text: String,
    pub action: Action,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Reply,
    Copy(String),
    Call(String),
    Url(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonReply {
    pub target: Target,
    pub id: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInvite {
    pub group: Address,
    pub group_name: String,
    pub code: String,
    pub expires_at: Option<Timestamp>,
    pub caption: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    pub id: String,
    pub language: String,
    /// In order of the template's placeholders.
    pub params: Vec<String>,
    /// The text as the person will read it, when the template is known here.
    pub rendered: Option<String>,
}

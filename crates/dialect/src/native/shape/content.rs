//! What a message says, in the words in which it could be sent.

use serde::Serialize;
use sluice_model::content::{self, Action, MediaKind, Source};
use utoipa::ToSchema;

use super::Pen;
use crate::native::when::When;

/// One message's content; `type` says which.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text(Text),
    Image(File),
    Video(File),
    /// A round video.
    VideoNote(File),
    Audio(File),
    Voice(File),
    Document(File),
    Sticker(File),
    Location(Location),
    Contacts {
        contacts: Vec<Card>,
    },
    Poll {
        question: String,
        options: Vec<String>,
        choices: u32,
    },
    /// What a person chose; `chosen` is empty when the vote was taken back.
    Vote {
        message: String,
        question: String,
        chosen: Vec<String>,
        tally: Vec<Tally>,
    },
    /// `emoji` is null when the reaction was taken back.
    Reaction {
        message: String,
        emoji: Option<String>,
    },
    Edit {
        message: String,
        text: String,
    },
    Delete {
        message: String,
        for_everyone: bool,
    },
    Buttons {
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        body: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        buttons: Vec<Button>,
    },
    /// A button was pressed.
    ButtonReply {
        message: String,
        id: String,
        text: String,
    },
    GroupInvite {
        group: String,
        group_name: String,
        code: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<When>,
        #[serde(skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    Template {
        id: String,
        language: String,
        params: Vec<String>,
        /// As the person reads it, when the template is known here.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Something arrived that cannot be shown here.
    Unreadable {
        what: String,
    },
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Text {
    pub text: String,
    /// `kind:value`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
    /// `#RRGGBB`, for a story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
}

/// A link's card.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct File {
    /// Where to fetch it. A link of ours needs no key and is good for 15 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its name in our keeping (`GET /v1/media/{media}`). Without it the file is still at the messenger:
    /// `GET …/messages/{message}/media` fetches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// `type/subtype`
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mime: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// A small JPEG, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub animated: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Location {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Card {
    pub name: String,
    /// Digits, international.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    pub vcard: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Tally {
    pub option: String,
    /// `kind:value`
    pub voters: Vec<String>,
}

/// One of `url`, `copy`, `call` says what it does; without any of them it answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Button {
    pub id: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
}

impl Content {
    /// Messages that a content is about are named by their ids at the messenger.
    pub fn of(content: &content::Content, pen: Pen<'_>) -> Self {
        use content::Content as C;
        match content {
            C::Text(text) => Self::Text(Text::of(text)),
            C::Media(media) => {
                let file = File::of(media, pen);
                match media.kind {
                    MediaKind::Image => Self::Image(file),
                    MediaKind::Video => Self::Video(file),
                    MediaKind::VideoNote => Self::VideoNote(file),
                    MediaKind::Audio => Self::Audio(file),
                    MediaKind::Voice => Self::Voice(file),
                    MediaKind::Document => Self::Document(file),
                    MediaKind::Sticker => Self::Sticker(file),
                }
            }
            C::Location(place) => Self::Location(Location {
                latitude: place.latitude,
                longitude: place.longitude,
                name: place.name.clone(),
                address: place.address.clone(),
            }),
            C::Contacts { cards } => Self::Contacts { contacts: cards.iter().map(Card::of).collect() },
            C::Poll(poll) => {
                Self::Poll { question: poll.question.clone(), options: poll.options.clone(), choices: poll.choices }
            }
            C::Vote(vote) => Self::Vote {
                message: vote.target.remote.clone(),
                question: vote.question.clone(),
                chosen: vote.chosen.clone(),
                tally: vote.tally.iter().map(Tally::of).collect(),
            },
            C::Reaction { target, emoji } => Self::Reaction { message: target.remote.clone(), emoji: emoji.clone() },
            C::Edit { target, text } => Self::Edit { message: target.remote.clone(), text: text.clone() },
            C::Delete { target, for_everyone } => {
                Self::Delete { message: target.remote.clone(), for_everyone: *for_everyone }
            }
            C::Buttons(buttons) => Self::Buttons {
                header: buttons.header.clone(),
                body: buttons.body.clone(),
                footer: buttons.footer.clone(),
                buttons: buttons.buttons.iter().map(Button::of).collect(),
            },
            C::ButtonReply(reply) => Self::ButtonReply {
                message: reply.target.remote.clone(),
                id: reply.id.clone(),
                text: reply.text.clone(),
            },
            C::GroupInvite(invite) => Self::GroupInvite {
                group: invite.group.to_string(),
                group_name: invite.group_name.clone(),
                code: invite.code.clone(),
                expires_at: invite.expires_at.and_then(When::of),
                caption: invite.caption.clone(),
            },
            C::Template(template) => Self::Template {
                id: template.id.clone(),
                language: template.language.clone(),
                params: template.params.clone(),
                text: template.rendered.clone(),
            },
            C::Unreadable { what } => Self::Unreadable { what: what.clone() },
        }
    }
}

impl Text {
    fn of(text: &content::Text) -> Self {
        Self {
            text: text.text.clone(),
            mentions: text.mentions.iter().map(ToString::to_string).collect(),
            preview: text.preview.as_ref().map(|card| Preview {
                title: card.title.clone(),
                description: card.description.clone(),
                url: card.url.clone(),
            }),
            background: text.style.as_ref().and_then(|style| style.background.clone()),
            font: text.style.as_ref().and_then(|style| style.font.clone()),
        }
    }
}

impl File {
    fn of(media: &content::Media, pen: Pen<'_>) -> Self {
        let blob = match &media.source {
            Source::Blob(blob) => Some(blob),
            Source::Url(_) | Source::Inline { .. } | Source::Remote(_) => None,
        };
        let mime = if media.mime.is_empty() { "application/octet-stream" } else { &media.mime };
        let url = match &media.source {
            Source::Blob(blob) => Some(pen.links.file(blob, mime, media.file_name.as_deref(), pen.now)),
            Source::Url(url) => Some(url.clone()),
            Source::Inline { .. } | Source::Remote(_) => None,
        };
        Self {
            url,
            media: blob.zip(pen.workspace).map(|(blob, workspace)| pen.links.name(workspace, blob)),
            size: blob.map(|blob| blob.size).filter(|size| *size > 0),
            mime: media.mime.clone(),
            file_name: media.file_name.clone(),
            caption: media.caption.clone(),
            seconds: media.seconds,
            width: media.size.map(|(width, _)| width),
            height: media.size.map(|(_, height)| height),
            thumbnail: media.thumbnail.clone(),
            animated: media.animated,
        }
    }
}

impl Card {
    fn of(card: &content::Card) -> Self {
        Self { name: card.display_name.clone(), phone: card.phone.clone(), vcard: card.vcard.clone() }
    }
}

impl Tally {
    fn of(tally: &content::Tally) -> Self {
        Self { option: tally.option.clone(), voters: tally.voters.iter().map(ToString::to_string).collect() }
    }
}

impl Button {
    fn of(button: &content::Button) -> Self {
        let (mut url, mut copy, mut call) = (None, None, None);
        match &button.action {
            Action::Reply => {}
            Action::Url(to) => url = Some(to.clone()),
            Action::Copy(text) => copy = Some(text.clone()),
            Action::Call(phone) => call = Some(phone.clone()),
        }
        Self { id: button.id.clone(), text: button.text.clone(), url, copy, call }
    }
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

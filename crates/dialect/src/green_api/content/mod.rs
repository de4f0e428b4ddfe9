//! A message's content in GREEN-API's two forms: nested, as notifications carry it (contract greenapi.md §3.3), and
//! flat, as journals and quotes do (§2.4).

mod flat;
mod nested;

use serde_json::Value;
use sluice_model::content::{Action, Buttons, Card, Location, Media, MediaKind, Poll, Preview, Source};

use super::frame::Frame;
use super::members::Members;

pub use self::flat::{TextForm, flat, quoted};
pub use self::nested::{is_plain, message_data};

const fn file_type(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "imageMessage",
        MediaKind::Video | MediaKind::VideoNote => "videoMessage",
        MediaKind::Audio | MediaKind::Voice => "audioMessage",
        MediaKind::Document => "documentMessage",
        MediaKind::Sticker => "stickerMessage",
    }
}

/// The text that the vendor's service shows for a message which could not be decrypted (contract §3.3).
const UNREADABLE: &str = "{{SWE003}}";

fn forwarding(times: u32) -> Members {
    Members::default().with("forwardingScore", times).with("isForwarded", times > 0)
}

/// All six are always there: the C++ reader requires them. A file that is still at the messenger has an empty
/// `downloadUrl`; downloadFile fetches it.
fn file(frame: &Frame<'_>, media: &Media, id: &str) -> Members {
    let name = media.file_name.clone().unwrap_or_else(|| format!("{id}.{}", extension(&media.mime)));
    let url = match &media.source {
        Source::Blob(blob) => frame.links.file(blob, &media.mime, Some(&name), frame.at),
        Source::Url(url) => url.clone(),
        Source::Inline { .. } | Source::Remote(_) => String::new(),
    };
    Members::default()
        .with("downloadUrl", url)
        .with("caption", media.caption.as_deref().unwrap_or_default())
        .with("fileName", name)
        .with("jpegThumbnail", media.thumbnail.as_deref().unwrap_or_default())
        .with("mimeType", media.mime.as_str())
        .with("isAnimated", media.animated)
}

/// The vendor names a file of no known type `.bin`.
pub fn extension(mime: &str) -> &'static str {
    match mime.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "audio/ogg" => "oga",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "bin",
    }
}

fn location(place: &Location) -> Members {
    Members::default()
        .with("nameLocation", place.name.as_deref().unwrap_or_default())
        .with("address", place.address.as_deref().unwrap_or_default())
        .with("jpegThumbnail", "")
        .with("latitude", place.latitude)
        .with("longitude", place.longitude)
}

fn card(card: &Card) -> Members {
    Members::default().with("displayName", card.display_name.as_str()).with("vcard", card.vcard.as_str())
}

fn cards(all: &[Card]) -> Vec<Value> {
    all.iter().map(|one| card(one).into()).collect()
}

fn poll(poll: &Poll) -> Members {
    let options = poll.options.iter().map(|name| Members::default().with("optionName", name.as_str()).into());
    Members::default()
        .with("name", poll.question.as_str())
        .with("options", options.collect::<Vec<Value>>())
        .with("multipleAnswers", poll.choices != 1)
}

/// The text of a message with a link's card, or of one that is an answer.
fn extended(text: &str, preview: Option<&Preview>) -> Members {
    let thumbnail = match preview.and_then(|preview| preview.image.as_ref()) {
        Some(Source::Inline { base64 }) => base64.as_str(),
        _ => "",
    };
    let size = preview.map_or("None", |preview| if preview.large { "Large" } else { "Small" });
    Members::default()
        .with("text", text)
        .with("description", preview.and_then(|preview| preview.description.as_deref()).unwrap_or_default())
        .with("title", preview.map_or("", |preview| preview.title.as_str()))
        .with("previewType", size)
        .with("jpegThumbnail", thumbnail)
}

/// Form of the vendor's apidog examples; its tables name the texts otherwise (contract §3.3).
fn interactive(buttons: &Buttons) -> Members {
    let each = buttons.buttons.iter().map(|button| {
        let (kind, more) = match &button.action {
            Action::Reply => ("reply", None),
            Action::Copy(code) => ("copy", Some(("copyCode", code))),
            Action::Call(phone) => ("call", Some(("phoneNumber", phone))),
            Action::Url(url) => ("url", Some(("url", url))),
        };
        let told = Members::default()
            .with("type", kind)
            .with("buttonId", button.id.as_str())
            .with("buttonText", button.text.as_str());
        Value::from(match more {
            Some((key, value)) => told.with(key, value.as_str()),
            None => told,
        })
    });
    Members::default()
        .with("titleText", buttons.header.as_deref().unwrap_or_default())
        .with("contentText", buttons.body.as_str())
        .with("footerText", buttons.footer.as_deref().unwrap_or_default())
        .with("buttons", each.collect::<Vec<_>>())
}

//! One of every kind of content that the pretend people send.

use sluice_connector::Home;
use sluice_model::content::{Card, Location, Media, MediaKind, Poll, Source, Tally, Target, Vote};
use sluice_model::{Address, Content};

use super::files;
use crate::abilities::MEDIA_LIMIT;

const QUESTION: &str = "Tea or coffee?";
const OPTIONS: [&str; 2] = ["Tea", "Coffee"];

/// The kinds that a lever can ask for by name.
pub(crate) const KINDS: [&str; 7] = ["text", "image", "voice", "document", "location", "contact", "poll"];

/// A content by the name of its kind; `None` for a name that is not among [`KINDS`].
pub(crate) async fn of_kind(kind: &str, words: Option<&str>, home: &Home) -> Option<Content> {
    Some(match kind {
        "text" => Content::text(words.unwrap_or("Hello")),
        "image" => image(home, words).await,
        "voice" => voice(home).await,
        "document" => document(home, words).await,
        "location" => location(),
        "contact" => contact(),
        "poll" => poll(),
        _ => return None,
    })
}

pub(super) async fn image(home: &Home, caption: Option<&str>) -> Content {
    let mut image = file(MediaKind::Image, "image/png", None);
    image.size = Some((files::SIDE, files::SIDE));
    image.caption = caption.map(str::to_owned);
    keep(home, image, &files::picture([0x2A, 0x9D, 0x8F])).await
}

pub(super) async fn voice(home: &Home) -> Content {
    let mut voice = file(MediaKind::Voice, "audio/ogg", None);
    voice.seconds = Some(1);
    keep(home, voice, &files::voice_note()).await
}

pub(super) async fn document(home: &Home, caption: Option<&str>) -> Content {
    let mut document = file(MediaKind::Document, "application/pdf", Some("sandbox.pdf"));
    document.caption = caption.map(str::to_owned);
    keep(home, document, &files::letter("A letter from the sandbox")).await
}

pub(super) fn location() -> Content {
    let (name, address) = (Some("Red Square".to_owned()), Some("Moscow, Russia".to_owned()));
    Content::Location(Location { latitude: 55.753_93, longitude: 37.620_795, name, address })
}

pub(super) fn contact() -> Content {
    Content::Contacts { cards: vec![Card::new("Boris Sandbox", "79990000001")] }
}

pub(super) fn poll() -> Content {
    Content::Poll(Poll { question: QUESTION.to_owned(), options: OPTIONS.map(str::to_owned).into(), choices: 1 })
}

/// A vote for tea.
pub(super) fn vote(target: Target, voter: &Address) -> Content {
    let voters = |option: &str| {
        if option == OPTIONS[0] { vec![voter.clone()] } else { Vec::new() }
    };
    Content::Vote(Vote {
        target,
        question: QUESTION.to_owned(),
        chosen: vec![OPTIONS[0].to_owned()],
        tally: OPTIONS.map(|option| Tally { option: option.to_owned(), voters: voters(option) }).into(),
        choices: 1,
    })
}

fn file(kind: MediaKind, mime: &str, file_name: Option<&str>) -> Media {
    Media {
        kind,
        source: Source::Remote(serde_json::Value::Null),
        mime: mime.to_owned(),
        file_name: file_name.map(str::to_owned),
        caption: None,
        seconds: None,
        size: None,
        thumbnail: None,
        animated: false,
    }
}

/// Lays the bytes into the gateway's keeping; a file that cannot be kept arrives as one that cannot be shown.
async fn keep(home: &Home, mut media: Media, bytes: &[u8]) -> Content {
    match home.media.keep(&mut &bytes[..], MEDIA_LIMIT).await {
        Ok(blob) => {
            media.source = Source::Blob(blob);
            Content::Media(media)
        }
        Err(failure) => Content::Unreadable { what: format!("a file that could not be kept: {failure}") },
    }
}

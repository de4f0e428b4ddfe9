//! From calls to commands (contract §3): what is said, then to whom.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sluice_model::command::{GroupSought, Wish};
use sluice_model::content::{Media, MediaKind, Source, Text};
use sluice_model::{Address, Channel, Command, Content, Refusal};

use super::body::{self, Members};
use crate::Call;

/// Upstream's limits, in characters. Those of files are of their base64.
const MESSAGE: usize = 900;
const CAPTION: usize = 250;
const IMAGE: usize = 6 << 20;
const DOCUMENT: usize = 9 << 20;
const SOUND: usize = 3 << 20;
const FILE_NAME: usize = 80;
const GROUP_NAME: usize = 150;

/// As much of a file's base64 tells its kind.
const BEGINNING: usize = 400;

type Said = fn(&Members) -> Result<Content, Refusal>;

pub fn text(call: &Call) -> Result<Command, Refusal> {
    single(call, text_of)
}

pub fn image(call: &Call) -> Result<Command, Refusal> {
    single(call, image_of)
}

pub fn document(call: &Call) -> Result<Command, Refusal> {
    single(call, document_of)
}

pub fn url(call: &Call) -> Result<Command, Refusal> {
    single(call, url_of)
}

pub fn audio(call: &Call) -> Result<Command, Refusal> {
    single(call, audio_of)
}

pub fn voice_note(call: &Call) -> Result<Command, Refusal> {
    single(call, voice_note_of)
}

pub fn group_text(call: &Call) -> Result<Command, Refusal> {
    group(call, text_of)
}

pub fn group_image(call: &Call) -> Result<Command, Refusal> {
    group(call, image_of)
}

pub fn group_document(call: &Call) -> Result<Command, Refusal> {
    group(call, document_of)
}

pub fn group_url(call: &Call) -> Result<Command, Refusal> {
    group(call, url_of)
}

pub fn group_audio(call: &Call) -> Result<Command, Refusal> {
    group(call, audio_of)
}

pub fn group_voice_note(call: &Call) -> Result<Command, Refusal> {
    group(call, voice_note_of)
}

fn single(call: &Call, said: Said) -> Result<Command, Refusal> {
    let members = body::read(call)?;
    let number = members.digits("number", 5, 15)?;
    Ok(Command::Send(vec![Wish::new(Address::Phone(number), said(&members)?)]))
}

/// The administrator is asked for by upstream where it says so; here it is needed only to tell namesakes apart.
fn group(call: &Call, said: Said) -> Result<Command, Refusal> {
    let members = body::read(call)?;
    let name = members.required("group_name", GROUP_NAME)?;
    let admin = members.has("group_admin").then(|| members.digits("group_admin", 5, 30)).transpose()?;
    if admin.is_none() && needs_admin(call) {
        return Err(Refusal::Missing("group_admin"));
    }
    Ok(Command::SendToGroup { group: GroupSought { name, admin }, content: Box::new(said(&members)?) })
}

/// WhatsApp's images and documents are documented without one.
fn needs_admin(call: &Call) -> bool {
    let is_telegram = call.account().is_ok_and(|account| account.channel == Channel::TelegramUser);
    let name = call.endpoint.map_or("", |endpoint| endpoint.name);
    is_telegram || name.ends_with("/text") || name.ends_with("/url")
}

fn text_of(members: &Members) -> Result<Content, Refusal> {
    Ok(Content::text(members.required("message", MESSAGE)?))
}

/// A link, shown with its card.
fn url_of(members: &Members) -> Result<Content, Refusal> {
    let text = members.required("url", MESSAGE)?;
    Ok(Content::Text(Text { text, link_preview: Some(true), ..Text::default() }))
}

fn image_of(members: &Members) -> Result<Content, Refusal> {
    let base64 = members.required("image", IMAGE)?;
    let mime = kind_of(&base64).filter(|mime| mime.starts_with("image/")).unwrap_or("image/jpeg");
    file(members, MediaKind::Image, base64, mime.to_owned(), None)
}

fn document_of(members: &Members) -> Result<Content, Refusal> {
    let base64 = members.required("document", DOCUMENT)?;
    named_file(members, MediaKind::Document, base64, "application/octet-stream")
}

fn audio_of(members: &Members) -> Result<Content, Refusal> {
    let base64 = members.required("audio", SOUND)?;
    named_file(members, MediaKind::Audio, base64, "audio/mpeg")
}

/// Opus; what a file of it is called tells nothing more.
fn voice_note_of(members: &Members) -> Result<Content, Refusal> {
    let base64 = members.required("voice_note", SOUND)?;
    let name = file_name(members)?;
    file(members, MediaKind::Voice, base64, "audio/ogg".to_owned(), Some(name))
}

fn named_file(members: &Members, kind: MediaKind, base64: String, mime: &str) -> Result<Content, Refusal> {
    let name = file_name(members)?;
    let mime = mime_guess::from_path(&name).first_raw().or(kind_of(&base64)).unwrap_or(mime).to_owned();
    file(members, kind, base64, mime, Some(name))
}

fn file(
    members: &Members,
    kind: MediaKind,
    base64: String,
    mime: String,
    file_name: Option<String>,
) -> Result<Content, Refusal> {
    let caption = members.text("caption", CAPTION)?;
    Ok(Content::Media(Media { file_name, caption, ..Media::new(kind, Source::Inline { base64 }, mime) }))
}

/// Letters, digits, blanks, hyphens and dots.
fn file_name(members: &Members) -> Result<String, Refusal> {
    let name = members.required("filename", FILE_NAME)?;
    if name.chars().all(|c| c.is_alphanumeric() || c.is_whitespace() || "_-.".contains(c)) {
        return Ok(name);
    }
    Err(Refusal::invalid("filename", "may hold letters, digits, blanks, hyphens and dots"))
}

/// What the file's first bytes look like.
fn kind_of(base64: &str) -> Option<&'static str> {
    let beginning: String = base64.chars().filter(|c| !c.is_ascii_whitespace()).take(BEGINNING).collect();
    let bytes = STANDARD_NO_PAD.decode(beginning.trim_end_matches('=')).ok()?;
    infer::get(&bytes).map(|kind| kind.mime_type())
}

//! Sending files (contract greenapi.md §2.2) and pictures of groups and profiles.

use sluice_model::content::{Blob, Media, MediaKind, Source};
use sluice_model::{Command, Content, Refusal};

use super::fields::Fields;
use super::sending::{URL_LIMIT, wish};
use crate::form::Part;
use crate::{Call, Form};

/// Characters. One SDK checks 20000 instead; the vendor's documents say this.
const CAPTION_LIMIT: usize = 1_024;
const NAME_LIMIT: usize = 255;

pub fn send_file_by_url(call: &Call) -> Result<Command, Refusal> {
    wish(call, &Fields::of(call)?, linked)
}

/// The file behind `urlFile`, of the kind that `fileName` ends with.
pub fn linked(fields: &Fields) -> Result<Content, Refusal> {
    let url = fields.required("urlFile", URL_LIMIT)?;
    let name = fields.required("fileName", NAME_LIMIT)?;
    let mime = mime_of_name(&name).unwrap_or_default();
    media(fields, Source::Url(url), mime, name)
}

pub fn send_file_by_upload(call: &Call) -> Result<Command, Refusal> {
    let form = form(call)?;
    wish(call, &Fields::of_form(form), |fields| {
        let (blob, part) = file(call, form)?;
        // `fileName` wins over the part's own name, which may be the browser's `blob` (contract §2.2).
        let name = fields.text("fileName", NAME_LIMIT)?.or_else(|| part.name.clone());
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| "file".to_owned());
        let mime = mime_of_part(&name, part);
        media(fields, Source::Blob(blob.clone()), mime, name)
    })
}

/// The file is among ours already, as it came or out of a form.
pub fn upload_file(call: &Call) -> Result<Command, Refusal> {
    if call.file.as_ref().is_none_or(|file| file.size == 0) {
        return Err(Refusal::Missing("file"));
    }
    Ok(Command::KeepFile)
}

/// A picture out of a form, and the fields beside it.
pub fn picture(call: &Call) -> Result<(Fields, Source), Refusal> {
    let form = form(call)?;
    let (blob, part) = file(call, form)?;
    if !part.kind.is_some_and(|kind| kind.starts_with("image/")) {
        return Err(Refusal::invalid("file", "must be an image"));
    }
    Ok((Fields::of_form(form), Source::Blob(blob.clone())))
}

fn form(call: &Call) -> Result<&Form, Refusal> {
    call.form.as_ref().ok_or_else(|| Refusal::invalid("value", "must be multipart/form-data"))
}

fn file<'c>(call: &'c Call, form: &'c Form) -> Result<(&'c Blob, &'c Part), Refusal> {
    call.file.as_ref().zip(form.part.as_ref()).ok_or(Refusal::Missing("file"))
}

/// What the name ends with decides; then what the client says, unless that says nothing; then the bytes.
pub fn mime_of_part(name: &str, part: &Part) -> String {
    let said = part.mime.clone().filter(|mime| !mime.is_empty() && mime != "application/octet-stream");
    let told = || part.kind.map(str::to_owned);
    mime_of_name(name).or(said).or_else(told).unwrap_or_default()
}

pub fn mime_of_name(name: &str) -> Option<String> {
    // Voice notes, which the register of types files under another name.
    if name.to_ascii_lowercase().ends_with(".oga") {
        return Some("audio/ogg".to_owned());
    }
    mime_guess::from_path(name).first_raw().map(str::to_owned)
}

fn media(fields: &Fields, source: Source, mime: String, name: String) -> Result<Content, Refusal> {
    // Read for its checks: how the typing before a file looks is the messenger's own.
    fields.word("typingType", &["typing", "recording"])?;
    let kind = match mime.as_str() {
        "audio/ogg" | "audio/opus" => MediaKind::Voice,
        mime => MediaKind::of_mime(mime),
    };
    let caption = fields.text("caption", CAPTION_LIMIT)?;
    Ok(Content::Media(Media { file_name: Some(name), caption, ..Media::new(kind, source, mime) }))
}

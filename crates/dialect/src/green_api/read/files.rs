//! Sending files (contract greenapi.md §2.2) and pictures of groups and profiles.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sluice_model::content::{Media, MediaKind, Source};
use sluice_model::{Command, Content, Refusal};

use super::fields::Fields;
use super::form::{File, Form};
use super::sending::{URL_LIMIT, wish};
use crate::Call;

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
    let form = Form::of(call)?;
    wish(call, &Fields::of_form(&form), |fields| {
        let file = form.file.as_ref().ok_or(Refusal::Missing("file"))?;
        let uploaded = Uploaded::of(call, fields, file)?;
        media(fields, uploaded.source, uploaded.mime, uploaded.name)
    })
}

/// The file is among ours already, as it came.
pub fn upload_file(call: &Call) -> Result<Command, Refusal> {
    if call.file.as_ref().is_none_or(|file| file.size == 0) {
        return Err(Refusal::Missing("file"));
    }
    Ok(Command::KeepFile)
}

/// A picture out of a form.
pub fn picture(call: &Call) -> Result<(Fields, Source), Refusal> {
    let form = Form::of(call)?;
    let file = form.file.as_ref().ok_or(Refusal::Missing("file"))?;
    let bytes = call.body.get(file.place.clone()).unwrap_or_default();
    if !infer::is_image(bytes) {
        return Err(Refusal::invalid("file", "must be an image"));
    }
    Ok((
        Fields::of_form(&form),
        Source::Inline {
            base64: STANDARD.encode(bytes),
        },
    ))
}

struct Uploaded {
    source: Source,
    mime: String,
    name: String,
}

impl Uploaded {
    /// `fileName` wins over the part's own name, which may be the browser's `blob`.
    fn of(call: &Call, fields: &Fields, file: &File) -> Result<Self, Refusal> {
        let bytes = call.body.get(file.place.clone()).unwrap_or_default();
        let name = fields.text("fileName", NAME_LIMIT)?.or_else(|| file.name.clone());
        let name = name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "file".to_owned());
        let said = file
            .mime
            .clone()
            .filter(|mime| !mime.is_empty() && mime != "application/octet-stream");
        let mime = mime_of_name(&name)
            .or(said)
            .or_else(|| infer::get(bytes).map(|kind| kind.mime_type().to_owned()));
        Ok(Self {
            source: Source::Inline {
                base64: STANDARD.encode(bytes),
            },
            mime: mime.unwrap_or_default(),
            name,
        })
    }
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
    Ok(Content::Media(Media {
        kind,
        source,
        mime,
        file_name: Some(name),
        caption: fields.text("caption", CAPTION_LIMIT)?,
        seconds: None,
        size: None,
        thumbnail: None,
        animated: false,
    }))
}

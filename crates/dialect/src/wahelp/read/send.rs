//! Sending: JSON, a form or `multipart/form-data` (contract §7).

use std::time::Duration;

use serde_json::json;
use sluice_model::command::Wish;
use sluice_model::content::{Content, Media, MediaKind, Source, Template};
use sluice_model::{Command, Refusal};

use super::body::{Fields, fields};
use super::users::user;
use crate::wahelp::shown::{DESTINATION, FROM_OPERATOR, Sent, TEXT};
use crate::{Call, form, web};

/// How long the messenger may take to take it: a client waits 20 s for its answer (contract §11).
const WAIT: Duration = Duration::from_secs(5);

/// Where a message may be said to go that really goes there. A `comment` is a note that its reader must never see.
const DESTINATIONS: [&str; 2] = [FROM_OPERATOR, "to"];

/// Templates of callers that do not say.
const LANGUAGE: &str = "ru";

pub fn message(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let (content, sent) = (content(call, &fields)?, sent(call)?);
    let wish = |memo, content| Ok::<_, Refusal>(Box::new(Wish { memo: Some(memo), ..Wish::new(user(call)?, content) }));
    if matches!(content, Content::Template(_)) {
        // Its words are known when they are filled in, and not here.
        return Ok(Command::SendTemplate {
            wish: wish(json!({ DESTINATION: sent.destination }), content)?,
            wait: WAIT,
        });
    }
    // Shown again with every status, whose readers may keep nothing of their own.
    let memo = json!({ TEXT: sent.text, DESTINATION: sent.destination });
    Ok(Command::SendAndWait { wish: wish(memo, content)?, wait: WAIT })
}

/// What is to be sent, as its caller is shown it.
pub fn sent(call: &Call) -> Result<Sent, Refusal> {
    let fields = fields(call)?;
    let content = content(call, &fields)?;
    let destination = fields.text("destination")?.unwrap_or_else(|| FROM_OPERATOR.to_owned());
    if !DESTINATIONS.contains(&destination.as_str()) {
        let note = format!("должно быть одним из: {}", DESTINATIONS.join(", "));
        return Err(Refusal::invalid("destination", note));
    }
    Ok(Sent { text: content.words().to_owned(), kind: content.kind(), destination })
}

/// A template, a file, or a text; a text beside a file is its caption.
fn content(call: &Call, fields: &Fields) -> Result<Content, Refusal> {
    let text = fields.text("text")?;
    if let Some(id) = fields.text("template_id")? {
        let language = fields.text("template_language")?.unwrap_or_else(|| LANGUAGE.to_owned());
        let params = fields.texts("template_params")?.unwrap_or_default();
        return Ok(Content::Template(Template { id, language, params, rendered: None }));
    }
    if let Some(media) = form::uploaded(call) {
        let file_name = fields.text("filename")?.or(media.file_name);
        return Ok(Content::Media(Media { caption: text, file_name, ..media }));
    }
    if let Some(url) = fields.text("file_url")? {
        return linked(&url, fields.text("filename")?, text);
    }
    match fields.text("type")?.as_deref() {
        None | Some("text") => Ok(Content::text(text.ok_or(Refusal::Missing("text"))?)),
        Some("file" | "image" | "video" | "audio" | "document") => Err(Refusal::Missing("file")),
        Some("template") => Err(Refusal::Missing("template_id")),
        Some(_) => Err(Refusal::invalid("type", "должно быть одним из: text, file, template")),
    }
}

fn linked(url: &str, file_name: Option<String>, caption: Option<String>) -> Result<Content, Refusal> {
    let odd = || Refusal::invalid("file_url", "должно быть адресом http или https");
    let url = web::address(url).ok_or_else(odd)?;
    let last = web::name_in(url);
    let file_name = file_name.or_else(|| last.map(str::to_owned));
    let mime_of_name = |name| mime_guess::from_path(name).first_raw();
    let mime = file_name.as_deref().and_then(mime_of_name).or_else(|| last.and_then(mime_of_name)).unwrap_or_default();
    let media = Media::new(MediaKind::of_mime(mime), Source::Url(url.to_owned()), mime);
    Ok(Content::Media(Media { file_name, caption, ..media }))
}

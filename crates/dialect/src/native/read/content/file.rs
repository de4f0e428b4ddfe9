//! Files to be sent: where their bytes are.

use serde::Deserialize;
use sluice_model::Refusal;
use sluice_model::content::{Blob, Content, Media, MediaKind, Source};
use sluice_model::refusal::Noun;
use utoipa::ToSchema;

use crate::Call;
use crate::native::read::web;

/// Where a file may come from, for people.
const SOURCES: &str = "one of 'url', 'media' (as POST /v1/media named it) and 'base64'";

/// A file's bytes: exactly one of `url`, `media`, `base64`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://example.com/cat.jpg"}))]
pub struct NewSource {
    /// Fetched before it is sent.
    url: Option<String>,
    /// As `POST /v1/media` named it.
    media: Option<String>,
    /// The bytes themselves; a `data:` URL is understood too.
    base64: Option<String>,
}

/// A file: exactly one of `url`, `media`, `base64` says which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFile {
    /// Fetched before it is sent.
    #[schema(example = "https://example.com/cat.jpg")]
    url: Option<String>,
    /// As `POST /v1/media` named it.
    media: Option<String>,
    /// The bytes themselves; a `data:` URL is understood too.
    base64: Option<String>,
    /// `type/subtype`; found out from the file unless said.
    mime: Option<String>,
    file_name: Option<String>,
    caption: Option<String>,
    /// How long it plays.
    seconds: Option<u32>,
}

impl NewSource {
    /// The source, and the MIME type where a `data:` URL tells it. `path` is the place of this object in the body.
    pub fn source(self, path: &str, call: &Call) -> Result<(Source, Option<String>), Refusal> {
        match (self.url, self.media, self.base64) {
            (Some(url), None, None) => {
                web(&format!("{path}.url"), &url)?;
                Ok((Source::Url(url), None))
            }
            (None, Some(name), None) => {
                let workspace = call.key().map(|key| key.workspace);
                let hash = workspace.and_then(|workspace| call.links.named(workspace, &name));
                let hash = hash.ok_or(Refusal::NotFound(Noun::Media))?;
                // The size is the keeper's to know.
                Ok((Source::Blob(Blob { hash, size: 0 }), None))
            }
            (None, None, Some(text)) => inline(text, path),
            (None, None, None) => Err(Refusal::invalid(path, format!("needs {SOURCES}"))),
            _ => Err(Refusal::invalid(path, format!("takes only {SOURCES}"))),
        }
    }
}

impl NewFile {
    pub fn content(self, kind: MediaKind, call: &Call) -> Result<Content, Refusal> {
        let from = NewSource { url: self.url, media: self.media, base64: self.base64 };
        let (source, told) = from.source("content", call)?;
        Ok(Content::Media(Media {
            file_name: self.file_name,
            caption: self.caption.filter(|caption| !caption.is_empty()),
            seconds: self.seconds,
            ..Media::new(kind, source, self.mime.or(told).unwrap_or_default())
        }))
    }
}

/// Base64, perhaps after `data:image/png;base64,`. Whether it decodes is found out when it is kept.
fn inline(text: String, path: &str) -> Result<(Source, Option<String>), Refusal> {
    let (mime, base64) = match text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((mime, bytes)) => (Some(mime.to_owned()), bytes.to_owned()),
        None => (None, text),
    };
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"+/=\r\n".contains(&b);
    if base64.is_empty() || !base64.bytes().all(fits) {
        return Err(Refusal::invalid(format!("{path}.base64"), "must be base64"));
    }
    Ok((Source::Inline { base64 }, mime))
}

//! Forms: `multipart/form-data` (RFC 7578), as intake takes it apart for endpoints whose body is a file, and the
//! `name=value&…` of `application/x-www-form-urlencoded`, which clients send under any content type.

use sluice_model::content::{Media, MediaKind, Source};

use crate::Call;
use crate::writing::{Writing, bare};

/// A form's texts and what its file says of itself; the file's bytes are [`crate::Call::file`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// In order; names may repeat.
    pub texts: Vec<(String, String)>,
    /// The first part that is a file.
    pub part: Option<Part>,
}

/// The part of a form that is a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// As the client's disk calls it.
    pub name: Option<String>,
    /// The MIME type that the client names.
    pub mime: Option<String>,
    /// The MIME type that its first bytes tell.
    pub kind: Option<&'static str>,
}

/// A file whose kind nobody can tell.
const ANY: &str = "application/octet-stream";

/// The file of a call's form, of the kind that its name, the client or its first bytes tell. `None` when there is none.
pub fn uploaded(call: &Call) -> Option<Media> {
    let (blob, part) = call.file.as_ref().zip(call.form.as_ref()?.part.as_ref())?;
    let name = part.name.as_deref().filter(|name| !name.is_empty());
    let by_name = name.and_then(|name| mime_guess::from_path(name).first_raw());
    let said = part.mime.as_deref().filter(|mime| mime.contains('/') && *mime != ANY);
    let mime = by_name.or(said).or(part.kind).unwrap_or(ANY);
    let media = Media::new(MediaKind::of_mime(mime), Source::Blob(blob.clone()), mime);
    Some(Media { file_name: name.map(str::to_owned), ..media })
}

/// The pairs of a body like `recipient=79990000000&body=Hi`, in order. `None` for what is no form: text that begins as
/// JSON does is JSON with a mistake in it.
pub fn pairs(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(bare(body)).ok()?.trim();
    if Writing::of(body) != Writing::Pairs {
        return None;
    }
    Some(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_whatever_its_content_type_says() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs(b" a=1+2&b=%D0%B4a&a=\n"), Some(vec![pair("a", "1 2"), pair("b", "\u{434}a"), pair("a", "")]));
        assert_eq!(pairs(br#"{"a": "b=c""#), None);
        assert_eq!(pairs(b"hello"), None);
        assert_eq!(pairs(b"a=\xFF"), None);
    }
}

//! Files inside of bodies and behind links.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sluice_model::Refusal;

use crate::web;

/// Some clients leave the padding away.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub struct Read {
    /// Standard base64, padded, without line breaks.
    pub base64: String,
    /// What the bytes look like, or what the data URI says; `None` when neither tells.
    pub mime: Option<String>,
}

/// Reads `b64_file`: bare base64, with line breaks and without padding if need be, or a data URI.
pub fn read(text: &str) -> Result<Read, Refusal> {
    let (named, text) = match text.strip_prefix("data:").and_then(|uri| uri.split_once(";base64,")) {
        Some((mime, data)) => (mime.split(';').next(), data),
        None => (None, text),
    };
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = LENIENT.decode(&text).map_err(|_| not_base64())?;
    if bytes.is_empty() {
        return Err(Refusal::Missing("b64_file"));
    }
    let seen = infer::get(&bytes).map(|kind| kind.mime_type());
    let mime = seen.or(named).filter(|mime| mime.contains('/')).map(str::to_owned);
    let base64 = if text.len().is_multiple_of(4) { text } else { STANDARD.encode(&bytes) };
    Ok(Read { base64, mime })
}

pub fn not_base64() -> Refusal {
    Refusal::invalid("b64_file", "is not base64")
}

/// An address of the web, or a refusal of `field`.
pub fn url(field: &'static str, text: &str) -> Result<String, Refusal> {
    let url = web::address(text).ok_or_else(|| Refusal::invalid(field, "is not an http or https address"))?;
    Ok(url.to_owned())
}

/// By the extension, because the file is fetched later. Empty when it says nothing.
pub fn mime_of_name(name: &str) -> &'static str {
    mime_guess::from_path(name).first_raw().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_clients_write_it() {
        for text in ["iVBORw0KGgo=", "iVBORw0KGgo", "iVBORw0K\r\nGgo=", "data:image/png;base64,iVBORw0KGgo="] {
            let read = read(text).unwrap();
            assert_eq!(read.base64, "iVBORw0KGgo=", "{text}");
            assert_eq!(read.mime.as_deref(), Some("image/png"), "{text}");
        }
        assert!(matches!(read(""), Err(Refusal::Missing("b64_file"))));
        assert!(matches!(read("data:image/png;base64,"), Err(Refusal::Missing(_))));
        assert!(matches!(read("not base64!"), Err(Refusal::Invalid { .. })));
        assert_eq!(read("data:text/x-odd;base64,aGk=").unwrap().mime.as_deref(), Some("text/x-odd"));
    }

    #[test]
    fn a_name_tells_its_type_whatever_its_letters() {
        assert_eq!(mime_of_name("PRICE.PDF"), "application/pdf");
        assert_eq!(mime_of_name("price"), "");
    }
}

//! What a file is sent as (contract §3).

use sluice_model::content::{Media, MediaKind, Source};

/// The vendor's table misspells two types, and clients copied them from there.
const MISSPELT: [(&str, &str); 2] = [("audio/acc", "audio/aac"), ("auidio/ogg", "audio/ogg")];

/// By its type, or else by the ending of its name, or else by that of its address.
pub fn of_link(url: String, mime: Option<&str>, name: Option<String>, caption: Option<String>) -> Media {
    let in_url = name_in(&url);
    let named = [name.as_deref().unwrap_or_default(), in_url.as_str()];
    let guessed = || named.into_iter().find_map(|name| mime_guess::from_path(name).first_raw()).map(str::to_owned);
    let mime = mime.map(|mime| mime.trim().to_ascii_lowercase()).or_else(guessed).unwrap_or_default();
    let essence = mime.split(';').next().unwrap_or_default().trim();
    let right = MISSPELT.iter().find(|(wrong, _)| *wrong == essence).map(|(_, right)| (*right).to_owned());
    let file_name = name.or_else(|| Some(in_url).filter(|name| !name.is_empty()));
    let mime = right.unwrap_or_else(|| mime.clone());
    Media { file_name, caption, ..Media::new(kind(essence), Source::Url(url), mime) }
}

/// A type that the table has no row for goes as a document, which may be of any.
fn kind(mime: &str) -> MediaKind {
    match mime {
        "image/jpeg" | "image/jpg" | "image/png" | "image/gif" => MediaKind::Image,
        "video/mp4" | "video/3gpp" => MediaKind::Video,
        "audio/acc" | "audio/aac" | "audio/mp4" | "audio/amr" | "audio/mpeg" | "audio/ogg" => MediaKind::Audio,
        // Only the row of voice notes spells it so.
        "auidio/ogg" => MediaKind::Voice,
        _ => MediaKind::Document,
    }
}

/// `type/subtype`, and perhaps parameters behind it (RFC 9110 §8.3.1).
pub fn is_mime(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    text.is_ascii() && essence.split_once('/').is_some_and(|(kind, rest)| token(kind) && token(rest))
}

/// The last part of an address' path, decoded.
fn name_in(url: &str) -> String {
    let path = url::Url::parse(url).ok().map(|url| url.path().to_owned()).unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(url: &str, mime: Option<&str>, name: Option<&str>) -> (MediaKind, String, Option<String>) {
        let media = of_link(url.to_owned(), mime, name.map(str::to_owned), None);
        (media.kind, media.mime, media.file_name)
    }

    #[test]
    fn a_file_goes_as_its_type_says_or_its_name() {
        let (h, name) = ("https://h/x", |name: &str| Some(name.to_owned()));
        assert_eq!(sent(h, Some("image/png"), None), (MediaKind::Image, "image/png".into(), name("x")));
        assert_eq!(sent(h, Some("auidio/ogg"), None), (MediaKind::Voice, "audio/ogg".into(), name("x")));
        assert_eq!(sent(h, Some("audio/acc"), None), (MediaKind::Audio, "audio/aac".into(), name("x")));
        let opus = "audio/ogg; codecs=opus";
        assert_eq!(sent(h, Some("audio/ogg; codecs=Opus"), None), (MediaKind::Audio, opus.into(), name("x")));
        assert_eq!(sent(h, None, Some("a.PDF")), (MediaKind::Document, "application/pdf".into(), name("a.PDF")));
        let url = "https://h/%D0%BA.jpg?b=c.pdf";
        assert_eq!(sent(url, None, None), (MediaKind::Image, "image/jpeg".into(), name("к.jpg")));
        assert_eq!(sent("https://h/", None, None), (MediaKind::Document, String::new(), None));
        assert_eq!(sent(h, Some("video/webm"), None).0, MediaKind::Document);
    }

    #[test]
    fn a_type_has_two_parts() {
        for good in ["image/png", "application/vnd.ms-excel", "audio/ogg; codecs=opus", "auidio/ogg"] {
            assert!(is_mime(good), "{good}");
        }
        for bad in ["", "png", "image/", "/png", "a b/c", "тип/вид", "image/png/x"] {
            assert!(!is_mime(bad), "{bad}");
        }
    }
}

use http::{HeaderMap, HeaderValue, header};
use proptest::prelude::*;
use url::Url;

use super::{LONGEST_NAME, clean, disposition, last_part, mime};

fn named(value: &str) -> Option<String> {
    let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
    disposition(&HeaderMap::from_iter([(header::CONTENT_DISPOSITION, value)]))
}

#[test]
fn the_name_is_read_from_the_header() {
    for (value, name) in [
        ("attachment; filename=report.pdf", Some("report.pdf")),
        ("attachment; filename=\"a; b \\\"c\\\".pdf\"", Some("a; b \"c\".pdf")),
        ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%D1%84.pdf", Some("ф.pdf")),
        ("attachment; filename*=utf-8'ru'%D1%84.pdf; filename=x.pdf", Some("ф.pdf")),
        ("attachment; filename*=koi8-r''%C6.pdf; filename=x.pdf", Some("x.pdf")),
        ("inline; FileName=\"счёт.pdf\"", Some("счёт.pdf")),
        ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
        ("attachment; filename=\"C:\\\\temp\\\\a.pdf\"", Some("a.pdf")),
        ("attachment; filename=\"..\"", None),
        ("attachment", None),
        ("attachment; filename", None),
        ("attachment; filename=\"unclosed.pdf", Some("unclosed.pdf")),
        ("", None),
    ] {
        assert_eq!(named(value).as_deref(), name, "{value}");
    }
}

#[test]
fn else_it_is_the_end_of_the_path() {
    for (url, name) in [
        ("https://example.com/a/photo.jpg?token=x", Some("photo.jpg")),
        ("https://example.com/%D1%84.jpg", Some("ф.jpg")),
        ("https://example.com/a%2F..%2Fb.jpg", Some("b.jpg")),
        ("https://example.com/a/", None),
        ("https://example.com", None),
    ] {
        assert_eq!(last_part(&Url::parse(url).unwrap()).as_deref(), name, "{url}");
    }
}

#[test]
fn the_type_is_without_parameters() {
    let of = |value| mime(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]));
    assert_eq!(of("Image/JPEG; charset=x").as_deref(), Some("image/jpeg"));
    assert_eq!(of("nonsense"), None);
    assert_eq!(mime(&HeaderMap::new()), None);
}

proptest! {
    #[test]
    fn a_name_is_always_harmless(value in ".*") {
        for name in [clean(&value), HeaderValue::from_str(&value).is_ok().then(|| named(&value)).flatten()] {
            let Some(name) = name else { continue };
            prop_assert!(!name.is_empty() && name.chars().count() <= LONGEST_NAME);
            let harmful = ['/', '\\', '\0', '\n', '\u{202e}'];
            prop_assert!(!name.contains(harmful));
            prop_assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']));
        }
    }
}

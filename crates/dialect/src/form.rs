//! Forms: `multipart/form-data` (RFC 7578), as intake takes it apart for endpoints whose body is a file, and the
//! `name=value&…` of `application/x-www-form-urlencoded`, which clients send under any content type.

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

/// The pairs of a body like `recipient=79990000000&body=Hi`, in order. `None` for what is no form: text that begins as
/// JSON does is JSON with a mistake in it.
pub fn pairs(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if text.starts_with(['{', '[', '"']) || !text.contains('=') {
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

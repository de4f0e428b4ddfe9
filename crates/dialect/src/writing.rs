//! What a body is written as, told by its bytes: content types are wrong too often, since `curl -d` calls everything a form.
//! Whoever reads a body, bounds it or masks it for the request log asks here, so that they never disagree.

/// What clients of Windows put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// As much of a body tells what it is: behind it may be a file of many megabytes.
const BEGINNING: usize = 16 * 1024;

/// What each part of `multipart/form-data` begins with (RFC 7578, section 4.2).
const DISPOSITION: &[u8] = b"content-disposition:";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Begins as an object, a list or a string of JSON does; JSON with a mistake in it, too.
    Json,
    /// `name=value&…`, as `application/x-www-form-urlencoded` has it.
    Pairs,
    /// The parts of `multipart/form-data`, as they came.
    Parts,
    /// A number, a word, any text, or no text at all.
    Other,
}

impl Writing {
    pub fn of(body: &[u8]) -> Self {
        let body = bare(body);
        let beginning = String::from_utf8_lossy(&body[..body.len().min(BEGINNING)]);
        // More than JSON's own white space is passed over: a body behind odd characters is still meant as JSON.
        let begun = beginning.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
        if begun.starts_with(['{', '[', '"']) {
            Self::Json
        } else if begun.starts_with("--") && has_disposition(begun) {
            Self::Parts
        } else if memchr::memchr(b'=', body).is_some() {
            Self::Pairs
        } else {
            Self::Other
        }
    }
}

/// The body without white space around it and without a byte order mark.
pub fn bare(body: &[u8]) -> &[u8] {
    let body = body.trim_ascii();
    body.strip_prefix(BYTE_ORDER_MARK).map_or(body, <[u8]>::trim_ascii_start)
}

fn has_disposition(text: &str) -> bool {
    text.as_bytes().windows(DISPOSITION.len()).any(|piece| piece.eq_ignore_ascii_case(DISPOSITION))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_told_by_its_bytes() {
        for json in
            ["{\"a\":1}", " \r\n[1]", "\u{feff}{}", "{'a'=1}", "\"a=b\"", "\u{a0}{\"a\":\"b=c\"", "\u{feff} {\"a=b"]
        {
            assert_eq!(Writing::of(json.as_bytes()), Writing::Json, "{json}");
        }
        for pairs in ["a=1&b=2", " a=1\n", "data={\"a\":1}", "-- a=b", "\u{feff}a=1"] {
            assert_eq!(Writing::of(pairs.as_bytes()), Writing::Pairs, "{pairs}");
        }
        let parts = "--x\r\nContent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--";
        assert_eq!(Writing::of(parts.as_bytes()), Writing::Parts);
        for other in ["", "12", "null", "hello"] {
            assert_eq!(Writing::of(other.as_bytes()), Writing::Other, "{other}");
        }
        assert_eq!(Writing::of(b"\xff\xfe{"), Writing::Other);
        assert_eq!(Writing::of(b"{\"a\":\"\xff"), Writing::Json);
    }

    #[test]
    fn what_is_read_as_json_is_told_as_json() {
        for body in ["\u{feff}{}", " \u{feff} [1]", "\u{c}{}\n"] {
            assert!(serde_json::from_slice::<serde_json::Value>(bare(body.as_bytes())).is_ok(), "{body:?}");
            assert_eq!(Writing::of(body.as_bytes()), Writing::Json, "{body:?}");
        }
    }
}

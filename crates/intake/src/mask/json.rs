//! JSON, whole or cut off, with the values of telling names masked and files shortened. Not parsed: what a caller wrote
//! must be seen as they wrote it.

use std::borrow::Cow;

use super::{names, shortened, shown, value};

pub fn masked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut kept, mut at) = (0, 0);
    while let Some(quote) = bytes[at..].iter().position(|byte| *byte == b'"').map(|place| at + place) {
        let name = Quoted::at(text, quote);
        let colon = skip_space(bytes, name.end);
        let (name, place) = if bytes.get(colon) == Some(&b':') {
            (plain(name.inner), skip_space(bytes, colon + 1))
        } else {
            (Cow::Borrowed(""), quote)
        };
        at = place;
        let masked = if bytes.get(place) == Some(&b'"') {
            let said = Quoted::at(text, place);
            at = said.end;
            within(&name, said.inner).map(|masked| quoted(&masked))
        } else if names::is_telling(&name) {
            at = value_end(bytes, place);
            (!is_plain(text[place..at].trim())).then(|| "\"***\"".to_owned())
        } else {
            None
        };
        if let Some(masked) = masked {
            out.push_str(&text[kept..place]);
            out.push_str(&masked);
            kept = at;
        }
    }
    out.push_str(&text[kept..]);
    out
}

/// What is kept of a string of this name (without one in a list), when it is not kept as it is.
fn within(name: &str, inner: &str) -> Option<String> {
    if inner.is_empty() {
        return None;
    }
    let text = plain(inner);
    if names::is_telling(name) {
        Some(shown(&text))
    } else if names::is_bulky(name) && inner.len() > 64 {
        Some(shortened(&text))
    } else {
        value(name, &text)
    }
}

/// A string as it stands between its quotes.
struct Quoted<'a> {
    inner: &'a str,
    /// The first place behind it.
    end: usize,
}

impl<'a> Quoted<'a> {
    /// `quote` is the place of the opening one. Without a closing one it goes on to the end.
    fn at(text: &'a str, quote: usize) -> Self {
        let bytes = text.as_bytes();
        let mut at = quote + 1;
        while at < bytes.len() && bytes[at] != b'"' {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        let close = at.min(bytes.len());
        Self { inner: &text[quote + 1..close], end: (close + 1).min(bytes.len()) }
    }
}

/// Without escapes. Where they are no JSON, the quotes are freed at least.
fn plain(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let read = serde_json::from_str::<String>(&format!("\"{inner}\""));
    Cow::Owned(read.unwrap_or_else(|_| inner.replace("\\\"", "\"").replace("\\/", "/")))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Values that give nothing away.
fn is_plain(value: &str) -> bool {
    matches!(value, "null" | "true" | "false" | "")
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The first place behind a value that is no string.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' if depth == 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

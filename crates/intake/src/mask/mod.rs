//! Secrets taken out of what the request log keeps: the token that was shown, what stands under a telling name, what
//! addresses carry, and whatever looks like a token in a path.
//!
//! A body is masked as what it is read as ([`Writing`]); its content type is not asked. What is masked too much costs a
//! look at the caller's own log, what is masked too little costs a secret.

mod broken;
mod json;
mod links;
mod names;
mod pairs;
mod shape;

use serde::de::IgnoredAny;
use sluice_dialect::Writing;
use sluice_secret::mask;

/// As much of a text is kept.
const KEPT: usize = 4 * 1024;

/// As much of a text is looked through: files in base64 shrink on the way.
const READ: usize = 16 * 1024;

/// A piece of a path this long is a token, whoever wrote it.
const TOKEN: usize = 32;

pub(crate) use shape::shape;

/// Path and query. `token` is the one that the caller showed.
pub(crate) fn path(path: &str, query: Option<&str>, token: Option<&str>) -> String {
    let pieces = path.split('/').map(|piece| if looks_like_token(piece) { shown(piece) } else { piece.to_owned() });
    let mut text = pieces.collect::<Vec<_>>().join("/");
    if let Some(query) = query {
        text.push('?');
        text.push_str(&pairs::masked(query));
    }
    if let Some(token) = token {
        text = mask(&text, &[token]);
    }
    cut(text)
}

fn looks_like_token(piece: &str) -> bool {
    piece.len() >= TOKEN && piece.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-%".contains(&b))
}

/// A body or an answer. What is no text is told by its size.
pub(crate) fn body(bytes: &[u8], mime: &str, token: Option<&str>) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let looked_at = &bytes[..bytes.len().min(READ)];
    let is_cut = looked_at.len() < bytes.len();
    let text = match std::str::from_utf8(looked_at) {
        Ok(text) => text,
        // A character may stand cut off at the end.
        Err(error) if is_cut && looked_at.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&looked_at[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => "",
    };
    let is_file = ["multipart/", "image/", "audio/", "video/"].iter().any(|kind| mime.starts_with(kind));
    let writing = Writing::of(text.as_bytes());
    // Text of two bytes a character has zeros in it: no name in it would be known.
    if text.is_empty() || text.contains('\0') || is_file || writing == Writing::Parts {
        return format!("({} bytes)", bytes.len());
    }
    let text = if is_cut { without_cut_off(text, token.unwrap_or_default()) } else { text };
    let mut masked = match writing {
        Writing::Pairs => pairs::masked(text),
        _ if is_sound(text, is_cut) => json::masked(text),
        _ => broken::masked(text),
    };
    if let Some(token) = token {
        masked = mask(&masked, &[token]);
    }
    if !is_cut {
        return cut(masked);
    }
    format!("{} ({} bytes in all)", cut(masked), bytes.len())
}

/// Whether it is JSON, or the beginning of such.
fn is_sound(text: &str, is_cut: bool) -> bool {
    match serde_json::from_slice::<IgnoredAny>(sluice_dialect::writing::bare(text.as_bytes())) {
        Ok(_) => true,
        Err(error) => is_cut && error.is_eof(),
    }
}

/// `text` without the token's beginning at its very end, where the token was cut off and is not known any more.
fn without_cut_off<'a>(text: &'a str, token: &str) -> &'a str {
    let bytes = token.as_bytes();
    let cut_off = (1..bytes.len()).rev().find(|length| text.as_bytes().ends_with(&bytes[..*length]));
    beginning(text, text.len() - cut_off.unwrap_or(0))
}

/// What stands under a name, without what is secret in it; `None` when nothing is. Nested as deep as quotes can be: each
/// level is shorter than the one around it.
fn value(name: &str, text: &str) -> Option<String> {
    let masked = match Writing::of(text.as_bytes()) {
        Writing::Json if is_sound(text, false) => json::masked(text),
        Writing::Json => broken::masked(text),
        _ if names::is_place(name) => links::whole(text),
        _ => links::masked(text),
    };
    (masked != text).then_some(masked)
}

/// As much of a secret as tells it from another.
fn shown(secret: &str) -> String {
    mask(secret, &[secret])
}

fn shortened(file: &str) -> String {
    if file.len() <= 64 { file.to_owned() } else { format!("{}…", beginning(file, 24)) }
}

fn cut(text: String) -> String {
    if text.len() <= KEPT { text } else { format!("{}…", beginning(&text, KEPT - '…'.len_utf8())) }
}

/// At most `length` bytes, whole characters.
fn beginning(text: &str, length: usize) -> &str {
    &text[..text.floor_char_boundary(length)]
}

#[cfg(test)]
mod tests;

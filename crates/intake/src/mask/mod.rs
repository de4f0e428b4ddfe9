//! Secrets taken out of what the request log keeps: the token that was shown, what stands under a telling name, and
//! whatever looks like a token in a path.

use sluice_secret::mask;

/// As much of a text is kept.
const KEPT: usize = 4 * 1024;

/// As much of a text is looked through: files in base64 shrink on the way.
const READ: usize = 16 * 1024;

/// A piece of a path this long is a token, whoever wrote it.
const TOKEN: usize = 32;

/// Words within the names of what is nobody else's business.
const TELLING: [&str; 9] = ["token", "secret", "passw", "pwd", "apikey", "api_key", "api-key", "authoriz", "proxy"];

/// Words within the names of files in base64.
const BULKY: [&str; 3] = ["b64", "base64", "thumbnail"];

/// Path and query. `token` is the one that the caller showed.
pub(crate) fn path(path: &str, query: Option<&str>, token: Option<&str>) -> String {
    let pieces = path.split('/').map(|piece| if looks_like_token(piece) { shown(piece) } else { piece.to_owned() });
    let mut text = pieces.collect::<Vec<_>>().join("/");
    if let Some(query) = query {
        text.push('?');
        text.push_str(&pairs(query));
    }
    if let Some(token) = token {
        text = mask(&text, &[token]);
    }
    cut(text)
}

fn looks_like_token(piece: &str) -> bool {
    piece.len() >= TOKEN && piece.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-%".contains(&b))
}

/// `name=value&…` as in queries and forms.
fn pairs(text: &str) -> String {
    let pairs = text.split('&').map(|pair| match pair.split_once('=') {
        // A pairing code stands in a query; `code` in a body is an answer's.
        Some((name, value)) if is_telling(name) || name.eq_ignore_ascii_case("code") => {
            format!("{name}={}", shown(value))
        }
        Some((name, value)) if is_bulky(name) => format!("{name}={}", shortened(value)),
        Some((name, value)) if is_link(value) => format!("{name}={}", link(value)),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
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
    if text.is_empty() || is_file {
        return format!("({} bytes)", bytes.len());
    }
    let form = mime.starts_with("application/x-www-form-urlencoded");
    let text = if is_cut { without_cut_off(text, token.unwrap_or_default()) } else { text };
    let mut masked = if form { pairs(text) } else { members(text) };
    if let Some(token) = token {
        masked = mask(&masked, &[token]);
    }
    if !is_cut {
        return cut(masked);
    }
    format!("{} ({} bytes in all)", cut(masked), bytes.len())
}

/// `text` without the token's beginning at its very end, where the token was cut off and is not known any more.
fn without_cut_off<'a>(text: &'a str, token: &str) -> &'a str {
    let bytes = token.as_bytes();
    let cut_off = (1..bytes.len()).rev().find(|length| text.as_bytes().ends_with(&bytes[..*length]));
    beginning(text, text.len() - cut_off.unwrap_or(0))
}

/// JSON, whole or cut off, with the values of telling names masked and files shortened. Not parsed: what a caller got
/// wrong must be seen as they wrote it.
fn members(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len().min(2 * KEPT));
    let (mut kept, mut at) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'"' {
            at += 1;
            continue;
        }
        let (name_start, name_end) = (at + 1, string_end(bytes, at + 1));
        at = (name_end + 1).min(bytes.len());
        let colon = skip_space(bytes, at);
        if bytes.get(colon) != Some(&b':') {
            continue;
        }
        let name = &text[name_start..name_end];
        let value = skip_space(bytes, colon + 1);
        let (telling, bulky) = (is_telling(name), is_bulky(name));
        let is_text = bytes.get(value) == Some(&b'"');
        let inner = if is_text { &text[value + 1..string_end(bytes, value + 1)] } else { "" };
        at = value;
        if !telling && !bulky && !is_link(inner) {
            continue;
        }
        at = value_end(bytes, value);
        out.push_str(&text[kept..value]);
        if telling && is_text && !inner.is_empty() {
            out.extend(["\"", &shown(inner), "\""]);
        } else if telling && !is_text && !is_plain(&text[value..at]) {
            out.push_str("\"***\"");
        } else if bulky && is_text {
            out.extend(["\"", &shortened(inner), "\""]);
        } else if is_link(inner) {
            out.extend(["\"", &link(inner), "\""]);
        } else {
            out.push_str(&text[value..at]);
        }
        kept = at;
    }
    out.push_str(&text[kept..]);
    out
}

/// An address, as it is or percent-encoded as a value of a query.
fn is_link(value: &str) -> bool {
    value.starts_with("http://")
        || value.starts_with("https://")
        || value.starts_with("http%3A")
        || value.starts_with("https%3A")
}

/// The address without what often is a secret in it: a user's name and password, and all that its query holds.
fn link(url: &str) -> String {
    let end = ["?", "%3F", "%3f"].iter().filter_map(|mark| url.find(mark)).min();
    let (place, query) = url.split_at(end.unwrap_or(url.len()));
    let query = if query.is_empty() { "" } else { "?***" };
    let slashes = ["://", "%3A%2F%2F", "%3a%2f%2f"].iter().find_map(|mark| place.find(mark).map(|at| at + mark.len()));
    let (scheme, rest) = place.split_at(slashes.unwrap_or(0));
    let host_at = ["@", "%40"].iter().filter_map(|mark| rest.rfind(mark).map(|at| at + mark.len())).max();
    match host_at {
        Some(at) => format!("{scheme}***@{}{query}", &rest[at..]),
        None => format!("{scheme}{rest}{query}"),
    }
}

/// Values that give nothing away.
fn is_plain(value: &str) -> bool {
    matches!(value, "null" | "true" | "false" | "")
}

fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_whole = matches!(name.as_str(), "auth" | "pass" | "password" | "authorization");
    is_whole || name.starts_with("auth_") || TELLING.iter().any(|word| name.contains(word))
}

fn is_bulky(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    BULKY.iter().any(|word| name.contains(word))
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

fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the closing quote stands, or the end.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The first place behind the value.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = (string_end(bytes, at + 1) + 1).min(bytes.len());
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => match depth {
                0 => return at,
                1 => return at + 1,
                _ => depth -= 1,
            },
            b',' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests;

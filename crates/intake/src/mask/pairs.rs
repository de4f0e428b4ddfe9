//! `name=value&…` as in queries and forms.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::{broken, json, names, shortened, shown, value};

/// What would look like the end of a value, or like an escape.
const ODD: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'&').add(b'+').add(b'#');

pub fn masked(text: &str) -> String {
    let whole = if is_sentence(text) {
        broken::masked(text)
    } else if text.contains('"') {
        // JSON that nobody encoded is cut at each `&` in it, and its secrets with it.
        json::masked(text)
    } else {
        text.to_owned()
    };
    let mut behind_a_secret = false;
    let pairs = whole.split('&').map(|pair| match pair.split_once('=') {
        Some((name, said)) => {
            let plain = plain(name);
            // A pairing code stands in a query; `code` in a body is an answer's.
            behind_a_secret = names::is_telling(&plain) || plain.eq_ignore_ascii_case("code");
            if behind_a_secret {
                format!("{}={}", named(name), shown(said))
            } else if !plain.bytes().all(is_of_name) {
                named(pair)
            } else if names::is_bulky(&plain) {
                format!("{name}={}", shortened(said))
            } else {
                let masked = value(&plain, &self::plain(said));
                masked.map_or_else(|| pair.to_owned(), |masked| format!("{name}={}", encoded(&masked)))
            }
        }
        // The end of a secret that has an `&` in it.
        None if behind_a_secret => shown(pair),
        None => named(pair),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Any text with a `=` in it looks like a pair. A form begins with a name.
fn is_sentence(text: &str) -> bool {
    let first = text.trim_start().split(['=', '&']).next().unwrap_or_default();
    !first.bytes().all(|b| is_of_name(b) || b"%+~".contains(&b))
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']')
}

/// A name as it is, or masked as any text what was taken for one.
fn named(name: &str) -> String {
    if name.bytes().all(is_of_name) {
        return name.to_owned();
    }
    let text = plain(name);
    let masked = broken::masked(&text);
    if masked == text { name.to_owned() } else { encoded(&masked) }
}

fn plain(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ODD).to_string()
}

//! Texts that are meant as JSON and are none, and any other text: nothing is known of where strings begin, so whatever
//! follows a telling word as its value is masked.

use super::{json, links, names, shown};

pub fn masked(text: &str) -> String {
    links::masked(&json::masked(&told(text)))
}

/// Without the values of telling words.
fn told(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut kept, mut at) = (0, 0);
    while at < text.len() {
        let word = &text[at..at + length(&text[at..], is_of_word)];
        let after = at + word.len();
        if word.is_empty() || !names::is_telling(word) {
            at = after + text[after..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let between = &text[after..after + length(&text[after..], is_between)];
        let start = after + between.len();
        at = start;
        if !leads_on(between) {
            continue;
        }
        let quote = between.chars().next_back().filter(|last| matches!(last, '"' | '\''));
        let value = &text[start..start + value_length(&text[start..], quote)];
        at = start + value.len();
        let is_plain = quote.is_none() && matches!(value.trim_end(), "" | "null" | "true" | "false");
        // Masked before: three characters at most stay.
        let is_masked = value.ends_with("***") && value.chars().count() <= 6;
        if is_plain || value.is_empty() || is_masked {
            continue;
        }
        out.push_str(&text[kept..start]);
        out.push_str(&shown(value));
        kept = at;
    }
    out.push_str(&text[kept..]);
    out
}

const fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ':' | '=' | '>' | ',')
}

/// Whether what stands behind a word makes a name of it.
fn leads_on(between: &str) -> bool {
    let quotes = between.chars().filter(|c| matches!(c, '"' | '\'')).count();
    quotes > 1 || between.contains([':', '=', '>', ','])
}

/// Bytes of the characters at the beginning that are such.
fn length(text: &str, is_such: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_such(c)).unwrap_or(text.len())
}

/// Bytes of the value that `text` begins with, behind its opening `quote`.
fn value_length(text: &str, quote: Option<char>) -> usize {
    if let Some(quote) = quote {
        // A quote that nothing of JSON follows is a part of the secret.
        let closes = |at: &usize| {
            let after = text[at + quote.len_utf8()..].trim_start_matches([' ', '\t']);
            after.is_empty() || after.starts_with([',', '}', ']', ')', '&', ';', ':', '\r', '\n'])
        };
        return text.match_indices(quote).map(|(at, _)| at).find(closes).unwrap_or(text.len());
    }
    if !text.starts_with(['{', '[']) {
        return bare_length(text);
    }
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return at + 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Bytes of a value without quotes around it. Quotes within it hide what else would end it: `Some("a, b")`.
fn bare_length(text: &str) -> usize {
    let mut within = None;
    for (at, c) in text.char_indices() {
        match (within, c) {
            (Some(quote), _) if c == quote => within = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => within = Some(c),
            (None, ',' | '&' | ';' | '}' | ']' | ')' | '\r' | '\n') => return at,
            (None, _) => {}
        }
    }
    text.len()
}

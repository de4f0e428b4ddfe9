//! Taking secrets out of a text that will be kept or shown.

use std::ops::Range;

/// A secret shorter than this shows nothing of itself: three characters would be too much of it.
const SHORT: usize = 12;

/// `text` with every occurrence of every secret replaced by its first 3 characters and `***`
/// (`***` alone for a secret under 12 characters). Empty secrets are passed over.
pub fn mask(text: &str, secrets: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, shown) in occurrences(text, secrets) {
        out.push_str(&text[kept..range.start]);
        out.extend(text[range.clone()].chars().take(shown));
        out.push_str("***");
        kept = range.end;
    }
    out.push_str(&text[kept..]);
    out
}

/// Where secrets stand and how many characters may stay; overlapping ones are joined, so no tail survives.
fn occurrences(text: &str, secrets: &[&str]) -> Vec<(Range<usize>, usize)> {
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let shown = if secret.chars().count() < SHORT { 0 } else { 3 };
        let step = secret.chars().next().map_or(1, char::len_utf8);
        let mut from = 0;
        while let Some(at) = text[from..].find(secret).map(|at| from + at) {
            found.push((at..at + secret.len(), shown));
            // one character on, not one secret on: a secret may overlap itself
            from = at + step;
        }
    }
    found.sort_by_key(|(range, _)| range.start);

    let mut joined: Vec<(Range<usize>, usize)> = Vec::with_capacity(found.len());
    for (range, shown) in found {
        match joined.last_mut() {
            Some((last, least)) if range.start < last.end => {
                last.end = last.end.max(range.end);
                *least = shown.min(*least);
            }
            _ => joined.push((range, shown)),
        }
    }
    joined
}

#[cfg(test)]
mod tests;

//! What a Rust file may not contain, and how long it may be.

use super::Finding;
use super::source::says;
use super::tree::Tree;

const LONGEST: usize = 400;
const LONGEST_OF_TESTS: usize = 600;

/// Code that is not kept, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    ("todo!", "write it, or open an issue and leave the way to it out"),
    ("unimplemented!", "write it, or open an issue and leave the way to it out"),
    ("dbg!", "take it out"),
    ("#[allow(", "mend the cause, or use `#[expect(.., reason = \"..\")]`"),
    ("#![allow(", "mend the cause, or use `#![expect(.., reason = \"..\")]`"),
    ("#[ignore", "a test that does not run proves nothing: mend it or remove it"),
];

/// Notes to oneself, which belong in an issue.
const NOTES: &[&str] = &["TODO", "FIXME"];

/// A file is read in one sitting.
pub fn length(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter_map(|file| {
            let longest = if file.is_test() { LONGEST_OF_TESTS } else { LONGEST };
            let length = file.text.lines().count();
            let advice = format!("{length} lines, {longest} are allowed: split it where the story turns");
            (length > longest).then(|| Finding::new(&file.path, longest + 1, "length", advice))
        })
        .collect()
}

/// Nothing unfinished and nothing silenced.
pub fn forbidden(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        for (number, line) in file.numbered() {
            for (code, advice) in FORBIDDEN.iter().filter(|(code, _)| says(&line.code, code)) {
                findings.push(Finding::new(&file.path, number, "forbidden", format!("`{code}`: {advice}")));
            }
            for note in NOTES.iter().filter(|note| says(&line.comment, note)) {
                let advice = format!("`{note}`: do it now, or open an issue");
                findings.push(Finding::new(&file.path, number, "forbidden", advice));
            }
        }
    }
    findings
}

/// Every crate opens with a sentence that says what it is.
pub fn opening(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|file| file.path.ends_with("src/lib.rs") || file.path.ends_with("src/main.rs"))
        .filter(|file| !file.text.trim_start().starts_with("//!"))
        .map(|file| Finding::new(&file.path, 1, "opening", "open the crate with `//!`: what lives here, and why"))
        .collect()
}

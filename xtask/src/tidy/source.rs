//! A Rust file taken apart into what runs and what is said about it.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang, tokenize};

/// One line of a Rust file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What the compiler sees; the contents of strings are left out, so that words in them are not taken for code.
    pub code: String,
    /// What is said in comments and docs.
    pub comment: String,
}

/// Takes a Rust file apart; as many lines come out as go in.
pub fn lines(text: &str) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    let mut at = strip_shebang(text).unwrap_or(0);
    for token in tokenize(&text[at..], FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        for (fold, part) in text[at..end].split('\n').enumerate() {
            if fold > 0 {
                lines.push(Line::default());
            }
            let Some(line) = lines.last_mut() else { continue };
            match token.kind {
                TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => line.comment.push_str(part),
                TokenKind::Literal { kind, .. } if is_text(kind) => line.code.push('"'),
                _ => line.code.push_str(part),
            }
        }
        at = end;
    }
    lines
}

fn is_text(kind: LiteralKind) -> bool {
    !matches!(kind, LiteralKind::Int { .. } | LiteralKind::Float { .. })
}

/// Whether the code says these words, not as a part of longer ones: `rand::rng` is not said by `rand::rngs`.
pub fn says(code: &str, words: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let starts_joined = words.starts_with(joins);
    let ends_joined = words.ends_with(joins);
    code.match_indices(words).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_some_and(joins);
        let after = code[at + words.len()..].chars().next().is_some_and(joins);
        !(starts_joined && before || ends_joined && after)
    })
}

/// The submodules that exist only in tests: `#[cfg(test)] mod name;`.
pub fn test_modules(lines: &[Line]) -> Vec<String> {
    after_cfg_test(lines).filter_map(|(_, item)| Some(item.strip_suffix(';')?.trim().to_owned())).collect()
}

/// The line, from 0, at which a test module inside of the file starts: `#[cfg(test)] mod name {`.
pub fn tests_start(lines: &[Line]) -> Option<usize> {
    after_cfg_test(lines).find(|(_, item)| item.ends_with('{')).map(|(line, _)| line)
}

/// What follows `mod` in each module under `#[cfg(test)]`, with its line.
fn after_cfg_test(lines: &[Line]) -> impl Iterator<Item = (usize, &str)> {
    let mut under_cfg_test = false;
    lines.iter().enumerate().filter_map(move |(number, line)| {
        let code = line.code.trim();
        let item = match code.strip_prefix("#[cfg(test)]") {
            Some(rest) => {
                under_cfg_test = true;
                rest.trim()
            }
            None => code,
        };
        if item.is_empty() || item.starts_with("#[") {
            return None;
        }
        let module = item.trim_start_matches("pub ").trim_start_matches("pub(crate) ").strip_prefix("mod ");
        std::mem::take(&mut under_cfg_test).then_some((number, module?))
    })
}

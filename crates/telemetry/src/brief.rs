//! What people or messengers wrote, as far as a log line shows it.

/// Characters of a name.
pub const NAME: usize = 64;
/// Characters of a reason.
pub const REASON: usize = 200;

/// The first `most` characters of a text; `None`, which a log line leaves out, where there is none.
///
/// Given as a field of its own it needs no escaping here: both formats of the log write it in quotes, with control characters
/// escaped.
pub fn brief(text: &str, most: usize) -> Option<&str> {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    Some(&text[..end]).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_none_is_left_out() {
        assert_eq!(brief("Магазин", 3), Some("Маг"));
        assert_eq!(brief("Shop", 4), Some("Shop"));
        assert_eq!(brief("", 4), None);
    }
}

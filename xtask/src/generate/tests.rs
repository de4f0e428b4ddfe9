use super::difference;

#[test]
fn a_fresh_page_is_not_mentioned() {
    assert!(difference("a.md", "one\ntwo\n", "one\ntwo\n").is_none());
}

#[test]
fn the_first_differing_line_is_named() {
    let found = difference("a.md", "one\ntwo\n", "one\nthree\n").map(|finding| finding.to_string());
    assert_eq!(found.as_deref(), Some("a.md:2: generated: expected `three` here; run `cargo xtask generate`"));
}

#[test]
fn a_page_that_goes_on_too_long_is_stale() {
    let longer = difference("a.md", "one\ntwo\n", "one\n").map(|finding| finding.to_string());
    assert_eq!(longer.as_deref(), Some("a.md:2: generated: expected nothing more here; run `cargo xtask generate`"));
}

#[test]
fn a_missing_page_is_stale() {
    let missing = difference("a.md", "", "one\n").map(|finding| finding.to_string());
    assert_eq!(missing.as_deref(), Some("a.md:1: generated: the page is missing; run `cargo xtask generate`"));
}

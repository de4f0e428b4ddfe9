use proptest::prelude::*;

use super::mask;

#[test]
fn a_token_keeps_three_characters() {
    let line = "GET /x?token=sg_0123456789abcdef&a=1";
    assert_eq!(mask(line, &["sg_0123456789abcdef"]), "GET /x?token=sg_***&a=1");
}

#[test]
fn a_short_secret_keeps_none() {
    assert_eq!(mask("user:hunter2@", &["hunter2"]), "user:***@");
}

#[test]
fn every_occurrence_goes() {
    assert_eq!(mask("aaaaaaaaaaaa-aaaaaaaaaaaa", &["aaaaaaaaaaaa"]), "aaa***-aaa***");
}

#[test]
fn secrets_that_overlap_leave_no_tail() {
    let long = "abcdefghijklmnop";
    assert_eq!(mask("xabcdefghijklmnopqrs", &[long, "nopqrs"]), "x***");
    assert_eq!(mask("ababab", &["abab"]), "***");
}

#[test]
fn characters_of_several_bytes_stay_whole() {
    assert_eq!(mask("пароль: секретное-слово!", &["секретное-слово"]), "пароль: сек***!");
    assert_eq!(mask("ффф", &["фф"]), "***");
}

#[test]
fn nothing_to_hide_changes_nothing() {
    assert_eq!(mask("plain", &[]), "plain");
    assert_eq!(mask("plain", &["", "other"]), "plain");
}

proptest! {
    #[test]
    fn no_secret_survives(
        secrets in prop::collection::vec("[ab]{4,14}", 1..4),
        parts in prop::collection::vec("[abc]{0,6}", 1..4),
    ) {
        let text: String = parts.iter().zip(secrets.iter().cycle()).flat_map(|(p, s)| [p.as_str(), s]).collect();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let masked = mask(&text, &secrets);
        prop_assert!(secrets.iter().all(|secret| !masked.contains(secret)), "{masked}");
    }
}

use super::places;
use crate::tidy::names::{empty_words, file_beside_folder};

#[test]
fn empty_words_are_found_in_files_folders_and_modules() {
    let found = places(
        empty_words,
        &[
            ("crates/relay/src/session_manager.rs", ""),
            ("crates/store/src/helpers/mod.rs", ""),
            ("crates/store/src/lib.rs", "mod journal {\n}\nmod util {\n}\n"),
            ("docs/common.md", ""),
        ],
    );
    let all = [
        "crates/relay/src/session_manager.rs:1",
        "crates/store/src/helpers/mod.rs:1",
        "crates/store/src/lib.rs:3",
        "docs/common.md:1",
    ];
    assert_eq!(found, all);
}

#[test]
fn words_that_only_contain_an_empty_word_are_fine() {
    let fine = [("crates/a/src/utility_bill.rs", "mod commonwealth {}"), ("crates/a/src/lib.rs", "use std::util;")];
    assert_eq!(places(empty_words, &fine), [""; 0]);
}

#[test]
fn a_file_beside_its_folder_is_found() {
    let found = places(
        file_beside_folder,
        &[
            ("crates/a/src/lib.rs", ""),
            ("crates/a/src/lanes.rs", ""),
            ("crates/a/src/lanes/one.rs", ""),
            ("crates/a/src/cases.rs", ""),
            ("crates/a/src/cases/one.json", ""),
            ("crates/a/src/pacing/mod.rs", ""),
        ],
    );
    assert_eq!(found, ["crates/a/src/lanes.rs:1"]);
}

use super::places;
use crate::tidy::text::{forbidden, length, opening};

#[test]
fn long_files_are_found_and_tests_may_be_longer() {
    let long = "//\n".repeat(401);
    let longest = "//\n".repeat(601);
    let found = places(
        length,
        &[
            ("crates/a/src/long.rs", &long),
            ("crates/a/src/fits.rs", &long[3..]),
            ("crates/a/src/tests.rs", &long),
            ("tests/src/long.rs", &longest),
            ("docs/long.md", &longest),
        ],
    );
    assert_eq!(found, ["crates/a/src/long.rs:401", "tests/src/long.rs:601"]);
}

#[test]
fn what_is_not_kept_is_found() {
    let text = "#![allow(dead_code)]\n#[allow(unused)]\nfn a() { todo!() }\nfn b() { unimplemented!() }\n\
                dbg!(1);\n#[ignore = \"slow\"]\n// TODO: more\n/// FIXME\n";
    let found = places(forbidden, &[("crates/a/src/lib.rs", text)]);
    assert_eq!(found, [1, 2, 3, 4, 5, 6, 7, 8].map(|line| format!("crates/a/src/lib.rs:{line}")));
}

#[test]
fn words_about_it_are_fine() {
    let text =
        "// no todo!() here\nlet a = \"dbg!(TODO)\";\n#[expect(dead_code, reason = \"..\")]\n// TODOS, mastodon\n";
    assert_eq!(places(forbidden, &[("crates/a/src/lib.rs", text)]), [""; 0]);
}

#[test]
fn a_crate_without_an_opening_is_found() {
    let found = places(
        opening,
        &[
            ("crates/a/src/lib.rs", "//! What it is.\n"),
            ("crates/b/src/lib.rs", "mod a;\n//! Too late.\n"),
            ("crates/c/src/main.rs", ""),
            ("crates/c/src/other.rs", ""),
        ],
    );
    assert_eq!(found, ["crates/b/src/lib.rs:1", "crates/c/src/main.rs:1"]);
}

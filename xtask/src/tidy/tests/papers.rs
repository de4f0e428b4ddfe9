use super::{places, said};
use crate::tidy::papers::{architecture, changelog, dialects};

#[test]
fn a_dialect_without_a_readme_is_found() {
    let speaks = "pub struct Wappi;\nimpl Dialect for Wappi {}\n";
    let found = places(
        dialects,
        &[
            ("crates/dialect/src/wappi/mod.rs", speaks),
            ("crates/dialect/src/native/mod.rs", speaks),
            ("crates/dialect/src/native/README.md", "# native\n"),
            ("crates/dialect/src/wire/mod.rs", "//! Shared by no dialect in particular.\n"),
        ],
    );
    assert_eq!(found, ["crates/dialect/src/wappi/mod.rs:1"]);
}

#[test]
fn a_crate_that_the_architecture_does_not_name_is_found() {
    let found = said(
        architecture,
        &[
            ("ARCHITECTURE.md", "| `crates/store-sqlite` | the embedded shelves |\n"),
            ("crates/store-sqlite/Cargo.toml", ""),
            ("crates/store/Cargo.toml", ""),
            ("tests/Cargo.toml", ""),
        ],
    );
    assert_eq!(found, ["ARCHITECTURE.md:1: papers: say what `crates/store` is for"]);
}

#[test]
fn a_changelog_without_a_place_for_new_things_is_found() {
    assert_eq!(places(changelog, &[("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")]), [""; 0]);
    assert_eq!(places(changelog, &[("CHANGELOG.md", "# Changelog\n\n## 0.1.0\n")]), ["CHANGELOG.md:1"]);
    assert_eq!(places(changelog, &[]), ["CHANGELOG.md:1"]);
}

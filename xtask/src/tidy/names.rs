//! Names that say what is inside.

use std::collections::BTreeSet;

use super::Finding;
use super::source::says;
use super::tree::Tree;

/// Names that fit everything and so say nothing.
const EMPTY: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "misc"];

const ADVICE: &str = "says nothing about its contents; name it after the one thing it holds";

/// No file, folder or module has an empty word in its name.
pub fn empty_words(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let words = file.path.split(['/', '.', '_', '-']);
        for word in words.filter(|word| EMPTY.contains(&word.to_lowercase().as_str())) {
            findings.push(Finding::new(&file.path, 1, "names", format!("`{word}` {ADVICE}")));
        }
        for (number, line) in file.numbered() {
            let inside = |word: &&&str| says(&line.code, &format!("mod {word} {{"));
            for word in EMPTY.iter().filter(inside) {
                findings.push(Finding::new(&file.path, number, "names", format!("`{word}` {ADVICE}")));
            }
        }
    }
    findings
}

/// A module with submodules is `name/mod.rs`, not `name.rs` beside `name/`.
pub fn file_beside_folder(tree: &Tree) -> Vec<Finding> {
    let folders: BTreeSet<&str> = tree.rust().filter_map(|file| Some(file.path.rsplit_once('/')?.0)).collect();
    tree.rust()
        .filter_map(|file| {
            let module = file.path.strip_suffix(".rs")?;
            let is_root = module.ends_with("/lib") || module.ends_with("/main");
            let advice = format!("move it to `{module}/mod.rs` (`main.rs` for a binary or a test)");
            (folders.contains(module) && !is_root).then(|| Finding::new(&file.path, 1, "names", advice))
        })
        .collect()
}

//! What is written about the house says what the house is.

use super::Finding;
use super::tree::Tree;

/// Every dialect tells, beside its code, where it deliberately differs from the vendor.
pub fn dialects(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter_map(|file| {
            let inside = file.path.strip_prefix("crates/dialect/src/")?;
            let folder = inside.strip_suffix("/mod.rs").filter(|folder| !folder.contains('/'))?;
            let speaks = file.lines.iter().any(|line| line.code.contains("impl Dialect for"));
            let readme = format!("crates/dialect/src/{folder}/README.md");
            let advice = format!("write {readme}: what it speaks, and every deliberate deviation");
            (speaks && tree.file(&readme).is_none()).then(|| Finding::new(&file.path, 1, "papers", advice))
        })
        .collect()
}

/// Every crate has its place in ARCHITECTURE.md.
pub fn architecture(tree: &Tree) -> Vec<Finding> {
    let paper = tree.file("ARCHITECTURE.md").map_or("", |file| file.text.as_str());
    tree.files
        .iter()
        .filter_map(|file| file.path.strip_suffix("/Cargo.toml").filter(|path| path.starts_with("crates/")))
        .filter(|folder| !names(paper, folder))
        .map(|folder| Finding::new("ARCHITECTURE.md", 1, "papers", format!("say what `{folder}` is for")))
        .collect()
}

/// What changed since the last release is told as it changes.
pub fn changelog(tree: &Tree) -> Vec<Finding> {
    let paper = tree.file("CHANGELOG.md").map_or("", |file| file.text.as_str());
    let has_section = paper.lines().any(|line| line.starts_with("## ") && line.contains("Unreleased"));
    let advice = "keep a section `## Unreleased` at the top";
    if has_section { Vec::new() } else { vec![Finding::new("CHANGELOG.md", 1, "papers", advice)] }
}

/// Whether the paper names this folder; `crates/store-sqlite` does not name `crates/store`.
fn names(paper: &str, folder: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
    paper.match_indices(folder).any(|(at, _)| ends(&paper[at + folder.len()..]))
}

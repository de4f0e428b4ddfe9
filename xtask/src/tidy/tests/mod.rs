//! Each rule on a small workspace that exists only in memory.

mod names;
mod papers;
mod source;
mod text;
mod time;
mod walls;

use super::graph::Graph;
use super::tree::Tree;
use super::{Finding, Rule};

/// What a rule says about these files, as it is printed.
fn said(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    printed(rule, &Tree::new(files, Graph::default()))
}

fn printed(rule: Rule, tree: &Tree) -> Vec<String> {
    rule(tree).iter().map(Finding::to_string).collect()
}

/// The places it names: `path:line`.
fn places(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    said(rule, files).iter().map(|line| line.split(": ").next().unwrap().to_owned()).collect()
}

//! The walls between the crates.

use std::collections::HashSet;

use super::Finding;
use super::graph::{Graph, Node};
use super::tree::Tree;
use super::walls::{ALONE_IN_TESTS_TOO, CRATES, HOMES, Knows};

/// A crate of ours depends only on the crates of ours that its line in [`CRATES`] names.
pub fn crates_of_ours(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, node) in tree.graph.nodes.iter().enumerate() {
        let Some(name) = node.ours() else { continue };
        let Some(knows) = row(name) else {
            findings.push(at(tree, node, "name", "give this crate its line in xtask/src/tidy/walls.rs"));
            continue;
        };
        let Knows::Only(allowed) = knows else { continue };
        for edge in tree.graph.edges.iter().filter(|edge| edge.from == place) {
            let known = &tree.graph.nodes[edge.to];
            let Some(other) = known.ours() else { continue };
            let free = (edge.dev && name != ALONE_IN_TESTS_TOO) || other == name;
            if !free && !allowed.contains(&other) {
                let advice = format!("`{name}` may not know `{other}`; {}", instead(allowed));
                findings.push(at(tree, node, &known.package, advice));
            }
        }
    }
    findings
}

/// A library of [`HOMES`] is used only there, and nobody else pulls it in through another library.
pub fn crates_with_a_home(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (library, homes) in HOMES {
        for (user, through) in users(&tree.graph, library) {
            let node = &tree.graph.nodes[user];
            let through = &tree.graph.nodes[through].package;
            if node.ours().is_some_and(|name| !homes.contains(&name)) {
                let detour = if through == library { String::new() } else { format!(" (through `{through}`)") };
                let advice = format!("`{library}`{detour} is for {} only; ask that crate", homes.join(", "));
                findings.push(at(tree, node, through, advice));
            }
        }
    }
    findings
}

/// The crates of ours that bring a library in, each with the dependency it comes through. Foreign crates on the way
/// are followed; a crate of ours is not, because using it is what the walls are for.
fn users(graph: &Graph, library: &str) -> Vec<(usize, usize)> {
    let wanted = |(place, node): (usize, &Node)| (node.package == library).then_some(place);
    let mut ahead: Vec<usize> = graph.nodes.iter().enumerate().filter_map(wanted).collect();
    let mut seen: HashSet<usize> = ahead.iter().copied().collect();
    let mut users = Vec::new();
    while let Some(place) = ahead.pop() {
        for edge in graph.edges.iter().filter(|edge| edge.to == place && !edge.dev) {
            if graph.nodes[edge.from].ours().is_some() {
                users.push((edge.from, place));
            } else if seen.insert(edge.from) {
                ahead.push(edge.from);
            }
        }
    }
    users
}

fn row(name: &str) -> Option<&'static Knows> {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(folder) => name.starts_with(folder),
        None => name == pattern,
    };
    CRATES.iter().find(|(pattern, _)| matches(pattern)).map(|(_, knows)| knows)
}

fn instead(allowed: &[&str]) -> String {
    match allowed {
        [] => "it knows none of ours".to_owned(),
        _ => format!("it knows {}", allowed.join(", ")),
    }
}

/// A finding at the line of the crate's `Cargo.toml` that names the dependency.
fn at(tree: &Tree, node: &Node, key: &str, advice: impl Into<String>) -> Finding {
    let manifest = format!("{}/Cargo.toml", node.folder.as_deref().unwrap_or_default());
    let text = tree.file(&manifest).map_or("", |file| file.text.as_str());
    let names_it = |line: &str| line.trim().strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '.', '=']));
    let line = text.lines().position(names_it).map_or(1, |index| index + 1);
    Finding::new(&manifest, line, "dependencies", advice)
}

//! Who depends on whom, as `cargo metadata` tells it.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run;

/// All crates that the workspace is built from.
#[derive(Default)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// One crate.
pub struct Node {
    /// The name that a `Cargo.toml` spells.
    pub package: String,
    /// The folder of a crate of ours, from the root: `crates/store`.
    pub folder: Option<String>,
}

/// `from` depends on `to`: places in [`Graph::nodes`].
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// Only the tests, examples and benches of `from` see it.
    pub dev: bool,
}

impl Node {
    /// The short name of a crate of ours: `store`, `connectors/sandbox`, `tests`.
    pub fn ours(&self) -> Option<&str> {
        self.folder.as_deref().map(|folder| folder.strip_prefix("crates/").unwrap_or(folder))
    }
}

impl Graph {
    /// Asks cargo.
    pub fn of_workspace() -> Result<Self> {
        let told = run::captured(&mut run::cargo(&["metadata", "--format-version", "1"]))?;
        let metadata: Metadata = serde_json::from_str(&told).context("cargo metadata has an unknown shape")?;
        Ok(metadata.into_graph())
    }
}

#[derive(Deserialize)]
pub struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    workspace_root: String,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: String,
    dependencies: Vec<Declared>,
}

#[derive(Deserialize)]
struct Declared {
    name: String,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Resolved>,
}

#[derive(Deserialize)]
struct Resolved {
    id: String,
    deps: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

impl Metadata {
    pub fn into_graph(self) -> Graph {
        let mut graph = Graph::default();
        for package in &self.packages {
            let ours = self.workspace_members.contains(&package.id);
            let folder = ours.then(|| folder(&package.manifest_path, &self.workspace_root));
            graph.nodes.push(Node { package: package.name.clone(), folder });
        }

        // Ours by what they declare: an optional dependency that is switched off breaks a wall all the same.
        for (from, package) in self.packages.iter().enumerate() {
            if graph.nodes[from].folder.is_some() {
                for declared in &package.dependencies {
                    let dev = declared.kind.as_deref() == Some("dev");
                    graph.declare(from, &declared.name, dev);
                }
            }
        }

        // Foreign ones by what cargo resolved: what they could also depend on does not concern us.
        let places: HashMap<&str, usize> =
            self.packages.iter().enumerate().map(|(place, package)| (package.id.as_str(), place)).collect();
        for resolved in &self.resolve.nodes {
            let Some(&from) = places.get(resolved.id.as_str()) else {
                continue;
            };
            if graph.nodes[from].folder.is_none() {
                for link in &resolved.deps {
                    let Some(&to) = places.get(link.pkg.as_str()) else {
                        continue;
                    };
                    let dev = link.dep_kinds.iter().all(|kind| kind.kind.as_deref() == Some("dev"));
                    graph.edges.push(Edge { from, to, dev });
                }
            }
        }
        graph
    }
}

impl Graph {
    fn declare(&mut self, from: usize, package: &str, dev: bool) {
        if !self.nodes.iter().any(|node| node.package == package) {
            self.nodes.push(Node { package: package.to_owned(), folder: None });
        }
        // Every version of it: the declaration does not say which one was resolved.
        let versions = self.nodes.iter().enumerate().filter(|(_, node)| node.package == package);
        self.edges.extend(versions.map(|(to, _)| Edge { from, to, dev }));
    }
}

fn folder(manifest: &str, root: &str) -> String {
    let path = manifest.strip_prefix(root).unwrap_or(manifest).replace('\\', "/");
    path.trim_start_matches('/').trim_end_matches("Cargo.toml").trim_end_matches('/').to_owned()
}

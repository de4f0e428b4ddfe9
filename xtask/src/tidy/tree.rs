//! The files of the workspace, as the rules look at them.

use std::path::Path;

use anyhow::{Context, Result};
use ignore::WalkBuilder;

use super::graph::Graph;
use super::source::{self, Line};

/// The workspace.
pub struct Tree {
    /// Every file that git would keep, in order of path.
    pub files: Vec<File>,
    pub graph: Graph,
}

/// One file.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// Empty for what is not text.
    pub text: String,
    /// The lines of a Rust file; none for other files.
    pub lines: Vec<Line>,
    /// The first line, from 0, that only tests see.
    pub tests_from: Option<usize>,
}

impl Tree {
    /// Reads the workspace.
    pub fn of_workspace(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        // Only the project's own list of ignored files counts: not what lies around the clone, and no `.git` is needed.
        let walk = WalkBuilder::new(root).hidden(false).parents(false).git_global(false).require_git(false).build();
        for entry in walk {
            let entry = entry?;
            let path = entry.path().strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            if entry.file_type().is_some_and(|kind| kind.is_file()) && !path.starts_with(".git/") {
                let bytes = std::fs::read(entry.path()).with_context(|| format!("could not read {path}"))?;
                files.push((path, String::from_utf8(bytes).unwrap_or_default()));
            }
        }
        Ok(Self::new(files, Graph::of_workspace()?))
    }

    /// Takes the files apart and finds out which of them only tests see.
    pub fn new(files: Vec<(String, String)>, graph: Graph) -> Self {
        let mut files: Vec<File> = files.into_iter().map(|(path, text)| File::new(path, text)).collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        let only_for_tests: Vec<String> = files
            .iter()
            .flat_map(|file| source::test_modules(&file.lines).into_iter().map(|name| file.module_path(&name)))
            .collect();
        for file in &mut files {
            let stem = file.path.strip_suffix(".rs").unwrap_or(&file.path);
            let under = |module: &String| stem == module || stem.starts_with(&format!("{module}/"));
            if only_for_tests.iter().any(under) {
                file.tests_from = Some(0);
            }
        }
        Self { files, graph }
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is_rust())
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let lines = if path.ends_with(".rs") { source::lines(&text) } else { Vec::new() };
        let named_for_tests = path.split('/').any(|part| part == "tests" || part == "tests.rs");
        let tests_from = if named_for_tests { Some(0) } else { source::tests_start(&lines) };
        Self { path, text, lines, tests_from }
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file exists only for tests.
    pub fn is_test(&self) -> bool {
        self.tests_from == Some(0)
    }

    /// The lines with their numbers, from 1.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Where the file of a submodule lies, without `.rs`.
    fn module_path(&self, name: &str) -> String {
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        match file {
            "mod.rs" | "lib.rs" | "main.rs" => format!("{folder}/{name}"),
            _ => format!("{folder}/{}/{name}", file.trim_end_matches(".rs")),
        }
    }
}

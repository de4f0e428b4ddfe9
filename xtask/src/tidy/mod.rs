//! `cargo xtask tidy`: the rules of the house that the compiler does not know.
//!
//! A new rule is one function from a [`Tree`] to [`Finding`]s, and one line in [`RULES`].

mod dependencies;
mod graph;
mod names;
mod papers;
mod source;
mod text;
mod time;
mod tree;
mod walls;

use std::fmt;

use anyhow::{Result, bail};

use crate::{generate, run};
use tree::Tree;

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: &[Rule] = &[
    dependencies::crates_of_ours,
    dependencies::crates_with_a_home,
    names::empty_words,
    names::file_beside_folder,
    text::length,
    text::forbidden,
    text::opening,
    time::real_clock,
    time::sleeping_tests,
    papers::dialects,
    papers::architecture,
    papers::changelog,
];

/// One place that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    advice: String,
}

impl Finding {
    /// `line` counts from 1; `advice` tells what to do about it.
    pub fn new(path: &str, line: usize, rule: &'static str, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}: {}", self.path, self.line, self.rule, self.advice)
    }
}

/// Checks everything, the generated pages too. Builds the gateway for these.
pub fn run() -> Result<()> {
    match (check_rules(), generate::check()) {
        (Err(rules), Err(pages)) => bail!("{rules:#} by the rules; generated pages: {pages:#}"),
        (rules, pages) => rules.and(pages),
    }
}

/// Checks the rules that need nothing built.
pub fn check_rules() -> Result<()> {
    let tree = Tree::of_workspace(&run::root())?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.sort();
    report(&findings)
}

/// Prints the findings. Fails when there are any.
pub fn report(findings: &[Finding]) -> Result<()> {
    for finding in findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => bail!("1 finding"),
        many => bail!("{many} findings"),
    }
}

#[cfg(test)]
mod tests;

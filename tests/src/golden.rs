//! A dialect's golden cases and endpoints, held against its published description.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::schema::Description;

/// One case of `cases/*.txt`.
#[derive(Clone, Debug)]
pub struct Case {
    /// Of the request.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The header's value, where the case has one.
    pub host: Option<String>,
    /// Status, the headers that are not JSON's, and body.
    pub answers: Vec<(u16, String, String)>,
    text: String,
}

/// All cases of the folder.
pub fn cases(dialect: &str) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for text in texts(dialect, "cases")? {
        let lines: Vec<&str> = text.lines().collect();
        let request = lines.iter().find(|line| !line.starts_with(['#', '@'])).context("no request")?;
        let (method, target) = request.split_once(' ').context("no target")?;
        let host = lines.iter().find_map(|line| line.strip_prefix("Host: "));
        let is_answer = |line: &str| line.starts_with("--- outcome") || line == "--- refused";
        let mut answers = Vec::new();
        for lines in lines.windows(3).filter(|lines| is_answer(lines[0])) {
            let (status, rest) = lines[1].split_once(' ').unwrap_or((lines[1], ""));
            answers.push((status.parse()?, rest.to_owned(), lines[2].to_owned()));
        }
        cases.push(Case {
            method: method.to_owned(),
            path: target.split('?').next().unwrap_or_default().to_owned(),
            host: host.map(str::to_owned),
            answers,
            text: text.clone(),
        });
    }
    Ok(cases)
}

/// Cases of a folder as they are kept.
fn texts(dialect: &str, folder: &str) -> Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/dialect/src").join(dialect).join(folder);
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = std::fs::read_to_string(path)?;
            texts.extend(text.trim_end().split("\n=====\n").map(str::to_owned));
        }
    }
    Ok(texts)
}

impl Case {
    /// Holds each answer against the description of `path`. Where the path or the method is not served it can be described
    /// no further than by the schema named.
    pub fn check(&self, description: &Description, path: &str, error: &str) -> Result<usize> {
        for (status, headers, body) in &self.answers {
            let checked = match status {
                404 | 405 => description.check_named(error, &serde_json::from_str(body)?),
                // The bytes of a picture are not among the cases.
                _ if headers.contains("content-type") => Ok(()),
                _ => description.check(&self.method, path, *status, body.as_bytes()),
            };
            checked.with_context(|| self.text.clone())?;
        }
        Ok(self.answers.len())
    }
}

/// Holds every golden webhook against a schema; how many there are.
pub fn check_notices(dialect: &str, description: &Description, schema: &str) -> Result<usize> {
    let mut checked = 0;
    for text in texts(dialect, "cases/notices")? {
        // A notice made up for debugging is its maker's.
        if text.contains("debug.published") {
            continue;
        }
        let Some((_, body)) = text.split_once("\n--- notice\n") else { continue };
        let body: Value = serde_json::from_str(body.trim())?;
        description.check_named(schema, &body).with_context(|| text.clone())?;
        checked += 1;
    }
    Ok(checked)
}

/// Fails when something is served that is not described, or described that is not served.
pub fn check_endpoints(dialect: &str, description: &Description) -> Result<()> {
    let described: BTreeSet<_> = description.operations().into_iter().collect();
    let dialect = sluice_dialect::named(dialect).context("no such dialect")?;
    let served = dialect.endpoints().iter().map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned()));
    let served: BTreeSet<_> = served.collect();
    let only_served: Vec<_> = served.difference(&described).collect();
    let only_described: Vec<_> = described.difference(&served).collect();
    ensure!(only_served.is_empty() && only_described.is_empty(), "{only_served:?}\n{only_described:?}");
    Ok(())
}

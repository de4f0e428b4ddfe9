//! Wappi's description: it lists what is served, and every golden answer and webhook is one that it describes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use sluice_tests::schema::Description;

/// The dialect's own.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/dialect/src/wappi")
}

/// The golden cases of a folder, each as its lines.
fn cases(folder: &str) -> Result<Vec<Vec<String>>> {
    let folder = self::folder().join(folder);
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = std::fs::read_to_string(path)?;
            let lines = |case: &str| case.lines().map(str::to_owned).collect();
            cases.extend(text.split("\n=====\n").map(lines));
        }
    }
    Ok(cases)
}

#[test]
fn what_is_served_is_described_and_what_is_described_is_served() -> Result<()> {
    let described: BTreeSet<_> = Description::of_dialect("wappi")?.operations().into_iter().collect();
    let dialect = sluice_dialect::named("wappi").context("no such dialect")?;
    let served = dialect.endpoints().iter().map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned()));
    let served: BTreeSet<_> = served.collect();
    let only_served: Vec<_> = served.difference(&described).collect();
    let only_described: Vec<_> = described.difference(&served).collect();
    assert!(only_served.is_empty() && only_described.is_empty(), "{only_served:?}\n{only_described:?}");
    Ok(())
}

#[tokio::test]
async fn the_description_is_served_to_everybody() -> Result<()> {
    let gateway = sluice_tests::Gateway::demo().await?;
    let served = gateway.http.get(format!("{}/api/openapi.yaml", gateway.base())).send().await?.error_for_status()?;
    ensure!(served.headers()["content-type"] == "application/yaml");
    let kept = std::fs::read_to_string(folder().join("openapi.yaml"))?;
    ensure!(served.text().await? == kept, "another description");
    Ok(())
}

#[test]
fn every_golden_answer_is_described() -> Result<()> {
    let description = Description::of_dialect("wappi")?;
    let mut checked = 0;
    for case in cases("cases")? {
        let request = case.iter().find(|line| !line.starts_with(['#', '@'])).context("no request")?;
        let (method, target) = request.split_once(' ').context("no target")?;
        let path = target.split('?').next().unwrap_or_default();
        let answers = case.windows(3).filter(|lines| lines[0].starts_with("--- outcome") || lines[0] == "--- refused");
        for lines in answers {
            let status: u16 = lines[1].split(' ').next().unwrap_or_default().parse()?;
            // A path or a method that is not there can be described no further.
            if !matches!(status, 404 | 405) {
                description.check(method, path, status, lines[2].as_bytes()).with_context(|| case.join("\n"))?;
                checked += 1;
            }
        }
    }
    ensure!(checked > 200, "only {checked} answers were found");
    Ok(())
}

#[test]
fn every_golden_webhook_is_described() -> Result<()> {
    let description = Description::of_dialect("wappi")?;
    let mut checked = 0;
    for case in cases("cases/notices")? {
        // A notice made up for debugging is its maker's.
        if case.iter().any(|line| line.contains("debug.published")) {
            continue;
        }
        let Some(body) = case.iter().find(|line| line.starts_with("{\"messages\":")) else { continue };
        let body = serde_json::from_str(body)?;
        description.check_named("Webhook", &body).with_context(|| case[0].clone())?;
        checked += 1;
    }
    ensure!(checked > 30, "only {checked} webhooks were found");
    Ok(())
}

//! `openapi.yaml` of the dialect `green_api` against its table and its golden cases.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use http::Method;
use serde_json::Value;
use sluice_dialect::{Route, Router};
use sluice_tests::schema::Description;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/dialect/src/green_api/cases")
}

/// The cases of a folder by their names.
fn cases(folder: &Path) -> Result<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let name = path.file_stem().context("a name")?.to_string_lossy().into_owned();
        all.push((name, serde_json::from_slice(&std::fs::read(path)?)?));
    }
    ensure!(!all.is_empty(), "{} is empty", folder.display());
    Ok(all)
}

/// A golden body: text where it was no JSON.
fn body(golden: &Value) -> String {
    match &golden["body"] {
        Value::String(text) if text.is_empty() => String::new(),
        body => body.to_string(),
    }
}

#[test]
fn every_method_is_described_and_nothing_else() -> Result<()> {
    let description = Description::of_dialect("green_api")?;
    let dialect = sluice_dialect::named("green_api").context("the dialect")?;
    let served: Vec<_> = dialect
        .endpoints()
        .iter()
        .filter(|endpoint| !endpoint.path.starts_with("/v3"))
        .map(|endpoint| (endpoint.method.to_string(), endpoint.path.to_owned()))
        .collect();
    let described = description.operations();
    for one in &served {
        ensure!(described.contains(one), "{one:?} is not described");
    }
    for one in &described {
        ensure!(served.contains(one), "{one:?} is not served");
    }
    Ok(())
}

#[test]
fn every_golden_answer_is_as_described() -> Result<()> {
    let description = Description::of_dialect("green_api")?;
    let dialect = sluice_dialect::named("green_api").context("the dialect")?;
    let mut checked = 0;
    for (name, case) in cases(&folder().join("answers"))? {
        let method = name.split('_').next().unwrap_or_default();
        let endpoint = dialect.endpoints().iter().find(|endpoint| endpoint.name == method).context(name.clone())?;
        let (answer, path) = (&case["answer"], endpoint.path);
        // The cases' outcomes are given without the call that led to them.
        if ["setDisappearingChat"].contains(&name.as_str()) {
            continue;
        }
        let status = u16::try_from(answer["status"].as_u64().context("status")?)?;
        let body = if answer.get("body").is_some() { body(answer) } else { String::new() };
        description.check(endpoint.method.as_str(), path, status, body.as_bytes()).context(name)?;
        checked += 1;
    }
    ensure!(checked > 80, "{checked}");
    Ok(())
}

#[test]
fn every_golden_refusal_is_as_described() -> Result<()> {
    let description = Description::of_dialect("green_api")?;
    let router = Router::new(sluice_dialect::ALL);
    let mut checked = 0;
    for (name, case) in cases(&folder().join("calls"))? {
        let Some(status) = case["read"]["status"].as_u64() else { continue };
        let (verb, target) = case["call"].as_str().and_then(|call| call.split_once(' ')).context("a call")?;
        let (verb, path) = (verb.parse::<Method>()?, target.split('?').next().unwrap_or_default());
        let Route::Endpoint { endpoint, .. } = router.route(&verb, path) else { anyhow::bail!("{name} is not routed") };
        description
            .check(verb.as_str(), endpoint.path, u16::try_from(status)?, body(&case["read"]).as_bytes())
            .context(name)?;
        checked += 1;
    }
    ensure!(checked > 20, "{checked}");
    Ok(())
}

#[test]
fn every_golden_notification_is_as_described() -> Result<()> {
    let description = Description::of_dialect("green_api")?;
    let mut checked = 0;
    for (name, case) in cases(&folder().join("notices"))? {
        let told = &case["notice"];
        if told.is_null() || name.starts_with("debug_") {
            continue;
        }
        description.check_named("Notification", told).context(name)?;
        checked += 1;
    }
    ensure!(checked > 40, "{checked}");
    Ok(())
}

//! Wahelp's description: it lists what is served, and every golden answer and webhook is one that it describes.

use anyhow::{Context, Result, ensure};
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, golden};

#[test]
fn what_is_served_is_described_and_every_golden_answer_is() -> Result<()> {
    let description = Description::of_dialect("wahelp")?;
    golden::check_endpoints("wahelp", &description)?;
    let mut checked = 0;
    for case in golden::cases("wahelp")? {
        let path = format!("/{}", case.path.split('/').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("/"));
        for (status, _, body) in &case.answers {
            // What is not served can be described no further.
            let told = match status {
                404 | 405 | 501 => description.check_named("Refused", &serde_json::from_str(body)?),
                _ => description.check(&case.method, &path, *status, body.as_bytes()),
            };
            told.with_context(|| format!("{} {path}", case.method))?;
            checked += 1;
        }
    }
    ensure!(checked > 100, "only {checked} answers were found");
    let notices = golden::check_notices("wahelp", &description, "Notice")?;
    ensure!(notices > 25, "only {notices} webhooks were found");
    Ok(())
}

#[tokio::test]
async fn the_description_is_served_to_everybody_under_both_prefixes() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let kept = include_str!("../../crates/dialect/src/wahelp/openapi.yaml");
    for prefix in ["/api/app", "/app"] {
        let url = format!("{}{prefix}/openapi.yaml", gateway.base());
        let served = gateway.http.get(url).send().await?.error_for_status()?;
        ensure!(served.headers()["content-type"] == "application/yaml");
        ensure!(served.text().await? == kept, "another description");
    }
    Ok(())
}

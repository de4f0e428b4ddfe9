//! The phone's description: it lists what is served, and every golden answer is one that it describes.

use anyhow::{Context, Result, ensure};
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, golden};

#[test]
fn what_is_served_is_described_and_every_golden_answer_is() -> Result<()> {
    let description = Description::of_dialect("phone")?;
    golden::check_endpoints("phone", &description)?;
    let mut checked = 0;
    for case in golden::cases("phone")? {
        for (status, headers, body) in &case.answers {
            let told = match status {
                404 | 405 => description.check_named("Error", &serde_json::from_str(body)?),
                // A page has more lines than one.
                _ if headers.contains("text/html") => continue,
                _ => description.check(&case.method, &case.path, *status, body.as_bytes()),
            };
            told.with_context(|| format!("{} {}", case.method, case.path))?;
            checked += 1;
        }
    }
    ensure!(checked > 50, "only {checked} answers were found");
    Ok(())
}

#[tokio::test]
async fn the_description_is_served_to_everybody() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let url = format!("{}/device/v1/openapi.yaml", gateway.base());
    let served = gateway.http.get(url).send().await?.error_for_status()?;
    ensure!(served.headers()["content-type"] == "application/yaml");
    let kept = include_str!("../../crates/dialect/src/phone/openapi.yaml");
    ensure!(served.text().await? == kept, "another description");
    Ok(())
}

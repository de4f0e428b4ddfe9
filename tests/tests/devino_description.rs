//! Devino's description: it lists what is served, every golden answer and callback is one that it describes, and so is
//! every answer to a random call (trial 13, small).

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};
use sluice_tests::devino::Company;
use sluice_tests::random::Random;
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, golden};

const SEED: u64 = 13;

const NAMES: [&str; 14] = [
    "messages",
    "from",
    "to",
    "text",
    "contentUrl",
    "contentName",
    "contentType",
    "validity",
    "callbackUrl",
    "callbackData",
    "templateId",
    "templateParams",
    "languageCode",
    "1",
];

#[test]
fn what_is_served_is_described_and_so_is_every_golden_answer() -> Result<()> {
    let description = Description::of_dialect("devino")?;
    golden::check_endpoints("devino", &description)?;
    let mut checked = 0;
    for case in golden::cases("devino")? {
        checked += case.check(&description, &case.path, "Refusal")?;
    }
    ensure!(checked > 30, "only {checked} answers were found");
    let notices = golden::check_notices("devino", &description, "Notice")?;
    ensure!(notices > 20, "only {notices} notices were found");
    Ok(())
}

#[tokio::test]
async fn the_description_is_served_to_everybody() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let url = format!("{}/whatsapp/openapi.yaml", gateway.base());
    let served = gateway.http.get(url).send().await?.error_for_status()?;
    ensure!(served.headers()["content-type"] == "application/yaml");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/dialect/src/devino/openapi.yaml");
    ensure!(served.text().await? == std::fs::read_to_string(folder)?, "another description");
    Ok(())
}

/// What stands under a name when it is meant well.
fn good(name: &str, from: &str, random: &mut Random) -> Value {
    match name {
        "from" => json!(from),
        "to" => json!(random.of(&["79001112233", "+79990000408", "79990000404", "79990000429", "79990000504"])),
        "contentUrl" | "callbackUrl" => json!(random.of(&["http://127.0.0.1:9/x.png", "https://h.invalid/cb?a=1"])),
        "contentName" => json!("x.pdf"),
        "contentType" => json!(random.of(&["image/png", "application/pdf", "auidio/ogg"])),
        "validity" => json!(random.of(&[60, 86_400])),
        "templateId" => json!(random.of(&["account_activated", "unknown"])),
        "templateParams" => json!({"1": "a", "2": "b"}),
        "languageCode" => json!(random.of(&["ru", "EN", "pt_BR"])),
        _ => json!("word"),
    }
}

fn message(from: &str, random: &mut Random) -> Value {
    if random.one_in(20) {
        return random.odd(&NAMES, 2);
    }
    let mut names = vec!["from", "to", "text"];
    names.extend((0..random.below(5)).map(|_| *random.of(&NAMES)));
    names.retain(|_| !random.one_in(12));
    let mut members = Map::new();
    for name in names {
        let value = if random.one_in(8) { random.odd(&NAMES, 2) } else { good(name, from, random) };
        members.insert(name.to_owned(), value);
    }
    members.into()
}

fn body(from: &str, random: &mut Random) -> String {
    match random.below(14) {
        0 => random.broken_body(),
        1 => random.odd(&NAMES, 3).to_string(),
        2 => json!({ "messages": random.odd(&NAMES, 1) }).to_string(),
        3 => json!({ "messages": vec![message(from, random); 95 + random.below(10)] }).to_string(),
        _ => {
            json!({ "messages": (0..=random.below(4)).map(|_| message(from, random)).collect::<Vec<_>>() }).to_string()
        }
    }
}

#[tokio::test]
async fn a_thousand_random_calls_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let mut random = Random::seeded(SEED);
    let (mut tally, mut verdicts) = (BTreeMap::<u16, usize>::new(), BTreeMap::<String, usize>::new());
    for number in 0..sluice_tests::random::requests() {
        let (method, path) = match random.below(12) {
            0 => ("GET", "/billing-api/companies/current/account"),
            _ => ("POST", "/whatsapp/messages"),
        };
        let shown = match random.below(30) {
            0 => None,
            1 => Some("Basic d3Jvbmc6d3Jvbmc=".to_owned()),
            2 => Some("Key wrong".to_owned()),
            _ => Some(company.key()),
        };
        let body = body(&company.from, &mut random);
        let told = || format!("seed {SEED}, call {number}: {method} {path} {body}");
        let (status, answer) = company.call(method, path, shown.as_deref(), &body).await.with_context(told)?;
        if status >= 500 {
            bail!("{status} {answer}: {}", told());
        }
        *tally.entry(status).or_default() += 1;
        for verdict in answer["result"].as_array().into_iter().flatten() {
            *verdicts.entry(verdict["code"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    println!("answers by status: {tally:?}, by verdict: {verdicts:?}");
    // Random calls that are all refused would say little.
    assert!(tally[&200] > sluice_tests::random::requests() / 2, "{tally:?}");
    assert!(
        verdicts["OK"] > sluice_tests::random::requests() / 4
            && verdicts["REJECTED"] > sluice_tests::random::requests() / 4,
        "{verdicts:?}"
    );
    Ok(())
}

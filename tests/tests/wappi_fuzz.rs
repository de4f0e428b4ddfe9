//! Trial 13 on Wappi, small: seeded random requests over every endpoint of the built binary. No answer is a 5xx, none is
//! outside of the published description.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::random::{LANES, Random, Tally, in_lanes, requests};
use sluice_tests::schema::Description;
use sluice_tests::wappi::Profile;

const SEED: u64 = 13;

const NAMES: [&str; 44] = [
    "recipient",
    "body",
    "chat_id",
    "b64_file",
    "url",
    "phone",
    "name",
    "message_id",
    "latitude",
    "longitude",
    "caption",
    "poll_options",
    "poll_select_count",
    "buttons",
    "filter",
    "participants",
    "participant",
    "group_id",
    "wh_types",
    "webhook_types",
    "pwd_code",
    "auth_code",
    "profile_uuid",
    "tariff_id",
    "task_id",
    "limit",
    "offset",
    "date",
    "order",
    "timeout_from",
    "timeout_to",
    "ttl",
    "proxy",
    "manager",
    "bot_id",
    "mark_all",
    "file_name",
    "as_file",
    "gift_id",
    "description",
    "user_id",
    "contact",
    "id",
    "quoted_message_id",
];

/// What stands under a name when it is meant well.
fn good(name: &str, random: &mut Random, known: &[String]) -> Value {
    match name {
        "recipient" | "chat_id" | "participant" | "user_id" | "contact" => {
            let people = [
                "79115554444",
                "79991112233@c.us",
                "79990000404",
                "79990000500",
                "98727543",
                "@ann",
                "120363025246125486@g.us",
            ];
            json!(random.of(&people))
        }
        "phone" => json!(random.of(&["79115554444", "+7 911 555-44-44", "79990000404"])),
        "message_id" | "quoted_message_id" | "id" if !known.is_empty() => json!(random.of(known)),
        "b64_file" => json!("iVBORw0KGgo="),
        "url" => json!("http://127.0.0.1:9/none.png"),
        "latitude" | "longitude" => json!(12.5),
        "poll_options" => json!(["a", "b"]),
        "buttons" => json!([{"id": "1", "body": "a"}]),
        "filter" => json!({"ids": ["79115554444"]}),
        "participants" => json!(["79115554444", "79991112233"]),
        "group_id" => json!("120363025246125486@g.us"),
        "wh_types" | "webhook_types" => json!(["incoming_message"]),
        "date" => json!("2024-10-21T11:27:57"),
        "order" => json!(random.of(&["asc", "desc", ""])),
        "proxy" => json!("127.0.0.1:3128"),
        "manager" => json!({"id": "7"}),
        "limit" | "offset" | "poll_select_count" | "tariff_id" | "gift_id" | "timeout_from" | "timeout_to" => {
            json!(random.below(20))
        }
        "as_file" | "mark_all" => json!(random.one_in(2)),
        _ => json!("word"),
    }
}

fn value(name: &str, random: &mut Random, known: &[String]) -> Value {
    if random.one_in(5) { random.odd(&NAMES, 2) } else { good(name, random, known) }
}

fn body(random: &mut Random, known: &[String]) -> Option<String> {
    match random.below(12) {
        0 => None,
        1 => Some("recipient=79115554444&body=a+b".to_owned()),
        2 => Some(random.broken_body()),
        3 => Some(random.odd(&NAMES, 3).to_string()),
        _ => {
            // Most calls need some of these.
            let mut names =
                vec!["recipient", "body", "message_id", "name", "phone", "url", "b64_file", "latitude", "longitude"];
            names.extend((0..random.below(6)).map(|_| *random.of(&NAMES)));
            names.retain(|_| !random.one_in(8));
            let members = names.into_iter().map(|name| (name.to_owned(), value(name, random, known)));
            Some(members.collect::<serde_json::Map<_, _>>().into_iter().collect::<Value>().to_string())
        }
    }
}

fn query(random: &mut Random, known: &[String]) -> Vec<(String, String)> {
    let mut names: Vec<&str> = (0..random.below(5)).map(|_| *random.of(&NAMES)).collect();
    if random.one_in(2) {
        names.extend([
            "name",
            "phone",
            "url",
            "message_id",
            "chat_id",
            "group_id",
            "proxy",
            "user_id",
            "contact",
            "id",
        ]);
    }
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut query: Vec<_> = names.into_iter().map(|name| (name.to_owned(), text(value(name, random, known)))).collect();
    // Nobody here wants to wait for a messenger that is busy.
    query.push(("timeout".to_owned(), "1".to_owned()));
    query
}

/// A profile that is logged in, with something in it; the ids of its messages.
async fn fresh<'g>(gateway: &'g Gateway, base: &'static str, name: &str) -> Result<(Profile<'g>, Vec<String>)> {
    let profile = Profile::logged_in(gateway, base, name).await?;
    let account = profile.account().await?;
    let mut known = Vec::new();
    let levers = [
        ("receive", json!({"from": "79991112233", "text": "hi {n}", "count": 3})),
        ("receive", json!({"from": "79115554444", "kind": "image"})),
        ("receive", json!({"from": "79115554444", "kind": "poll"})),
        ("receive", json!({"from": "79115554444", "kind": "contact"})),
        ("receive", json!({"from": "79115554444", "kind": "location"})),
        ("receive", json!({"chat": "79115554444", "from_phone": true, "kind": "voice"})),
    ];
    for (lever, body) in levers {
        let answer = gateway.sandbox_of(&account, lever, body).await?;
        known.extend(answer["remote"].as_str().map(str::to_owned));
    }
    Ok((profile, known))
}

async fn lane(gateway: &Gateway, lane: usize) -> Result<Tally> {
    let mut random = Random::seeded(SEED ^ (lane as u64) << 32);
    let operations = Description::of_dialect("wappi")?.operations();
    let mut profiles = BTreeMap::new();
    for base in ["api", "tapi", "maxapi", "botapi"] {
        profiles.insert(base, fresh(gateway, base, &format!("{base} {lane}")).await?);
    }
    let mut tally = Tally::new();
    for number in 0..requests() / LANES {
        // Each endpoint in its turn, and the rest by chance: none is left out.
        let (method, path) = &operations[(number * LANES + lane) % operations.len()];
        let base = path.split('/').nth(1).unwrap_or_default();
        let (profile, known) = profiles.get(base).or_else(|| profiles.get("api")).context("no profile")?;
        let mut query = query(&mut random, known);
        match random.below(12) {
            0 => query.push(("profile_id".to_owned(), random.odd(&NAMES, 0).to_string())),
            1 => {}
            _ => query.push(("profile_id".to_owned(), profile.id.clone())),
        }
        let body = if method == "POST" { body(&mut random, known) } else { None };
        let token = if random.one_in(40) { "wrong" } else { gateway.word("/wappi/token") };
        let request =
            gateway.http.request(method.parse()?, format!("{}{path}", gateway.base())).header("authorization", token);
        let response = request.query(&query).body(body.clone().unwrap_or_default()).send().await?;
        let status = response.status().as_u16();
        let answer = response.bytes().await?;
        let told = || format!("seed {SEED}, lane {lane}, request {number}: {method} {path} {query:?} {body:?}");
        if status >= 500 {
            bail!("{status} {}: {}", String::from_utf8_lossy(&answer), told());
        }
        profile.description.check(method, path, status, &answer).with_context(told)?;
        *tally.entry(status).or_default() += 1;
        let is_gone = ["profile/delete", "profile/logout"].iter().any(|end| path.ends_with(end));
        if is_gone
            && status == 200
            && let Some(base) = ["api", "tapi", "maxapi", "botapi"].into_iter().find(|one| *one == base)
        {
            profiles.insert(base, fresh(gateway, base, &format!("{base} {lane} since {number}")).await?);
        }
    }
    Ok(tally)
}

#[tokio::test]
async fn a_thousand_random_requests_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let tally = in_lanes(async |number| lane(&gateway, number).await).await?;
    println!("answers by status: {tally:?}");
    Ok(())
}

//! Trial 13 on the phone's face, small: seeded random requests over every endpoint of the built binary. No answer is a 5xx, none
//! is outside of the published description.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::random::Random;
use sluice_tests::schema::Description;

const SEED: u64 = 13;

const NAMES: [&str; 38] = [
    "max",
    "wait_s",
    "lease_s",
    "install_id",
    "boot_id",
    "have",
    "health",
    "protocol",
    "results",
    "id",
    "lease_id",
    "seq",
    "state",
    "reason",
    "evidence",
    "events",
    "eid",
    "type",
    "chat",
    "sender",
    "text",
    "raw",
    "post_ms",
    "key",
    "media_id",
    "status",
    "ticks",
    "title",
    "package",
    "messages",
    "screen",
    "busy",
    "number",
    "pacing",
    "poll_ms",
    "code",
    "queue",
    "session",
];

/// What stands under a name when it is meant well.
fn good(name: &str, random: &mut Random, known: &[String]) -> Value {
    match name {
        "max" => json!(random.below(25)),
        // Nobody here wants to wait.
        "wait_s" => json!(0),
        "lease_s" | "seq" | "queue" => json!(random.below(200)),
        "poll_ms" => json!(200 + random.below(1_000)),
        "post_ms" => json!(1_729_499_277_000_i64),
        "id" if !known.is_empty() => json!(random.of(known)),
        "have" => json!([{"id": good("id", random, known), "state": "sent"}]),
        "health" => json!({"screen": random.one_in(2), "battery": random.below(120), "session": "ok"}),
        "results" => (0..1 + random.below(3)).map(|_| result(random, known)).collect(),
        "events" => (0..1 + random.below(3)).map(|_| event(random)).collect(),
        "state" => json!(random.of(&["sending", "sent", "failed", "retry", "delivered", "read", "cancelled", "ready"])),
        "reason" => json!(random.of(&["chat_not_opened", "invalid", "busy", "not_found", "media_failed"])),
        "status" => json!(random.of(&["1", "2", "3"])),
        "ticks" => json!(random.of(&["clock", "one", "two", "blue", "unknown"])),
        "type" => json!(random.of(&["notification", "message", "receipt", "call"])),
        "package" => json!(random.of(&["com.whatsapp", "com.whatsapp.w4b", "com.bank"])),
        "chat" | "sender" => json!({"name": "Ann", "number": "+79991112233"}),
        "raw" => json!({"title": "Ann", "text": "hi", "messages": ["one", {"text": "two", "time": 7}]}),
        "evidence" => json!({"ui": "entry"}),
        "pacing" => json!({"quiet_h": [0, 0]}),
        "number" => json!("79991112233"),
        _ => json!("word"),
    }
}

fn result(random: &mut Random, known: &[String]) -> Value {
    let mut result = serde_json::Map::new();
    for name in ["id", "lease_id", "seq", "state", "reason", "evidence"] {
        if name == "id" || name == "state" || random.one_in(2) {
            result.insert(name.to_owned(), value(name, random, known));
        }
    }
    result.into()
}

fn event(random: &mut Random) -> Value {
    let mut event = json!({"eid": format!("e{}", random.below(300))});
    for name in ["type", "chat", "text", "raw", "post_ms", "key", "state", "id"] {
        if name == "type" || random.one_in(2) {
            event[name] = value(name, random, &[]);
        }
    }
    event
}

fn value(name: &str, random: &mut Random, known: &[String]) -> Value {
    if random.one_in(8) { random.odd(&NAMES, 2) } else { good(name, random, known) }
}

fn body(random: &mut Random, known: &[String], usual: &[&str]) -> String {
    if random.one_in(12) {
        return random.broken_body();
    }
    let mut names = usual.to_vec();
    names.extend((0..random.below(3)).map(|_| *random.of(&NAMES)));
    let members = names.into_iter().map(|name| (name.to_owned(), value(name, random, known)));
    members.collect::<Value>().to_string()
}

/// The members that most calls to the path need.
fn usual(path: &str) -> &'static [&'static str] {
    match path.rsplit('/').next().unwrap_or_default() {
        "claim" => &["install_id", "have", "health"],
        "results" => &["results"],
        "events" => &["events"],
        "heartbeat" => &["health"],
        "result" => &["id", "status"],
        "check" => &["id", "ticks"],
        "notification" => &["package", "title", "text", "key", "post_ms"],
        "settings" => &["pacing", "poll_ms"],
        "renew" | "release" => &["lease_s"],
        _ => &[],
    }
}

#[tokio::test]
async fn a_thousand_random_requests_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (account, token) = (gateway.word("/phone/account"), gateway.word("/phone/device_token"));
    let name = account.trim_start_matches("acc_");
    let key = json!({"name": "operator", "dialect": "phone", "scopes": ["manage"]});
    let (_, key) = gateway.native(Method::POST, "/v1/keys", Some(key)).await?;
    let operator = key["token"].as_str().context("no token")?;
    for number in 0..40 {
        let body = json!({"to": format!("7999111{number:04}"), "text": "hello"});
        gateway.native(Method::POST, &format!("/v1/accounts/{account}/messages"), Some(body)).await?;
    }
    let description = Description::of_dialect("phone")?;
    // Without a phone or with another token there is nothing left to ask.
    let ends = ["/device/v1/logout", "/unpair", "/token/rotate"];
    let mut operations = description.operations();
    operations.retain(|(_, path)| !ends.iter().any(|end| path.ends_with(end)));
    let mut random = Random::seeded(SEED);
    let mut known: Vec<String> = Vec::new();
    let mut tally = BTreeMap::<u16, usize>::new();
    for number in 0..sluice_tests::random::requests() {
        let (method, pattern) = &operations[number % operations.len()];
        let shown = if random.one_in(30) { "wrong" } else { token };
        let lease = known.first().map_or("0011223344556677", String::as_str);
        let path = pattern.replace("{token}", shown).replace("{account}", name).replace("{lease}", lease);
        let bearer = if pattern.contains("{account}") { operator } else { shown };
        let body = body(&mut random, &known, usual(pattern));
        let mut request =
            gateway.http.request(method.parse()?, format!("{}{path}", gateway.base())).bearer_auth(bearer);
        if method == "GET" {
            let names = usual(pattern).iter().chain(["screen", "busy"].iter());
            let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let query: Vec<_> = names.map(|name| (*name, text(value(name, &mut random, &known)))).collect();
            request = request.query(&query);
        } else {
            request = request.body(body.clone());
        }
        if pattern == "/device/v1/register" {
            request = request.header("authorization", "Code ABCD2345");
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let answer = response.bytes().await?;
        let told = || format!("seed {SEED}, request {number}: {method} {pattern} {body}");
        if status >= 500 {
            bail!("{status} {}: {}", String::from_utf8_lossy(&answer), told());
        }
        description.check(method, &path, status, &answer).with_context(told)?;
        if let Ok(answer) = serde_json::from_slice::<Value>(&answer) {
            let ids = [&answer["items"][0]["id"], &answer["id"]];
            known.extend(ids.into_iter().filter_map(Value::as_str).map(str::to_owned));
        }
        *tally.entry(status).or_default() += 1;
    }
    println!("answers by status: {tally:?}");
    // Random requests that are all refused would say little.
    assert!(tally[&200] > sluice_tests::random::requests() / 4, "{tally:?}");
    Ok(())
}

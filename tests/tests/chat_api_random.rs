//! Trial 13 on chat-api.com, small: seeded random requests over every endpoint but the one that ends the login. No answer is a
//! 5xx, none is outside of the published description.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::chat_api::Client;
use sluice_tests::random::Random;

const SEED: u64 = 13;
const NAMES: [&str; 30] = [
    "phone",
    "chatId",
    "body",
    "filename",
    "caption",
    "audio",
    "title",
    "contactId",
    "vcard",
    "lat",
    "lng",
    "messageId",
    "quotedMsgId",
    "mentionedPhones",
    "lastMessageNumber",
    "last",
    "limit",
    "min_time",
    "page",
    "count",
    "groupName",
    "phones",
    "groupId",
    "participantPhone",
    "duration",
    "on",
    "sendDelay",
    "ackNotificationsOn",
    "accountStatus",
    "oldMessagesPeriod",
];

fn good(name: &str, random: &mut Random, known: &[String]) -> Value {
    match name {
        "phone" | "chatId" | "participantPhone" => {
            json!(random.of(&["79991110001", "79990000404", "79991112233@c.us", "120363025246125486@g.us"]))
        }
        "groupId" => json!("120363025246125486@g.us"),
        "contactId" | "phones" | "mentionedPhones" => json!(["79991110001", "79991112233@c.us"]),
        "messageId" | "quotedMsgId" if !known.is_empty() => json!(random.of(known)),
        "audio" => json!("data:audio/ogg;base64,T2dnUw=="),
        "vcard" => json!("BEGIN:VCARD\nFN:Ann\nEND:VCARD"),
        "lat" | "lng" => json!("12.5"),
        "lastMessageNumber" | "limit" | "min_time" | "page" | "count" | "duration" | "sendDelay"
        | "oldMessagesPeriod" => json!(random.below(20)),
        "last" | "on" | "ackNotificationsOn" => json!(random.one_in(2)),
        _ => json!("word"),
    }
}

fn arguments(random: &mut Random, known: &[String]) -> serde_json::Map<String, Value> {
    let mut names = vec![
        "phone",
        "body",
        "messageId",
        "filename",
        "audio",
        "lat",
        "lng",
        "contactId",
        "vcard",
        "groupId",
        "participantPhone",
        "groupName",
        "phones",
        "accountStatus",
    ];
    names.extend((0..random.below(6)).map(|_| *random.of(&NAMES)));
    names.retain(|_| !random.one_in(8));
    let value = |name: &str, random: &mut Random| {
        if random.one_in(8) { random.odd(&NAMES, 2) } else { good(name, random, known) }
    };
    names.into_iter().map(|name| (name.to_owned(), value(name, random))).collect()
}

#[tokio::test]
async fn a_thousand_random_requests_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let operations: Vec<_> =
        client.description.operations().into_iter().filter(|(_, path)| !path.ends_with("/logout")).collect();
    let mut random = Random::seeded(SEED);
    let mut tally: BTreeMap<u16, usize> = BTreeMap::new();
    let mut known: Vec<String> = Vec::new();
    for number in 0..sluice_tests::random::requests() {
        let (method, pattern) = &operations[number % operations.len()];
        let instance = if random.one_in(30) { "199999" } else { gateway.word("/chat_api/instance") };
        let path = pattern.replace("{id}", instance);
        let token = if random.one_in(40) { "wrong" } else { gateway.word("/chat_api/token") };
        let arguments = arguments(&mut random, &known);
        let (mut query, mut body) = (vec![("token".to_owned(), token.to_owned())], String::new());
        match random.below(8) {
            0 => body = random.broken_body(),
            1 => body = random.odd(&NAMES, 3).to_string(),
            2 => query.extend(
                arguments
                    .into_iter()
                    .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))),
            ),
            _ => body = Value::Object(arguments).to_string(),
        }
        let request = gateway.http.request(method.parse()?, format!("{}{path}", gateway.base()));
        let response = request.query(&query).body(body.clone()).send().await?;
        let status = response.status().as_u16();
        let told = response.bytes().await?;
        let case = || format!("seed {SEED}, request {number}: {method} {path} {query:?} {body}");
        ensure!(status < 500, "{status} {}: {}", String::from_utf8_lossy(&told), case());
        client.description.check(method, &path, status, &told).with_context(case)?;
        if let Ok(told) = serde_json::from_slice::<Value>(&told) {
            known.extend(told["id"].as_str().filter(|id| id.starts_with("true_")).map(str::to_owned));
        }
        *tally.entry(status).or_default() += 1;
        // A session that is being opened again answers no question: 504, as the README has it.
        if ["/reboot", "/takeover", "/retry"].iter().any(|method| path.ends_with(method)) {
            until_open(&gateway).await?;
        }
    }
    println!("answers by status: {tally:?}; {} messages taken", known.len());
    assert!(tally[&200] > sluice_tests::random::requests() / 4 && known.len() > 50, "{tally:?}");
    Ok(())
}

async fn until_open(gateway: &Gateway) -> Result<()> {
    let path = format!("/v1/accounts/{}", gateway.account());
    for _ in 0..2_000 {
        let (_, account) = gateway.native(reqwest::Method::GET, &path, None).await?;
        if account["state"] == "open" {
            return Ok(());
        }
        // tidy: real time because another process is waited for
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    anyhow::bail!("the account is not opened again")
}

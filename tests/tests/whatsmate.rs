//! WhatsMate through the built binary: every path, credentials, limits, groups by their names, incoming messages, trial 13.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::answer;
use sluice_tests::random::Random;
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, Receiver, golden};

const PATIENCE: Duration = Duration::from_secs(30);
/// Whom groups are asked for by.
const BOSS: &str = "79991110009";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";

struct Client<'g> {
    gateway: &'g Gateway,
    description: Description,
}

impl<'g> Client<'g> {
    fn new(gateway: &'g Gateway) -> Result<Self> {
        Ok(Self { gateway, description: Description::of_dialect("whatsmate")? })
    }

    /// Sends by the demo's instance; fails when the answer is not as described.
    async fn send(&self, path: &str, body: Value) -> Result<(u16, Value)> {
        let path = format!("/v3/whatsapp/{path}/message/{}", self.gateway.word("/whatsmate/instance"));
        self.post(&path, &path, body).await
    }

    /// `described` is the path without percent signs.
    async fn post(&self, path: &str, described: &str, body: Value) -> Result<(u16, Value)> {
        let request = self.gateway.http.post(format!("{}{path}", self.gateway.base()));
        let request = request.header("X-WM-CLIENT-ID", self.gateway.word("/whatsmate/client_id"));
        let request = request.header("X-WM-CLIENT-SECRET", self.gateway.word("/whatsmate/client_secret"));
        let (status, told) = answer(request.json(&body)).await?;
        self.description.check("POST", described, status, told.to_string().as_bytes())?;
        Ok((status, told))
    }

    /// Waits until the text went into the chat, as the native API shows it.
    async fn until_out(&self, text: &str, chat: &str) -> Result<()> {
        let path = format!("/v1/accounts/{}/messages?direction=out&limit=50", self.gateway.account());
        let looked = async {
            loop {
                let (_, told) = self.gateway.native(Method::GET, &path, None).await?;
                let mut items = told["items"].as_array().into_iter().flatten();
                if let Some(found) = items.find(|message| message["content"]["text"] == text) {
                    return anyhow::Ok(found["chat"]["address"].clone());
                }
            }
        };
        let found =
            tokio::time::timeout(PATIENCE, looked).await.with_context(|| format!("{text} did not go out"))??;
        ensure!(found == chat, "{text} went to {found}, not to {chat}");
        Ok(())
    }
}

fn is_queued(told: &(u16, Value)) -> bool {
    told.0 == 200 && told.1["status"] == "queued" && told.1["id"].as_str().map(str::len) == Some(36)
}

#[test]
fn what_is_served_is_described_and_every_golden_answer_and_webhook_is() -> Result<()> {
    let description = Description::of_dialect("whatsmate")?;
    golden::check_endpoints("whatsmate", &description)?;
    let mut checked = 0;
    for case in golden::cases("whatsmate")? {
        checked += case.check(&description, &case.path, "Error")?;
    }
    ensure!(checked > 50, "only {checked} answers were found");
    let told = golden::check_notices("whatsmate", &description, "Incoming")?;
    ensure!(told >= 6, "only {told} webhooks were found");
    Ok(())
}

#[tokio::test]
async fn every_kind_goes_to_a_person_and_an_instance_is_a_name_or_a_number() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let to = |name: &str, value: &str| json!({"number": "79991110001", name: value, "filename": "a.pdf"});
    for (path, body) in [
        ("single/text", to("message", "by number")),
        ("single/image", to("image", PNG)),
        ("single/document", to("document", "JVBERi0=")),
        ("single/url", to("url", "https://shop.example/")),
    ] {
        let told = client.send(path, body).await?;
        ensure!(is_queued(&told), "{path}: {told:?}");
    }
    let named = "/v3/whatsapp/single/text/message/Demo%20WhatsApp";
    let told = client.post(named, &named.replace("%20", " "), to("message", "by name")).await?;
    ensure!(is_queued(&told), "{told:?}");
    for (path, name, value) in [
        ("text", "message", "hello"),
        ("image", "image", PNG),
        ("document", "document", "JVBERi0="),
        ("audio", "audio", "SUQz"),
        ("voice_note", "voice_note", "T2dnUw=="),
    ] {
        let path = format!("/v3/telegram/single/{path}/message/Demo%20Telegram");
        let told = client.post(&path, &path.replace("%20", " "), to(name, value)).await?;
        ensure!(is_queued(&told), "{path}: {told:?}");
    }
    for text in ["by number", "by name", "https://shop.example/"] {
        client.until_out(text, "phone:79991110001").await?;
    }
    let told = client
        .post(
            "/v3/whatsapp/single/text/message/Demo%20Telegram",
            "/v3/whatsapp/single/text/message/x",
            to("message", "a"),
        )
        .await?;
    assert_eq!(told.0, 400, "another messenger's instance: {told:?}");
    let (status, told) = answer(gateway.http.get(format!("{}/v1/gateway/status", gateway.base()))).await?;
    assert_eq!((status, told), (200, json!({"status": "up"})));
    Ok(())
}

/// A key of the owner's own: bound to an account, its name is the client's id; the older paths need no more.
#[tokio::test]
async fn credentials_are_two_headers_and_both_must_be_right() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let new =
        json!({"name": "ann@shop.example", "dialect": "whatsmate", "account": gateway.account(), "scopes": ["send"]});
    let (status, key) = gateway.native(Method::POST, "/v1/keys", Some(new)).await?;
    ensure!(status < 300, "{key}");
    let secret = key["token"].as_str().context("a token")?;
    let send = |id: Option<&str>, secret: Option<&str>, path: &str| {
        let mut request = gateway.http.post(format!("{}{path}", gateway.base()));
        if let Some(id) = id {
            request = request.header("X-WM-CLIENT-ID", id);
        }
        if let Some(secret) = secret {
            request = request.header("X-WM-CLIENT-SECRET", secret);
        }
        answer(request.json(&json!({"number": "79991110001", "message": "hello"})))
    };
    let (ann, own) = (Some("ann@shop.example"), Some(secret));
    for path in ["/v1/whatsapp/queue/message", "/v2/whatsapp/single/message/1", "/v3/whatsapp/single/text/message/1"] {
        let told = send(ann, own, path).await?;
        ensure!(is_queued(&told), "{path}: {told:?}");
        for (id, secret) in
            [(None, own), (ann, None), (Some("bob@shop.example"), own), (ann, Some("wrong")), (Some(""), own)]
        {
            let (status, told) = send(id, secret, path).await?;
            ensure!(status == 401 && told["error_message"].is_string(), "{path} {id:?}: {status} {told}");
        }
    }
    // The key is for one account.
    let (status, _) = send(ann, own, "/v3/telegram/single/text/message/Demo%20Telegram").await?;
    assert_eq!(status, 400);
    Ok(())
}

#[tokio::test]
async fn a_group_is_found_by_its_name_and_namesakes_by_their_administrator() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let say = |name: &str, text: &str| json!({"group_admin": BOSS, "group_name": name, "message": text});
    let (status, told) = client.send("group/text", say("Happy Club", "to nobody")).await?;
    ensure!(status == 400 && told["error_message"].as_str().is_some_and(|words| words.contains("No group")), "{told}");
    let first = group(&gateway).await?;
    for (path, body) in [
        ("group/text", say("Happy Club", "to the club")),
        ("group/url", json!({"group_admin": BOSS, "group_name": "Happy Club", "url": "https://shop.example/"})),
        ("group/image", json!({"group_name": "Happy Club", "image": PNG})),
        ("group/document", json!({"group_name": "Happy Club", "document": "JVBERi0=", "filename": "a.pdf"})),
    ] {
        let told = client.send(path, body).await?;
        ensure!(is_queued(&told), "{path}: {told:?}");
    }
    client.until_out("to the club", &first).await?;
    // Another of the same name: without its administrator nobody can tell which is meant, and nothing is sent.
    let second = group(&gateway).await?;
    ensure!(first != second, "{first}");
    let (status, told) = client.send("group/image", json!({"group_name": "Happy Club", "image": PNG})).await?;
    ensure!(status == 400 && told["error_message"].as_str().is_some_and(|words| words.contains("2 groups")), "{told}");
    let (status, told) = client.send("group/text", say("Happy Club", "whose?")).await?;
    ensure!(status == 400 && told["error_message"].as_str().is_some_and(|words| words.contains("No group")), "{told}");
    let path = format!("/v1/accounts/{}/groups/{second}/members/promote", gateway.account());
    let (status, told) = gateway.native(Method::POST, &path, Some(json!({"members": [BOSS]}))).await?;
    ensure!(status < 300, "{told}");
    let told = client.send("group/text", say("Happy Club", "to the boss")).await?;
    ensure!(is_queued(&told), "{told:?}");
    client.until_out("to the boss", &second).await
}

/// A group that is called so, with something said in it: that is when it is known. Its address.
async fn group(gateway: &Gateway) -> Result<String> {
    let new = json!({"name": "Happy Club", "members": [BOSS, "79991110001"]});
    let (status, made) =
        gateway.native(Method::POST, &format!("/v1/accounts/{}/groups", gateway.account()), Some(new)).await?;
    ensure!(status < 300, "{made}");
    let address = made["address"].as_str().with_context(|| made.to_string())?;
    gateway.sandbox("receive", json!({"message": {"from": BOSS, "chat": address, "text": "hi"}})).await?;
    Ok(address.to_owned())
}

#[tokio::test]
async fn limits_are_upstreams() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    for (path, body) in [
        ("single/text", json!({"number": "79991110001", "message": "x".repeat(901)})),
        ("single/text", json!({"number": "+79991110001", "message": "x"})),
        ("single/text", json!({"number": "1234", "message": "x"})),
        ("single/url", json!({"number": "79991110001", "url": "x".repeat(901)})),
        ("single/image", json!({"number": "79991110001", "image": PNG, "caption": "x".repeat(251)})),
        ("single/image", json!({"number": "79991110001", "image": "A".repeat((6 << 20) + 4)})),
        ("single/image", json!({"number": "79991110001", "image": "no base64!"})),
        ("single/document", json!({"number": "79991110001", "document": "AAAA", "filename": "a/b"})),
        ("group/text", json!({"group_name": "x".repeat(151), "group_admin": "79991110001", "message": "x"})),
    ] {
        let (status, told) = client.send(path, body).await?;
        ensure!(status == 400 && told["error_message"].is_string(), "{path}: {status} {told}");
    }
    let told = client.send("single/text", json!({"number": "79991110001", "message": "ё".repeat(900)})).await?;
    ensure!(is_queued(&told), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn what_customers_write_is_told_as_enterprise_gateways_tell_it() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let hook = Receiver::agreeable().await?;
    let new = json!({"name": "hook", "dialect": "whatsmate", "account": gateway.account(), "url": hook.url()});
    let (status, told) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status < 300, "{told}");
    gateway.receive("79991112233", "Hello").await?;
    let calls = hook.wait_for(1, PATIENCE).await?;
    let body = calls[0].json();
    client.description.check_named("Incoming", &body)?;
    assert_eq!((&body["number"], &body["message"]), (&"79991112233".into(), &"Hello".into()), "{body}");
    assert_eq!(body["instance_id"], gateway.word("/whatsmate/instance"));
    Ok(())
}

const SEED: u64 = 13;
const NAMES: [&str; 12] = [
    "number",
    "message",
    "image",
    "document",
    "audio",
    "voice_note",
    "url",
    "caption",
    "filename",
    "group_name",
    "group_admin",
    "x",
];

fn body(random: &mut Random) -> String {
    match random.below(10) {
        0 => return random.broken_body(),
        1 => return random.odd(&NAMES, 3).to_string(),
        _ => {}
    }
    let mut body = json!({
        "number": random.of(&["79991110001", "79990000404", "1234", "+7"]), "message": "hello", "image": PNG, "document": "AAAA",
        "audio": "AAAA", "voice_note": "AAAA", "url": "https://shop.example/", "caption": "look", "filename": "a.pdf",
        "group_name": "Happy Club", "group_admin": "79991110009",
    });
    if random.one_in(2) {
        let name = *random.of(&NAMES);
        body[name] = random.odd(&NAMES, 2);
    }
    body.to_string()
}

/// Trial 13, small.
#[tokio::test]
async fn a_thousand_random_requests_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    group(&gateway).await?;
    let operations = client.description.operations();
    let mut random = Random::seeded(SEED);
    let mut tally: BTreeMap<u16, usize> = BTreeMap::new();
    for number in 0..sluice_tests::random::requests() {
        let (method, pattern) = &operations[number % operations.len()];
        let own = if pattern.contains("telegram") { "Demo%20Telegram" } else { "Demo%20WhatsApp" };
        let instance = if random.one_in(10) { *random.of(&["1", "2", "999", "x", "%00"]) } else { own };
        let path = pattern.replace("{instance}", instance);
        let secret = if random.one_in(40) { "wrong" } else { gateway.word("/whatsmate/client_secret") };
        let body = if method == "GET" { String::new() } else { body(&mut random) };
        let request = gateway.http.request(method.parse()?, format!("{}{path}", gateway.base()));
        let request = request.header("X-WM-CLIENT-ID", gateway.word("/whatsmate/client_id"));
        let response = request.header("X-WM-CLIENT-SECRET", secret).body(body.clone()).send().await?;
        let status = response.status().as_u16();
        let told = response.bytes().await?;
        let case = || format!("seed {SEED}, request {number}: {method} {path} {body}");
        ensure!(status < 500, "{status} {}: {}", String::from_utf8_lossy(&told), case());
        client.description.check(method, &path, status, &told).with_context(case)?;
        *tally.entry(status).or_default() += 1;
    }
    println!("answers by status: {tally:?}");
    assert!(tally[&200] > sluice_tests::random::requests() / 5, "{tally:?}");
    Ok(())
}

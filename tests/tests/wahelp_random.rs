//! Trial 13 on Wahelp, small: seeded random requests over every endpoint of the built binary. No answer is a 5xx, none is
//! outside of the published description.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::random::{LANES, Random, Tally, in_lanes, requests};
use sluice_tests::schema::Description;
use sluice_tests::wahelp::Shop;

const SEED: u64 = 13;

const NAMES: [&str; 24] = [
    "login",
    "password",
    "name",
    "type",
    "active",
    "phone",
    "username",
    "need_create",
    "text",
    "message",
    "destination",
    "file_url",
    "filename",
    "template_id",
    "template_language",
    "template_params",
    "url",
    "entities",
    "events",
    "code",
    "token",
    "user_id",
    "limit",
    "page",
];

/// What a lane knows by name.
struct Known {
    user: u64,
    message: u64,
    webhook: String,
}

/// What stands under a name when it is meant well.
fn good(name: &str, random: &mut Random, known: &Known) -> Value {
    match name {
        "type" => json!(random.of(&["whatsapp", "telegram", "max"])),
        "active" | "need_create" => json!(random.one_in(2)),
        "phone" => json!(random.of(&["+79991112233", "79994445566", "79990000404", "79990000500"])),
        "username" => json!("ann"),
        "destination" => json!(random.of(&["from_operator", "to"])),
        "file_url" => json!("http://127.0.0.1:9/none.png"),
        "template_id" => json!("greeting"),
        "template_params" => json!(["a"]),
        "url" => json!("http://127.0.0.1:9/hook"),
        "entities" => json!(["channel.message"]),
        "user_id" => json!(known.user),
        "limit" | "page" => json!(random.below(20) + 1),
        _ => json!("word"),
    }
}

fn value(name: &str, random: &mut Random, known: &Known) -> Value {
    if random.one_in(5) { random.odd(&NAMES, 2) } else { good(name, random, known) }
}

fn body(random: &mut Random, known: &Known, usual: &[&'static str]) -> String {
    if random.one_in(6) {
        return random.broken_body();
    }
    let mut names = usual.to_vec();
    names.extend((0..random.below(4)).map(|_| *random.of(&NAMES)));
    names.retain(|_| !random.one_in(8));
    // A file that is not there is waited for.
    if !random.one_in(8) {
        names.retain(|name| *name != "file_url");
    }
    let members = names.into_iter().map(|name| (name.to_owned(), value(name, random, known)));
    members.collect::<Value>().to_string()
}

/// The members that most calls to the path need.
fn usual(path: &str) -> &'static [&'static str] {
    match path.rsplit('/').next().unwrap_or_default() {
        "login" => &["login", "password"],
        "projects" | "{project}" | "{channel}" => &["name"],
        "channels" => &["name", "type"],
        "users" | "contact_by_phone" => &["phone", "name"],
        "hook" | "webhooks" => &["url"],
        "{webhook}" => &["entities"],
        "{message}" => &["text"],
        _ if path.contains("send_message") => &["text"],
        _ => &[],
    }
}

/// The pattern with ids, most of which are known.
fn fill(path: &str, random: &mut Random, shop: &Shop<'_>, known: &Known) -> String {
    let (user, message) = (known.user.to_string(), known.message.to_string());
    let project = shop.project.to_string();
    let ids = [("{project}", &project), ("{channel}", &shop.channel), ("{user}", &user), ("{message}", &message)];
    let mut path = path.to_owned();
    for (name, id) in ids.into_iter().chain([("{webhook}", &known.webhook)]) {
        if path.contains(name) {
            let odd = *random.of(&["0", "x", "301", "9007199254740993", "%00", "-1", "7", "a%2Fb"]);
            path = path.replace(name, if random.one_in(12) { odd } else { id });
        }
    }
    path
}

fn query(random: &mut Random, known: &Known) -> Vec<(&'static str, String)> {
    let names: Vec<&'static str> =
        (0..random.below(3)).map(|_| *random.of(&["limit", "page", "user_id", "search"])).collect();
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    names.into_iter().map(|name| (name, text(value(name, random, known)))).collect()
}

/// A connected channel with something in it.
async fn fresh<'g>(gateway: &'g Gateway, random: &mut Random) -> Result<(Shop<'g>, Known)> {
    let kind = *random.of(&["whatsapp", "whatsapp", "telegram"]);
    let shop = Shop::connected(gateway, kind).await?;
    let user = shop.user("79991112233").await?;
    let message = shop.send(user, "Hi").await?["id"].as_u64().context("id")?;
    for kind in ["image", "location", "contact", "poll"] {
        shop.sandbox("receive", json!({"from": "79991112233", "kind": kind})).await?;
    }
    let webhook = shop.post(&shop.of_project("webhooks"), json!({"url": "http://127.0.0.1:9/"})).await?;
    let webhook = webhook["uuid"].as_str().context("uuid")?.to_owned();
    Ok((shop, Known { user, message, webhook }))
}

async fn lane(gateway: &Gateway, lane: usize) -> Result<Tally> {
    let mut random = Random::seeded(SEED ^ (lane as u64) << 32);
    let description = Description::of_dialect("wahelp")?;
    let operations = description.operations();
    let (mut shop, mut known) = fresh(gateway, &mut random).await?;
    let mut tally = Tally::new();
    for number in 0..requests() / LANES {
        // Each endpoint in its turn, and the rest by chance: none is left out.
        let (method, pattern) = &operations[(number * LANES + lane) % operations.len()];
        let path = fill(pattern, &mut random, &shop, &known);
        let query = query(&mut random, &known);
        let body = if method == "GET" { String::new() } else { body(&mut random, &known, usual(pattern)) };
        let token = if random.one_in(40) { "wrong" } else { shop.token.as_str() };
        let mut request = gateway.http.request(method.parse()?, format!("{}{path}", gateway.base())).bearer_auth(token);
        if random.one_in(10) {
            request = request.header("x-project", random.of(&["", "1", "x", "999999"]).to_owned());
        }
        let response = request.query(&query).body(body.clone()).send().await?;
        let status = response.status().as_u16();
        let answer = response.bytes().await?;
        let told = || format!("seed {SEED}, lane {lane}, request {number}: {method} {path} {query:?} {body}");
        if status >= 500 {
            bail!("{status} {}: {}", String::from_utf8_lossy(&answer), told());
        }
        description.check(method, pattern, status, &answer).with_context(told)?;
        *tally.entry(status).or_default() += 1;
        let is_channel = pattern.ends_with("/channels/{channel}") && method != "GET";
        let is_gone = method == "DELETE" && (pattern.ends_with("{webhook}") || pattern.ends_with("{user}"));
        if status == 200 && (is_channel || is_gone) {
            (shop, known) = fresh(gateway, &mut random).await?;
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

//! Trial 13 on the native API, small: seeded random requests over every operation of the built binary, their bodies made after
//! the description. No answer is a 5xx but the messenger's own refusal, none is outside of the description.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::random::{LANES, Random, Tally, in_lanes, requests};
use sluice_tests::sample::{Sampler, spoiled};
use sluice_tests::schema::Description;

const SEED: u64 = 13;

/// Streams without an end, and the levers, which play the messenger and not the caller.
const LEFT_OUT: [(&str, &str); 3] = [
    ("GET", "/v1/accounts/{account}/events"),
    ("GET", "/v1/accounts/{account}/login/events"),
    ("POST", "/v1/sandbox/{account}/{lever}"),
];

/// What is done to an account here would leave it unfit for the rest: it is done to one that nobody is logged in to.
const SPARES: [&str; 5] = ["/login", "/login/input", "/login/qr.png", "/logout", "/restart"];

/// "The messenger refused": docs/reference/errors.md.
const REFUSED: &str = "SG-1605";

const QUERIES: [&str; 9] = ["1", "0", "x", "-1", "79991112233", "asc", "message.received", "1700000000000", ""];

const NAMES: [&str; 12] =
    ["to", "text", "content", "type", "url", "name", "settings", "members", "limit", "wait", "chat", "events"];

/// What stands under a name when it is meant well.
fn text(name: &str, random: &mut Random) -> Option<String> {
    let texts: &[&str] = match name {
        "to" | "chat" | "phone" | "phones" | "members" | "who" | "contacts" => &[
            "79991112233",
            "79994445566",
            "+7 999 444-55-66",
            "79990000404",
            "79990000500",
            "group:120363000000000001",
        ],
        "url" => &["http://127.0.0.1:9/hook", "http://127.0.0.1:9/a.png"],
        "mime" => &["image/png", "text/plain"],
        "data" => &["aGVsbG8=", "iVBORw0KGgo="],
        "connector" => &["sandbox", "whatsapp-web", "phone", "pigeon"],
        "message" | "reply_to" => &["msg_0123456789abcdef", "3EB0"],
        _ => return None,
    };
    Some((*random.of(texts)).to_owned())
}

/// What can be made and goes again: its name in paths, where it is made, and what takes it away.
const MADE: [(&str, &str, &str); 5] = [
    ("account", "/v1/accounts", "DELETE /v1/accounts/{account}"),
    ("listener", "/v1/listeners", "DELETE /v1/listeners/{listener}"),
    ("key", "/v1/keys", "DELETE /v1/keys/{key}"),
    ("template", "/v1/templates", "DELETE /v1/templates/{template}"),
    ("group", "/v1/accounts/{account}/groups", "POST /v1/accounts/{account}/groups/{group}/leave"),
];

/// What a lane knows by the names of the paths' variables.
struct Known<'a> {
    gateway: &'a Gateway,
    ids: BTreeMap<&'static str, String>,
    /// For what would spoil the account of the demo.
    spare: String,
}

impl<'a> Known<'a> {
    async fn new(gateway: &'a Gateway) -> Result<Self> {
        let (_, log) = gateway.native(Method::GET, "/v1/requests?limit=1", None).await?;
        let ids = BTreeMap::from([
            ("account", gateway.account().to_owned()),
            ("request", log["items"][0]["id"].as_str().context("request")?.to_owned()),
            ("chat", "79991112233".to_owned()),
            ("contact", "79991112233".to_owned()),
        ]);
        let mut known = Self { gateway, ids, spare: String::new() };
        let text = json!({"to": "79991112233", "text": "Hi"});
        let message = known.made("/v1/accounts/{account}/messages", text).await?;
        known.ids.insert("message", message);
        for (name, ..) in MADE {
            known.renew(name).await?;
        }
        Ok(known)
    }

    async fn made(&self, pattern: &str, body: Value) -> Result<String> {
        let path = pattern.replace("{account}", self.gateway.account());
        let (status, made) = self.gateway.native(Method::POST, &path, Some(body)).await?;
        ensure!(status < 300, "{path}: {status} {made}");
        name_of(&made).with_context(|| format!("{path}: {made}"))
    }

    /// A new one instead of one that is gone.
    async fn renew(&mut self, name: &'static str) -> Result<()> {
        let (_, path, _) = MADE.into_iter().find(|made| made.0 == name).context(name)?;
        let new = self.made(path, body_of(name)).await?;
        self.replace(name, new);
        Ok(())
    }

    /// What stood there before.
    fn replace(&mut self, name: &'static str, new: String) -> Option<String> {
        if name == "account" {
            let old = std::mem::replace(&mut self.spare, new);
            return (!old.is_empty()).then_some(old);
        }
        self.ids.insert(name, new)
    }

    /// What was made is used from now on, and what was used before it goes: nothing piles up, and each event has few listeners.
    async fn follow(&mut self, method: &str, pattern: &str, answer: &Value) -> Result<()> {
        let called = format!("{method} {pattern}");
        for (name, collection, end) in MADE {
            if called == end {
                self.renew(name).await?;
            }
            if called == format!("POST {collection}")
                && let Some(new) = name_of(answer)
                && let Some(old) = self.replace(name, new)
            {
                let (method, pattern) = end.split_once(' ').context("method")?;
                let path = pattern.replace(&format!("{{{name}}}"), &old).replace("{account}", self.gateway.account());
                let (status, answer) = self.gateway.native(method.parse()?, &path, None).await?;
                ensure!(status < 300, "{method} {path}: {status} {answer}");
            }
        }
        Ok(())
    }

    /// The pattern with ids, most of which are known.
    fn fill(&self, pattern: &str, method: &str, random: &mut Random) -> String {
        let changes = method != "GET" && pattern == "/v1/accounts/{account}";
        let spare = changes || SPARES.iter().any(|end| pattern.ends_with(end));
        let mut path = pattern.to_owned();
        while let Some((start, rest)) = path.split_once('{') {
            let Some((name, end)) = rest.split_once('}') else { break };
            let odd =
                *random.of(&["0", "x", "msg_0123456789abcdef", "acc_0123456789ab", "%00", "-1", "a%2Fb", "%D1%91"]);
            let id = match name {
                _ if random.one_in(12) => odd,
                "account" if spare => &self.spare,
                _ => self.ids.get(name).map_or(odd, String::as_str),
            };
            path = format!("{start}{id}{end}");
        }
        path
    }
}

fn name_of(made: &Value) -> Option<String> {
    ["id", "address", "name"].iter().find_map(|name| made[name].as_str()).map(str::to_owned)
}

/// Of a new one, well meant.
fn body_of(name: &str) -> Value {
    /// Each template has a name of its own.
    static TEMPLATES: AtomicUsize = AtomicUsize::new(0);
    match name {
        "account" => json!({"name": "spare", "channel": "whatsapp", "connector": "sandbox"}),
        "listener" => json!({"url": "http://127.0.0.1:9/"}),
        "key" => json!({"name": "random", "scopes": ["read"]}),
        "template" => {
            let name = format!("greeting_{}", TEMPLATES.fetch_add(1, Ordering::Relaxed));
            json!({"name": name, "languages": [{"language": "en", "text": "Hello {{1}}"}]})
        }
        _ => json!({"name": "Team", "members": ["79991112233"]}),
    }
}

async fn lane(gateway: &Gateway, description: &Description, lane: usize) -> Result<Tally> {
    let mut random = Random::seeded(SEED ^ (lane as u64) << 32);
    let sampler = Sampler { description, texts: text };
    let is_asked = |operation: &(String, String)| !LEFT_OUT.contains(&(operation.0.as_str(), operation.1.as_str()));
    let operations: Vec<_> = description.operations().into_iter().filter(is_asked).collect();
    let mut known = Known::new(gateway).await?;
    let mut tally = Tally::new();
    for number in 0..requests() / LANES {
        // Each operation in its turn.
        let (method, pattern) = &operations[(number * LANES + lane) % operations.len()];
        let path = known.fill(pattern, method, &mut random);
        let names = description.query_of(method, pattern);
        let mut query = Vec::new();
        for name in names {
            if random.one_in(3) {
                query.push((name.to_owned(), (*random.of(&QUERIES)).to_owned()));
            }
        }
        let body = match description.body_of(method, pattern) {
            _ if random.one_in(12) => random.broken_body(),
            Some(schema) => {
                let meant = sampler.value(schema, &mut random)?;
                let body = if random.one_in(4) { spoiled(meant, &NAMES, &mut random) } else { meant };
                body.to_string()
            }
            None => String::new(),
        };
        let key = if random.one_in(40) { "sg_wrong" } else { gateway.word("/native/key") };
        let request = gateway.http.request(method.parse()?, format!("{}{path}", gateway.base())).bearer_auth(key);
        let json = request.header("content-type", "application/json");
        let response = json.query(&query).body(body.clone()).send().await?;
        let status = response.status().as_u16();
        let answer = response.bytes().await?;
        let told = || format!("seed {SEED}, lane {lane}, request {number}: {method} {path} {query:?} {body}");
        // What the messenger refuses is 502 in this API; every other 5xx is ours.
        let is_refused = status == 502 && String::from_utf8_lossy(&answer).contains(REFUSED);
        if status >= 500 && !is_refused {
            bail!("{status} {}: {}", String::from_utf8_lossy(&answer), told());
        }
        // A path that is none of its pattern's any more has an answer of another.
        if !path.contains("%2F") {
            description.check(method, pattern, status, &answer).with_context(told)?;
        }
        *tally.entry(status).or_default() += 1;
        if status < 300 {
            known
                .follow(method, pattern, &serde_json::from_slice(&answer).unwrap_or_default())
                .await
                .with_context(told)?;
        }
    }
    Ok(tally)
}

#[tokio::test]
async fn a_thousand_random_requests_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (_, document) = gateway.native(Method::GET, "/v1/openapi.json", None).await?;
    let description = Description::new(document)?;
    let tally = in_lanes(async |number| lane(&gateway, &description, number).await).await?;
    println!("answers by status: {tally:?}");
    Ok(())
}

//! Trial 13 on the dialect `green_api`, at the test command's size: a thousand random requests, near its description and
//! far from it. No answer is a 5xx, and none is outside of the description.

use anyhow::{Context, Result, ensure};
use http::Method;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};
use sluice_dialect::{Route, Router};
use sluice_tests::gateway::Plan;
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, tools};

const SEED: u64 = 13;

/// Requests to each endpoint, so that a thousand are made in all.
const EACH: usize = 12;

/// One pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

struct Sender {
    dice: StdRng,
    document: Value,
    token: String,
    partner: String,
    instance: u64,
}

#[tokio::test]
async fn no_random_request_is_answered_by_a_5xx_or_outside_of_the_description() -> Result<()> {
    let rates_off = ("SLUICE_SERVER__LIMITS__METHOD_RATES".to_owned(), "false".to_owned());
    let plan = Plan { environment: vec![rates_off], ..Plan::default() };
    let gateway = Gateway::start(plan).await?;
    let description = Description::of_dialect("green_api")?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/dialect/src/green_api/openapi.yaml");
    let mut sender = Sender {
        dice: StdRng::seed_from_u64(SEED),
        document: serde_yaml_ng::from_str(&std::fs::read_to_string(file)?)?,
        token: gateway.word("/green_api/api_token").to_owned(),
        partner: gateway.word("/green_api/partner_token").to_owned(),
        instance: gateway.demo["green_api"]["id_instance"].as_u64().context("the instance")?,
    };
    let router = Router::new(sluice_dialect::ALL);
    let each = tools::trial_size(EACH, EACH * 100).unwrap_or(EACH * 2);
    let (mut made, mut good) = (0, 0);
    let operations = description.operations();
    for round in 0..each {
        for (method, path) in &operations {
            // A poll waits five seconds at least when there is nothing to hear.
            if path.contains("receiveNotification") {
                gateway.receive("79991112233", "something to hear").await?;
            }
            // Sockets are another test's.
            if path.contains("scanqrcode") && round > 0 {
                continue;
            }
            let (request, told) = sender.request(&gateway, &method.parse()?, path)?;
            let request = request.build()?;
            let (sent, at) = (request.method().clone(), request.url().path().to_owned());
            let answer = gateway.http.execute(request).await.with_context(|| told.clone())?;
            let status = answer.status().as_u16();
            let body = answer.text().await?;
            made += 1;
            good += usize::from(status == 200);
            ensure!(status < 500, "{told}\nanswered {status} {body}");
            match router.route(&sent, &at) {
                Route::Endpoint { dialect, endpoint, .. } if dialect.name() == "green_api" => {
                    let path = endpoint.path.trim_start_matches("/v3");
                    description.check(sent.as_str(), path, status, body.as_bytes()).with_context(|| told.clone())?;
                }
                _ if body.is_empty() => ensure!([401, 403].contains(&status), "{told}\nanswered {status}"),
                _ => description.check_named("Error", &serde_json::from_str(&body)?).with_context(|| told.clone())?,
            }
            sender.follow(&gateway, path, status, &body).await?;
        }
    }
    println!("{made} requests, {good} of them answered 200");
    ensure!(made >= 1_000, "{made}");
    // Requests that nobody takes would prove nothing.
    ensure!(good > made / 5, "only {good} of {made} were taken");
    Ok(())
}

impl Sender {
    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.dice.random_range(0..from.len())]
    }

    /// A request, and its words for a message.
    fn request(&mut self, gateway: &Gateway, method: &Method, path: &str) -> Result<(RequestBuilder, String)> {
        let operation = &self.document["paths"][path][method.as_str().to_lowercase()].clone();
        let content = operation["requestBody"]["content"].as_object().cloned().unwrap_or_default();
        let (near, mut method) = (self.chance(70), method.clone());
        if !near && self.chance(10) {
            method = self.pick(&[Method::GET, Method::POST, Method::DELETE, Method::PUT]).clone();
        }
        let url = format!("{}{}{}", gateway.base(), self.path(path, near), self.query(operation, near));
        let request = gateway.http.request(method.clone(), &url);
        let (request, body) = if content.contains_key("multipart/form-data") && self.chance(if near { 90 } else { 40 })
        {
            let (boundary, body) = self.form(&content["multipart/form-data"]["schema"]);
            let told = String::from_utf8_lossy(&body).into_owned();
            let kind = format!("multipart/form-data; boundary={boundary}");
            (request.header("content-type", kind).body(body), told)
        } else if let Some(json) = content.get("application/json").filter(|_| near || self.dice.random()) {
            let mut body = self.value(&json["schema"], 0);
            if !near || self.chance(40) {
                self.spoil(&mut body);
            }
            (request.header("content-type", "application/json").body(body.to_string()), body.to_string())
        } else if near {
            (request, String::new())
        } else {
            let body = self.noise();
            let told = String::from_utf8_lossy(&body).into_owned();
            let kind = *self.pick(&["application/json", "text/plain", "multipart/form-data; boundary=b", "nonsense"]);
            (request.header("content-type", kind).body(body), told)
        };
        Ok((request, format!("{method} {url}\n{body}")))
    }

    fn path(&mut self, pattern: &str, near: bool) -> String {
        let id = if near || self.chance(80) { self.instance.to_string() } else { self.word() };
        let own = if pattern.starts_with("/partner") { self.partner.clone() } else { self.token.clone() };
        let token = if near || self.chance(70) { own } else { self.word() };
        let receipt = if near { self.dice.random_range(0..500_u32).to_string() } else { self.word() };
        let mut path = pattern.replace("{id}", &id).replace("{token}", &token).replace("{receipt}", &receipt);
        if !near {
            match self.dice.random_range(0..6) {
                0 => path = format!("/{path}/"),
                1 => path = format!("/v3{path}"),
                2 => path = path.replace("send", "Send").replace("get", "GET"),
                3 => path = path.replace("Message", "%4dessage"),
                4 if self.chance(30) => path.push_str("/more"),
                _ => {}
            }
        }
        path
    }

    fn query(&mut self, operation: &Value, near: bool) -> String {
        let mut pairs = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if self.chance(60) {
                let value = match parameter["name"].as_str() {
                    Some("receiveTimeout") => json!(5),
                    _ if near => self.value(&parameter["schema"], 0),
                    _ => json!(self.word()),
                };
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                pairs.push(format!("{}={value}", parameter["name"].as_str().unwrap_or_default()));
            }
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// Something of the schema; strings are of the kind that the API's are.
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let schema = match schema["$ref"].as_str() {
            Some(place) => self.document.pointer(place.trim_start_matches('#')).cloned().unwrap_or_default(),
            None => schema.clone(),
        };
        if let Some(values) = schema["enum"].as_array() {
            return self.pick(values).clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => self.pick(kinds).as_str().unwrap_or("null").to_owned(),
            kind => kind.as_str().unwrap_or("object").to_owned(),
        };
        match kind.as_str() {
            "object" => {
                let required: Vec<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut members = Map::new();
                for (name, member) in schema["properties"].as_object().into_iter().flatten() {
                    if required.contains(&name.as_str()) || self.chance(30) {
                        let value = if name.starts_with("groupId") {
                            json!(self.group())
                        } else {
                            self.member(name, member, depth)
                        };
                        members.insert(name.clone(), value);
                    }
                }
                Value::Object(members)
            }
            "array" => {
                let count = self.dice.random_range(1..4);
                (0..count).map(|_| self.value(&schema["items"], depth + 1)).collect()
            }
            "integer" => {
                let least = schema["minimum"].as_i64().unwrap_or(1);
                json!(self.dice.random_range(least..=schema["maximum"].as_i64().unwrap_or(least + 2_000)))
            }
            "number" => json!(f64::from(self.dice.random_range(-900..900_i32)) / 10.0),
            "boolean" => json!(self.dice.random::<bool>()),
            "null" => Value::Null,
            _ => json!(self.word()),
        }
    }

    /// Members whose words mean something.
    fn member(&mut self, name: &str, schema: &Value, depth: usize) -> Value {
        match name {
            "chatId" | "participantChatId" | "chatIdFrom" => json!(self.person()),
            "chatIds" => json!([self.person(), self.person()]),
            "phoneNumber" | "phoneContact" => json!(79_991_110_000_u64 + self.dice.random_range(0..100_u64)),
            "urlFile" | "urlLink" | "link" | "url" => json!(format!("http://127.0.0.1:9/{}", self.word())),
            "webhookUrl" | "proxyInstance" => json!(""),
            "backgroundColor" => json!("#228B22"),
            "font" => json!("SERIF"),
            "participants" => json!([]),
            // Or polls would wait for what is not told.
            "incomingWebhook" => json!("yes"),
            "typeInstance" => json!("whatsapp"),
            _ => self.value(schema, depth + 1),
        }
    }

    fn person(&mut self) -> String {
        format!("799911100{:02}@c.us", self.dice.random_range(0..30))
    }

    fn group(&mut self) -> String {
        format!("1203630{:011}@g.us", self.dice.random_range(0..10))
    }

    /// Takes a member away, puts another one in, or gives one another kind of value.
    fn spoil(&mut self, body: &mut Value) {
        let junk = self.junk();
        let Value::Object(members) = body else {
            *body = junk;
            return;
        };
        let names: Vec<String> = members.keys().cloned().collect();
        let name = if names.is_empty() { "chatId".to_owned() } else { self.pick(&names).clone() };
        match self.dice.random_range(0..4) {
            0 => drop(members.remove(&name)),
            1 => drop(members.insert(name, junk)),
            2 => drop(members.insert(self.word(), junk)),
            _ => *body = junk,
        }
    }

    fn junk(&mut self) -> Value {
        match self.dice.random_range(0..9) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(1e300),
            3 => json!(u64::MAX),
            4 => json!([[], {}]),
            5 => json!({"a": {"chatId": null}}),
            6 => json!("x".repeat(30_000)),
            7 => json!("\u{0}\u{202e}\u{1f600}'\"<>"),
            _ => json!(self.word()),
        }
    }

    fn noise(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; self.dice.random_range(0..200)];
        self.dice.fill_bytes(&mut bytes);
        match self.dice.random_range(0..4) {
            0 => bytes,
            1 => br#"{"chatId":"79991110001@c.us","message":"#.to_vec(),
            2 => b"[".repeat(self.dice.random_range(1..100)),
            _ => b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".to_vec(),
        }
    }

    fn word(&mut self) -> String {
        let letters = b"abcdefghijklmnopqrstuvwxyzABCDEF0123456789-_.@";
        (0..self.dice.random_range(1..20)).map(|_| char::from(*self.pick(letters))).collect()
    }

    fn form(&mut self, schema: &Value) -> (String, Vec<u8>) {
        let boundary = format!("b{}", self.dice.random_range(0..1_000_000));
        let mut body = Vec::new();
        for name in schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
            if self.chance(10) {
                continue;
            }
            let value = match name.as_str() {
                "file" => {
                    body.extend(
                        format!("{head}; filename=\"{}.png\"\r\nContent-Type: image/png\r\n\r\n", self.word()).bytes(),
                    );
                    if self.chance(70) { PNG.to_vec() } else { self.noise() }
                }
                name => {
                    body.extend(format!("{head}\r\n\r\n").bytes());
                    let value = match name {
                        "groupId" => self.group(),
                        "chatId" => self.person(),
                        _ => self.word(),
                    };
                    value.into_bytes()
                }
            };
            body.extend(value);
            body.extend(b"\r\n");
        }
        if self.chance(90) {
            body.extend(format!("--{boundary}--\r\n").bytes());
        }
        (boundary, body)
    }

    /// What a request may have ended is begun again: the token, the login, the queue.
    async fn follow(&mut self, gateway: &Gateway, path: &str, status: u16, body: &str) -> Result<()> {
        if status != 200 {
            return Ok(());
        }
        if path.contains("/updateApiToken/") {
            let told: Value = serde_json::from_str(body)?;
            self.token = told["apiTokenInstance"].as_str().context("a token")?.to_owned();
        }
        let method = |name: &str| format!("{}/waInstance{}/{name}/{}", gateway.base(), self.instance, self.token);
        if path.contains("/logout/") {
            gateway.http.get(method("qr")).send().await?;
            gateway.sandbox("scan", json!({})).await?;
        }
        Ok(())
    }
}

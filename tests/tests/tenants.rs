//! Trial 20: every endpoint of every dialect, called by one tenant with the ids of another. Nothing of the other is seen, and
//! nothing of it is changed.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_dialect::{ALL, Needs};
use sluice_tests::gateway::{answer, binary};
use sluice_tests::{Gateway, Receiver};
use tokio::process::Command;

/// Stands in everything that the first tenant owns.
const CANARY: &str = "canary-of-the-first-tenant";
const CUSTOMER: &str = "79995550001";
/// The second tenant's, where a secret has a name.
const CLIENT: &str = "stranger@other.example";

/// The second tenant's keys.
struct Stranger {
    native: String,
    wappi: String,
    green_api: String,
    wahelp: String,
    devino: String,
    phone: String,
    feedbot: String,
    chat_api: String,
    whatsmate: String,
}

#[tokio::test]
async fn no_endpoint_shows_or_changes_a_byte_of_another_tenant() -> Result<()> {
    every_endpoint().await.map(drop)
}

/// Calls every endpoint; how many there were. Anything foreign is an error. The trial's page is written by `trials`.
pub async fn every_endpoint() -> Result<usize> {
    let mut gateway = Gateway::demo().await?;
    gateway.terminate().await?;
    let native = add_workspace(&gateway).await?;
    gateway.restart().await?;
    let stranger = stranger(&gateway, native).await?;
    let hook = Receiver::agreeable().await?;
    let theirs = furnish(&gateway, hook.url()).await?;
    let before = inventory(&gateway).await?;

    let mut called = 0;
    for dialect in ALL {
        for endpoint in dialect.endpoints() {
            let path = fill(dialect.name(), endpoint.path, &theirs, &stranger);
            let names_theirs = endpoint.path.contains('{') || dialect.name() == "wappi";
            let (status, body) = call(&gateway, dialect.name(), &endpoint.method, &path, &theirs, &stranger).await?;
            let place = format!("{} {endpoint:?} answered {status} {body}", dialect.name());
            ensure!(!body.contains(CANARY), "shows: {place}");
            ensure!(status < 500, "breaks: {place}");
            let needs_key = endpoint.needs != Needs::Nothing;
            // An endpoint of the caller's own workspace answers; one that was given a foreign id must not.
            let own = !names_theirs || dialect.name() == "wappi" && matches!(endpoint.needs, Needs::Key(_));
            ensure!(!needs_key || own || status >= 400, "obeys: {place}");
            called += 1;
        }
    }
    ensure!(called > 100, "only {called} endpoints were called");
    let after = inventory(&gateway).await?;
    ensure!(before == after, "the first tenant's things were changed:\n{before}\n{after}");
    Ok(called)
}

async fn add_workspace(gateway: &Gateway) -> Result<String> {
    let output =
        Command::new(binary()).args(["workspace", "add", "other", "--data"]).arg(gateway.data()).output().await?;
    let text = String::from_utf8(output.stdout)?;
    let key = text.split_whitespace().find(|word| word.starts_with("sg_")).with_context(|| text.clone())?;
    Ok(key.to_owned())
}

async fn native(gateway: &Gateway, key: &str, method: Method, path: &str, body: Value) -> Result<Value> {
    let request = gateway.http.request(method, format!("{}{path}", gateway.base())).bearer_auth(key).json(&body);
    let (status, made) = answer(request).await?;
    ensure!(status < 300, "{path}: {status} {made}");
    Ok(made)
}

async fn stranger(gateway: &Gateway, key: String) -> Result<Stranger> {
    let new = json!({"name": "own", "channel": "whatsapp"});
    let account = native(gateway, &key, Method::POST, "/v1/accounts", new).await?;
    let scopes = json!(["send", "read", "listen", "manage"]);
    let new = json!({"name": "w", "dialect": "wappi", "scopes": scopes});
    let wappi = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": "g", "dialect": "green_api", "account": account["id"], "scopes": scopes});
    let green_api = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": "h", "dialect": "wahelp", "scopes": scopes});
    let wahelp = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": "d", "dialect": "devino", "scopes": scopes});
    let devino = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": "p", "dialect": "phone", "scopes": scopes});
    let phone = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": "f", "dialect": "feedbot", "account": account["id"], "scopes": scopes});
    let feedbot = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": "c", "dialect": "chat_api", "scopes": scopes});
    let chat_api = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let new = json!({"name": CLIENT, "dialect": "whatsmate", "scopes": scopes});
    let whatsmate = native(gateway, &key, Method::POST, "/v1/keys", new).await?;
    let token = |made: &Value| made["token"].as_str().map(str::to_owned).context("token");
    Ok(Stranger {
        wappi: token(&wappi)?,
        green_api: token(&green_api)?,
        wahelp: token(&wahelp)?,
        devino: token(&devino)?,
        phone: token(&phone)?,
        feedbot: token(&feedbot)?,
        chat_api: token(&chat_api)?,
        whatsmate: token(&whatsmate)?,
        native: key,
    })
}

/// The first tenant's things, by the names that endpoints' patterns have for them.
async fn furnish(gateway: &Gateway, url: &str) -> Result<BTreeMap<&'static str, String>> {
    let key = gateway.word("/native/key").to_owned();
    let account = gateway.account().to_owned();
    let of = |part: &str| format!("/v1/accounts/{account}/{part}");
    let message = json!({"message": {"from": CUSTOMER, "text": CANARY, "name": CANARY}});
    native(gateway, &key, Method::POST, &format!("/v1/sandbox/{account}/receive"), message).await?;
    let sent = native(gateway, &key, Method::POST, &of("messages"), json!({"to": CUSTOMER, "text": CANARY})).await?;
    let listener = json!({"name": CANARY, "url": url, "events": ["message.received"]});
    let listener = native(gateway, &key, Method::POST, "/v1/listeners", listener).await?;
    let template = json!({"name": CANARY, "languages": [{"language": "en", "text": CANARY}]});
    native(gateway, &key, Method::POST, "/v1/templates", template).await?;
    let made = native(gateway, &key, Method::POST, "/v1/keys", json!({"name": CANARY, "scopes": ["read"]})).await?;
    let group = json!({"name": CANARY, "members": [CUSTOMER]});
    let group = native(gateway, &key, Method::POST, &of("groups"), group).await?;
    let upload = gateway.http.post(format!("{}/v1/media", gateway.base())).bearer_auth(&key).body(CANARY);
    let (_, media) = answer(upload).await?;
    let requests = native(gateway, &key, Method::GET, "/v1/requests", Value::Null).await?;
    let hook = native(gateway, &key, Method::GET, &of("messages"), Value::Null).await?;
    ensure!(hook.to_string().contains(CANARY), "the canary is nowhere: {hook}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let project = gateway.demo["wahelp"]["project"].to_string();
    let channel = gateway.word("/wahelp/channel").to_owned();
    let wahelp = async |path: &str, body: Value| {
        let path = format!("/api/app/projects/{project}/{path}");
        let made = native(gateway, gateway.word("/wahelp/password"), Method::POST, &path, body).await?;
        Ok::<_, anyhow::Error>(made["data"].clone())
    };
    let user = wahelp(&format!("channels/{channel}/users"), json!({"phone": CUSTOMER})).await?["id"].to_string();
    let said = wahelp(&format!("channels/{channel}/send_message/{user}"), json!({"text": CANARY})).await?;
    let webhook = wahelp("webhooks", json!({"url": format!("{url}/{CANARY}")})).await?;
    Ok(BTreeMap::from([
        ("user", user),
        ("message_number", said["id"].to_string()),
        ("webhook", text(&webhook["uuid"])),
        ("project", project),
        ("channel", channel),
        ("template", CANARY.to_owned()),
        ("from", gateway.word("/devino/from").to_owned()),
        ("account", account),
        ("message", text(&sent["id"])),
        ("listener", text(&listener["id"])),
        ("key", text(&made["id"])),
        ("group", text(&group["address"])),
        ("media", text(&media["media"])),
        ("request", text(&requests["items"][0]["id"])),
        ("chat", format!("phone:{CUSTOMER}")),
        ("contact", format!("phone:{CUSTOMER}")),
        ("event", "evt_0000000000000000".to_owned()),
        ("lever", "seen".to_owned()),
        ("phone_account", gateway.word("/phone/account").trim_start_matches("acc_").to_owned()),
        ("receipt", "1".to_owned()),
        ("chat_api_instance", gateway.word("/chat_api/instance").to_owned()),
        ("instance", gateway.word("/whatsmate/instance").to_owned()),
        ("id", gateway.demo["green_api"]["id_instance"].to_string()),
        ("profile_id", gateway.word("/wappi/profile_id").to_owned()),
    ]))
}

/// The pattern with the first tenant's ids and the second one's token.
fn fill(dialect: &str, pattern: &str, theirs: &BTreeMap<&str, String>, stranger: &Stranger) -> String {
    let mut path = pattern.replace("{token}", &stranger.green_api);
    if dialect == "wahelp" {
        // There a message is a number.
        path = path.replace("{message}", "{message_number}");
    }
    if dialect == "chat_api" {
        // There an instance is called an id.
        path = path.replace("{id}", "{chat_api_instance}");
    }
    if dialect == "phone" {
        // There the account is one with a phone.
        path = path.replace("{account}", "{phone_account}");
    }
    for (name, value) in theirs {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    path
}

async fn call(
    gateway: &Gateway,
    dialect: &str,
    method: &Method,
    path: &str,
    theirs: &BTreeMap<&str, String>,
    stranger: &Stranger,
) -> Result<(u16, String)> {
    // What endpoints of all dialects read, so that as many calls as can be get past the reading.
    let body = json!({
        "to": CUSTOMER, "text": "foreign", "name": "foreign", "recipient": CUSTOMER, "body": "foreign",
        "chatId": format!("{CUSTOMER}@c.us"), "message": "foreign", "b64_file": "aGVsbG8=", "phone": CUSTOMER,
        "message_id": theirs["message"], "enabled": false, "webhookUrl": "", "incomingWebhook": "no",
        "messages": [{"from": theirs["from"], "to": CUSTOMER, "templateId": CANARY}], "languages": [],
        "type": "whatsapp", "url": "http://127.0.0.1:9/", "login": "foreign", "password": "foreign",
    });
    let url = format!(
        "{}{path}?profile_id={}&phone={CUSTOMER}&url=http://127.0.0.1:9/",
        gateway.base(),
        theirs["profile_id"]
    );
    let mut request = gateway.http.request(method.clone(), url).timeout(Duration::from_secs(20));
    request = match dialect {
        "native" => request.bearer_auth(&stranger.native),
        "wappi" => request.header("authorization", &stranger.wappi),
        "wahelp" => request.bearer_auth(&stranger.wahelp),
        "devino" => request.header("authorization", format!("Key {}", stranger.devino)),
        "phone" => request.bearer_auth(&stranger.phone),
        "feedbot" => request.header("auth", &stranger.feedbot),
        "chat_api" => request.query(&[("token", &stranger.chat_api)]),
        "whatsmate" => request.header("X-WM-CLIENT-ID", CLIENT).header("X-WM-CLIENT-SECRET", &stranger.whatsmate),
        _ => request,
    };
    if *method != Method::GET {
        request = request.json(&body);
    }
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

/// What the first tenant has, as far as a stranger could have changed it.
async fn inventory(gateway: &Gateway) -> Result<Value> {
    let key = gateway.word("/native/key").to_owned();
    let account = gateway.account();
    let mut all = serde_json::Map::new();
    for path in [
        "/v1/accounts".to_owned(),
        "/v1/listeners".to_owned(),
        "/v1/keys".to_owned(),
        "/v1/templates".to_owned(),
        format!("/v1/accounts/{account}/contacts"),
        format!("/v1/accounts/{account}/queue"),
    ] {
        all.insert(path.clone(), native(gateway, &key, Method::GET, &path, Value::Null).await?["items"].clone());
    }
    let path = format!("/v1/accounts/{account}/messages?limit=500");
    let messages = native(gateway, &key, Method::GET, &path, Value::Null).await?;
    let texts: Vec<_> =
        messages["items"].as_array().into_iter().flatten().map(|message| message["content"].clone()).collect();
    all.insert(path, texts.into());
    let settings: Value = gateway.http.get(gateway.green("getSettings")).send().await?.json().await?;
    all.insert("settings".into(), settings);
    Ok(all.into())
}

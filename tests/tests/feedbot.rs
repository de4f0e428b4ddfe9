//! Feedbot through the built binary: both hosts and all paths, the seed's own bodies, every state, and trial 13.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::{Plan, answer};
use sluice_tests::random::Random;
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, golden, tools};
use tokio::process::Command;

const ADD_HOST: &str = "addnewmessages-bmb77ejh3a-uc.a.run.app";
const STATUS_HOST: &str = "getmessagestatus-bmb77ejh3a-uc.a.run.app";
const PATIENCE: Duration = Duration::from_secs(30);

/// An integration that knows the two addresses.
struct Client<'g> {
    gateway: &'g Gateway,
    description: Description,
}

impl<'g> Client<'g> {
    fn new(gateway: &'g Gateway) -> Result<Self> {
        Ok(Self { gateway, description: Description::of_dialect("feedbot")? })
    }

    fn auth(&self) -> &str {
        self.gateway.word("/feedbot/auth")
    }

    /// Queues what the body says, at upstream's host.
    async fn add(&self, body: impl Into<reqwest::Body>) -> Result<Value> {
        let request = self.gateway.http.post(self.gateway.base()).header("host", ADD_HOST).header("auth", self.auth());
        let (status, told) = answer(request.body(body)).await?;
        ensure!(status == 200, "{status} {told}");
        self.description.check("POST", "/addnewmessages", status, told.to_string().as_bytes())?;
        Ok(told)
    }

    async fn add_one(&self, message: Value) -> Result<String> {
        let told = self.add(json!({"messages": [message]}).to_string()).await?;
        ensure!(told["ids"] == told["ids:"], "{told}");
        Ok(told["ids"][0].as_str().with_context(|| told.to_string())?.to_owned())
    }

    async fn status(&self, id: &str) -> Result<(i64, Value)> {
        let url = format!("{}?id={id}", self.gateway.base());
        let request = self.gateway.http.get(url).header("host", STATUS_HOST).header("auth", self.auth());
        let (status, told) = answer(request).await?;
        self.description.check("GET", "/getmessagestatus", status, told.to_string().as_bytes())?;
        ensure!(told["success"] == true, "{told}");
        Ok((told["status"].as_i64().context("a status")?, told["reason"].clone()))
    }

    /// Asks until the message waits no longer.
    async fn end(&self, id: &str) -> Result<(i64, Value)> {
        let asked = async {
            loop {
                let told = self.status(id).await?;
                if told.0 != 0 {
                    return anyhow::Ok(told);
                }
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.context("it still waits")?
    }
}

#[test]
fn what_is_served_is_described_and_every_golden_answer_is() -> Result<()> {
    let description = Description::of_dialect("feedbot")?;
    golden::check_endpoints("feedbot", &description)?;
    let mut checked = 0;
    for case in golden::cases("feedbot")? {
        let path = match case.host.as_deref() {
            Some(host) => format!("/{}", host.split('-').next().unwrap_or_default()),
            None => case.path.to_lowercase(),
        };
        checked += case.check(&description, &path, "NotQueued")?;
    }
    ensure!(checked > 30, "only {checked} answers were found");
    Ok(())
}

/// The seed's body and its addresses, with the host and the token changed and nothing else. curl takes an address for the
/// host, as a DNS name of the gateway's would be.
#[tokio::test]
async fn the_pages_own_lines_work_with_the_host_changed() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let (place, auth) = (gateway.base().trim_start_matches("http://"), client.auth());
    let port = place.rsplit(':').next().context("a port")?;
    let sample = r#"{ "messages":[
{ "message":"Hello world", "phone":"972586666644", "invalidationTime":"1685662968767",
"imagePath":"https://cdn.pixabay.com/photo/2015/04/23/22/00/tree-736885_1280.jpg", }
] }"#;
    let (add, ask) = (format!("addnewmessages.test:{port}"), format!("getmessagestatus.test:{port}"));
    let resolve = format!("--resolve {add}:127.0.0.1 --resolve {ask}:127.0.0.1");
    let told = paste(&format!("curl -s {resolve} http://{add} -H 'auth: {auth}' -d '{sample}'")).await?;
    assert_eq!((&told["errorCode"], &told["success"]), (&Value::Null, &true.into()), "{told}");
    let ids: Vec<&str> = told["ids:"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let [id] = ids[..] else { bail!("{told}") };
    assert!(id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    // The sample's time passed in 2023.
    let told = paste(&format!("curl -s {resolve} 'http://{ask}?id={id}' -H 'auth: {auth}'")).await?;
    let wanted = r#"{"errorCode":null,"success":true,"status":-1,"reason":"INVALIDATION_TIME_PASSED"}"#;
    assert_eq!(told.to_string(), wanted);
    // The same with a time to come and a picture that is there.
    let path = kept_picture(&gateway).await?;
    let later = sample.replace("1685662968767", "4085662968767");
    let later = later.replace("https://cdn.pixabay.com/photo/2015/04/23/22/00/tree-736885_1280.jpg", &path);
    let told = paste(&format!("curl -s {resolve} http://{add} -H 'auth: {auth}' -d '{later}'")).await?;
    let id = told["ids"][0].as_str().context("an id")?;
    assert_eq!(client.end(id).await?, (1, Value::Null));
    Ok(())
}

async fn paste(line: &str) -> Result<Value> {
    let output = Command::new("sh").args(["-c", line]).output().await?;
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(&text).with_context(|| format!("{line}\n{text}"))
}

/// A link to an image in the gateway's own keeping.
async fn kept_picture(gateway: &Gateway) -> Result<String> {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    let request = gateway.http.post(gateway.green("uploadFile")).header("content-type", "image/png").body(png);
    let (status, kept) = answer(request).await?;
    ensure!(status == 200, "{kept}");
    Ok(kept["urlFile"].as_str().context("urlFile")?.to_owned())
}

#[tokio::test]
async fn every_state_is_told_with_its_reason() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let picture = kept_picture(&gateway).await?;
    let to = |phone: &str| json!({"message": "hello", "phone": phone});
    for (message, status, reason) in [
        (to("79990000200"), 1, None),
        (to("+7 999 000-02-00"), 1, None),
        (json!({"message": "", "phone": 79_990_000_200_u64, "imagePath": picture}), 1, None),
        (to("79990000404"), -1, Some("NOT_ON_WHATSAPP")),
        (to("79990000500"), -1, Some("UNKNOWN")),
        (to("1234567"), -1, Some("INVALID_PHONE")),
        (to("call me"), -1, Some("INVALID_PHONE")),
        (
            json!({"message": "a", "phone": "79990000200", "imagePath": "http://127.0.0.1:9/none.png"}),
            -1,
            Some("IMAGE_DOWNLOAD_FAILED"),
        ),
    ] {
        let id = client.add_one(message.clone()).await?;
        assert_eq!(client.end(&id).await?, (status, json!(reason)), "{message}");
    }
    // What the messenger never answers is on its way for an hour.
    let id = client.add_one(to("79990000504")).await?;
    assert_eq!(client.status(&id).await?.0, 0);
    Ok(())
}

/// A batch with a number that cannot be one: its fellows go out, it fails alone, and the ids stand in their order.
#[tokio::test]
async fn a_message_that_cannot_be_sent_fails_alone() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let messages: Vec<Value> = ["79991110001", "12", "79991110002"]
        .iter()
        .map(|phone| json!({"message": format!("to {phone}"), "phone": phone}))
        .collect();
    let told = client.add(json!({ "messages": messages }).to_string()).await?;
    let ids: Vec<&str> = told["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let [first, second, third] = ids[..] else { bail!("{told}") };
    assert_eq!(client.end(first).await?, (1, Value::Null));
    assert_eq!(client.end(second).await?, (-1, "INVALID_PHONE".into()));
    assert_eq!(client.end(third).await?, (1, Value::Null));
    let (_, sent) = gateway
        .native(Method::GET, &format!("/v1/accounts/{}/messages?direction=out", gateway.account()), None)
        .await?;
    let texts: Vec<&str> =
        sent["items"].as_array().into_iter().flatten().filter_map(|one| one["content"]["text"].as_str()).collect();
    assert!(texts.contains(&"to 79991110001") && texts.contains(&"to 79991110002"), "{texts:?}");
    Ok(())
}

#[tokio::test]
async fn a_message_waits_for_its_sender_until_its_time_has_passed_or_it_is_taken_back() -> Result<()> {
    let gateway = Gateway::fast(360).await?;
    let client = Client::new(&gateway)?;
    let account = format!("/v1/accounts/{}", gateway.account());
    let (status, _) = gateway.native(Method::PATCH, &account, Some(json!({"enabled": false}))).await?;
    ensure!(status == 200, "{status}");
    let message = |end: Option<u64>| json!({"message": "a", "phone": "79991110001", "invalidationTime": end});
    let free = client.add_one(message(None)).await?;
    assert_eq!(client.status(&free).await?, (0, Value::Null));
    let (_, queue) = gateway.native(Method::GET, &format!("{account}/queue"), None).await?;
    let taken = queue["items"][0]["id"].as_str().with_context(|| queue.to_string())?;
    let taken = format!("{account}/messages/{taken}");
    let (status, told) = gateway.native(Method::DELETE, &taken, None).await?;
    ensure!(status == 200, "{status} {told}");
    assert_eq!(client.end(&free).await?, (-1, "CANCELLED".into()));
    // The gateway's clock began at ours and runs ahead: an hour is over in ten seconds of ours.
    let hour = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)? + Duration::from_secs(3600);
    let bound = client.add_one(message(Some(u64::try_from(hour.as_millis())?))).await?;
    assert_eq!(client.status(&bound).await?, (0, Value::Null));
    assert_eq!(client.end(&bound).await?, (-1, "INVALIDATION_TIME_PASSED".into()));
    Ok(())
}

#[tokio::test]
async fn errors_are_the_two_that_are_documented() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let good = r#"{"messages":[{"message":"a","phone":"79990000200"}]}"#;
    let add = |auth: Option<&str>, path: &str, body: &str| {
        let request = gateway.http.post(format!("{}{path}", gateway.base())).body(body.to_owned());
        match auth {
            Some(auth) => request.header("Auth", auth),
            None => request,
        }
    };
    let own = Some(client.auth());
    for (auth, path, body, code, name) in [
        (None, "/addnewmessages", good, 99, "USER_NOT_AUTHORIZED"),
        (Some("nobody"), "/feedbot/AddNewMessages", good, 99, "USER_NOT_AUTHORIZED"),
        (Some(gateway.word("/wappi/token")), "/addnewmessages", good, 99, "USER_NOT_AUTHORIZED"),
        (own, "/addnewmessages", "{}", 2, "MISSING_PARAMS"),
        (own, "/addnewmessages", r#"{"messages":[{"message":"a"}]}"#, 2, "MISSING_PARAMS"),
        (own, "/addnewmessages", "{'messages':[]}", 2, "MISSING_PARAMS"),
        (own, "/getmessagestatus", "{}", 2, "MISSING_PARAMS"),
        (own, "/getmessagestatus", r#"{"id":"wwFSlUQCEB6WQ8egk42n"}"#, 2, "MISSING_PARAMS"),
    ] {
        let (status, told) = answer(add(auth, path, body)).await?;
        assert_eq!(
            (status, &told["errorCode"], &told["success"]),
            (200, &code.into(), &false.into()),
            "{path} {body} {told}"
        );
        assert_eq!(told["message"], name);
    }
    let (status, told) = answer(gateway.http.get(format!("{}/addnewmessages", gateway.base()))).await?;
    assert_eq!((status, &told["errorCode"]), (405, &405.into()));
    Ok(())
}

/// A token stands for one account; what another's has sent is as unknown to it as nonsense.
#[tokio::test]
async fn the_status_of_somebody_elses_message_is_not_told() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let id = client.add_one(json!({"message": "mine", "phone": "79990000200"})).await?;
    client.end(&id).await?;
    let new = json!({"name": "other", "channel": "whatsapp"});
    let (_, other) = gateway.native(Method::POST, "/v1/accounts", Some(new)).await?;
    let new = json!({"name": "other", "dialect": "feedbot", "account": other["id"], "scopes": ["send", "read"]});
    let (_, key) = gateway.native(Method::POST, "/v1/keys", Some(new)).await?;
    let token = key["token"].as_str().with_context(|| key.to_string())?;
    let ask = |id: &str| {
        let url = format!("{}/getmessagestatus?id={id}", gateway.base());
        answer(gateway.http.get(url).header("auth", token))
    };
    let (status, told) = ask(&id).await?;
    assert_eq!((status, &told["success"]), (200, &false.into()), "{told}");
    assert_eq!((status, told), ask("wwFSlUQCEB6WQ8egk42n").await?);
    Ok(())
}

const SEED: u64 = 13;
const NAMES: [&str; 6] = ["messages", "message", "phone", "invalidationTime", "imagePath", "id"];

fn message(random: &mut Random) -> Value {
    let mut message =
        json!({"message": "hello", "phone": random.of(&["79990000200", "79990000404", "+7 999 000 02 00", "12", ""])});
    if random.one_in(3) {
        message["invalidationTime"] = random
            .of(&[json!("1685662968767"), json!(4_085_662_968_767_u64), json!(-1), json!({"seconds": 1})])
            .clone();
    }
    if random.one_in(4) {
        message["imagePath"] = json!("http://127.0.0.1:9/none.png");
    }
    if random.one_in(4) {
        let name = *random.of(&NAMES);
        message[name] = random.odd(&NAMES, 2);
    }
    message
}

/// Trial 13, small.
#[tokio::test]
async fn a_thousand_random_requests_are_answered_as_described() -> Result<()> {
    let gateway = Gateway::start(Plan::default()).await?;
    let client = Client::new(&gateway)?;
    let operations = client.description.operations();
    let mut random = Random::seeded(SEED);
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut known: Vec<String> = Vec::new();
    for number in 0..sluice_tests::random::requests() {
        let (method, path) = &operations[number % operations.len()];
        let mut body = match random.below(10) {
            0 => random.broken_body(),
            1 => random.odd(&NAMES, 3).to_string(),
            2 => json!({"messages": random.odd(&NAMES, 2)}).to_string(),
            _ => {
                let messages: Vec<Value> = (0..random.below(4)).map(|_| message(&mut random)).collect();
                json!({ "messages": messages }).to_string()
            }
        };
        let mut query = Vec::new();
        if path.ends_with("getmessagestatus") {
            let id = match known.len() {
                0 => "wwFSlUQCEB6WQ8egk42n".to_owned(),
                _ if random.one_in(5) => random.odd(&NAMES, 0).to_string(),
                count => known[random.below(count)].clone(),
            };
            if random.one_in(3) { body = json!({ "id": id }).to_string() } else { query.push(("id", id)) }
        }
        let auth = if random.one_in(30) { "wrong" } else { client.auth() };
        let request = gateway.http.request(method.parse()?, format!("{}{path}", gateway.base()));
        let response = request.header("auth", auth).query(&query).body(body.clone()).send().await?;
        let status = response.status().as_u16();
        let told = response.bytes().await?;
        let case = || format!("seed {SEED}, request {number}: {method} {path} {query:?} {body}");
        ensure!(status < 500, "{status} {}: {}", String::from_utf8_lossy(&told), case());
        client.description.check(method, path, status, &told).with_context(case)?;
        let told: Value = serde_json::from_slice(&told)?;
        known.extend(told["ids"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        *tally.entry(format!("{status} {}", told["errorCode"])).or_default() += 1;
    }
    println!("answers: {tally:?}");
    assert!(tally.get("200 null").is_some_and(|good| *good > sluice_tests::random::requests() / 4), "{tally:?}");
    Ok(())
}

//! The phone through the built binary: the flow of the seed's article by curl lines, pairing, and what other APIs see of it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::answer;
use sluice_tests::{Gateway, tools};
use tokio::process::Command;

/// Runs a shell line as a script's author would paste it.
async fn paste(line: &str) -> Result<Value> {
    let output = Command::new("sh").args(["-c", &format!("{line} -s")]).output().await?;
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(&text).with_context(|| format!("{line}: {text}"))
}

/// Asks until `found` finds something in what is answered.
async fn until<T>(mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    for _ in 0..200 {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        // tidy: real time because the gateway is another process
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("waited for nothing")
}

async fn send(gateway: &Gateway, account: &str, text: &str) -> Result<String> {
    let body = json!({"to": "79991112233", "text": text});
    let (status, made) = gateway.native(Method::POST, &format!("/v1/accounts/{account}/messages"), Some(body)).await?;
    ensure!(status < 300, "{status} {made}");
    Ok(made["id"].as_str().context("no id")?.to_owned())
}

async fn message(gateway: &Gateway, account: &str, id: &str) -> Result<Value> {
    let (_, message) = gateway.native(Method::GET, &format!("/v1/accounts/{account}/messages/{id}"), None).await?;
    Ok(message)
}

async fn becomes(gateway: &Gateway, account: &str, id: &str, state: &str) -> Result<Value> {
    until(async || {
        let message = message(gateway, account, id).await?;
        Ok((message["state"] == state).then_some(message))
    })
    .await
}

#[tokio::test]
async fn the_flow_of_the_article_sends_and_brings() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let (base, token) = (gateway.base(), gateway.word("/phone/device_token"));
    let account = gateway.word("/phone/account").to_owned();
    let id = send(&gateway, &account, "Здравствуйте! & welcome").await?;

    // 2, 3: is there a next message, and does the flag say "send"?
    let nothing = paste(&format!(r#"curl "{base}/phone/{token}/next?screen=0""#)).await?;
    assert_eq!(nothing["send"], 0, "the screen is off: {nothing}");
    let next = until(async || {
        let next = paste(&format!(r#"curl "{base}/phone/{token}/next?screen=1&battery=81""#)).await?;
        Ok((next["send"] == 1).then_some(next))
    })
    .await?;
    // 5 to 7: the dialogue is opened by the number, the text is put and sent.
    assert_eq!((&next["phone"], &next["text"]), (&json!("79991112233"), &json!("Здравствуйте! & welcome")));
    assert_eq!(next["link"], "https://wa.me/79991112233");
    // 8: the result.
    let item = next["id"].as_str().context("no id")?;
    let done = paste(&format!(r#"curl "{base}/phone/{token}/result" -d "id={item}&status=1""#)).await?;
    assert_eq!(done, json!({"ok": 1}));
    becomes(&gateway, &account, &id, "sent").await?;
    assert_eq!(paste(&format!(r#"curl "{base}/phone/next?token={token}&screen=1""#)).await?["send"], 0);

    // Each notification is posted as it is.
    for _ in 0..2 {
        let line = r#"-d "package=com.whatsapp" --data-urlencode "title=Ann" --data-urlencode "text=Да, подходит" -d "key=k1&post_time=1""#;
        let told = paste(&format!(r#"curl "{base}/phone/{token}/notification" {line}"#)).await?;
        assert_eq!(told["ok"], 1, "{told}");
    }
    let path = format!("/v1/accounts/{account}/messages?direction=in");
    let (_, brought) = gateway.native(Method::GET, &path, None).await?;
    let texts: Vec<_> = brought["items"].as_array().into_iter().flatten().map(|one| &one["content"]["text"]).collect();
    assert_eq!(texts, ["Да, подходит"], "once: {brought}");

    // The status check, and what it saw.
    let checked = paste(&format!(r#"curl "{base}/phone/{token}/check" -d "id={item}&ticks=blue""#)).await?;
    assert_eq!(checked, json!({"ok": 1}));
    becomes(&gateway, &account, &id, "read").await?;

    let (_, log) = gateway.native(Method::GET, "/v1/requests?limit=50", None).await?;
    ensure!(log.to_string().contains("/phone/"), "the calls are in the log");
    ensure!(!log.to_string().contains(token), "with their token masked");
    Ok(())
}

#[tokio::test]
async fn a_phone_is_paired_by_a_code_works_and_leaves() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let base = gateway.base().to_owned();
    let new = json!({"name": "pocket", "channel": "whatsapp", "connector": "phone"});
    let (status, made) = gateway.native(Method::POST, "/v1/accounts", Some(new)).await?;
    ensure!(status < 300, "{status} {made}");
    let account = made["id"].as_str().context("no id")?.to_owned();
    let scopes = json!(["send", "read", "listen", "manage"]);
    let key = json!({"name": "operator", "dialect": "phone", "scopes": scopes});
    let (_, key) = gateway.native(Method::POST, "/v1/keys", Some(key)).await?;
    let key = key["token"].as_str().context("no token")?.to_owned();
    let name = account.trim_start_matches("acc_").to_owned();
    let operator = async |method: Method, end: &str, body: Value| {
        let url = format!("{base}/device/v1/accounts/{name}{end}");
        answer(gateway.http.request(method, url).bearer_auth(&key).json(&body)).await
    };
    let (status, code) = operator(Method::POST, "/pair", json!({})).await?;
    assert_eq!(status, 200, "{code}");
    let page = gateway.http.get(code["pairing_url"].as_str().context("no url")?).send().await?;
    ensure!(page.status() == 200 && page.text().await?.contains(code["pairing_code"].as_str().context("no code")?));

    let register = async |code: &str| {
        let url = format!("{base}/device/v1/register");
        let body = json!({"model": "Pixel 7", "device_uid": "a", "number": "+79990001122"});
        answer(gateway.http.post(url).header("authorization", format!("Code {code}")).json(&body)).await
    };
    assert_eq!(register("22222222").await?.0, 401);
    let (status, registered) = register(code["pairing_code"].as_str().unwrap_or_default()).await?;
    assert_eq!(status, 201, "{registered}");
    assert_eq!(register(code["pairing_code"].as_str().unwrap_or_default()).await?.0, 401, "a code is good once");
    let token = registered["token"].as_str().context("no token")?.to_owned();
    let device = async |token: &str, path: &str, body: Value| {
        answer(gateway.http.post(format!("{base}{path}")).bearer_auth(token).json(&body)).await
    };

    let quick = json!({"pacing": {"gap_s": [0, 0], "reply_gap_s": [0, 0], "quiet_h": [0, 0]}});
    assert_eq!(operator(Method::POST, "/settings", quick).await?.0, 200);
    let (status, refused) = operator(Method::POST, "/settings", json!({"speed": 9})).await?;
    assert_eq!((status, &refused["error"]), (400, &json!("invalid")), "{refused}");

    // A new token, and both are good for a while.
    let (status, rotated) = device(&token, "/device/v1/token/rotate", json!({})).await?;
    assert_eq!(status, 200, "{rotated}");
    let fresh = rotated["token"].as_str().context("no token")?.to_owned();
    let who = json!({"wait_s": 0, "install_id": "a", "boot_id": "1"});
    assert_eq!(device(&token, "/device/v1/claim", who.clone()).await?.0, 200);
    assert_eq!(device(&fresh, "/device/v1/claim", who.clone()).await?.0, 200);

    // The long poll wakes for a message; a cancelled one is taken out of the phone's queue.
    let waits = json!({"wait_s": 25, "install_id": "a", "boot_id": "1"});
    let (claimed, sent) = tokio::join!(device(&fresh, "/device/v1/claim", waits), send(&gateway, &account, "hello"));
    let (claimed, id) = (claimed?.1, sent?);
    let item = &claimed["items"][0];
    assert_eq!((&item["kind"], &item["text"]), (&json!("send"), &json!("hello")), "{claimed}");
    let path = format!("/v1/accounts/{account}/messages/{id}");
    let (status, cancelled) = gateway.native(Method::DELETE, &path, None).await?;
    ensure!(status < 300, "{status} {cancelled}");
    becomes(&gateway, &account, &id, "cancelled").await?;
    let sending = json!({"results": [{"id": item["id"], "lease_id": item["lease_id"], "state": "sending"}]});
    let (_, acks) = device(&fresh, "/device/v1/results", sending).await?;
    assert_eq!(acks["acks"][0]["result"], "stale", "the fence is shut: {acks}");

    // Two phones with one token.
    assert_eq!(device(&fresh, "/device/v1/claim", json!({"install_id": "b", "boot_id": "9"})).await?.0, 409);
    let (_, stopped) = operator(Method::GET, "", Value::Null).await?;
    assert_eq!(stopped["pause"]["reason"], "token_conflict", "{stopped}");
    let state = until(async || {
        let (_, shown) = gateway.native(Method::GET, &format!("/v1/accounts/{account}"), None).await?;
        Ok((shown["state"] == "blocked").then_some(shown))
    })
    .await?;
    ensure!(state.to_string().contains("Two phones"), "{state}");
    assert_eq!(operator(Method::POST, "/resume", json!({})).await?.0, 200);
    assert_eq!(device(&fresh, "/device/v1/claim", who).await?.0, 200);

    assert_eq!(device(&fresh, "/device/v1/logout", json!({})).await?.0, 200);
    until(async || {
        let (_, shown) = gateway.native(Method::GET, &format!("/v1/accounts/{account}"), None).await?;
        Ok((shown["state"] == "login_needed").then_some(()))
    })
    .await?;
    assert_eq!(device(&fresh, "/device/v1/claim", json!({})).await?.0, 409, "nobody is paired");
    Ok(())
}

#[tokio::test]
async fn what_the_phone_has_outlives_a_killed_gateway() -> Result<()> {
    let mut gateway = Gateway::demo().await?;
    let (account, token) = (gateway.word("/phone/account").to_owned(), gateway.word("/phone/device_token").to_owned());
    let id = send(&gateway, &account, "over the kill").await?;
    let claim = json!({"wait_s": 20, "install_id": "a", "boot_id": "1"});
    let post = async |gateway: &Gateway, path: &str, body: &Value| {
        answer(gateway.http.post(format!("{}{path}", gateway.base())).bearer_auth(&token).json(body)).await
    };
    let (_, claimed) = post(&gateway, "/device/v1/claim", &claim).await?;
    let item = claimed["items"][0].clone();
    let say = |state: &str| json!({"results": [{"id": item["id"], "lease_id": item["lease_id"], "state": state}]});
    let (_, acks) = post(&gateway, "/device/v1/results", &say("sending")).await?;
    assert_eq!(acks["acks"][0]["result"], "applied", "{acks}");
    gateway.kill().await?;
    gateway.restart().await?;
    // The phone tries again until somebody is there.
    let acks = until(async || {
        let (status, acks) = post(&gateway, "/device/v1/results", &say("sent")).await?;
        Ok((status == 200).then_some(acks))
    })
    .await?;
    assert_eq!(acks["acks"][0]["result"], "applied", "{acks}");
    let message = becomes(&gateway, &account, &id, "sent").await?;
    ensure!(message["trouble"].is_null(), "in time, and once: {message}");
    Ok(())
}

//! What callers show in confidence is nowhere to be read again, and keys reach their own workspace only.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::{answer, binary};
use sluice_tests::{Gateway, Receiver};
use tokio::process::Command;

#[tokio::test]
async fn a_password_in_a_body_with_a_mistake_is_not_in_the_request_log() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let path = format!("/v1/accounts/{}/login", gateway.account());
    for (path, body) in [
        (format!("{path}/input"), r#"{"cod": "CANARY-1"}"#),
        (format!("{path}/input"), r#"{"value": "CANARY-2", "extra": 1}"#),
        (format!("{path}/input"), r#"{"value": "CANARY-3""#),
        (path, r#"{"way": "token", "value": "123:CANARY-4"}"#),
    ] {
        let url = format!("{}{path}", gateway.base());
        let answer = gateway.http.post(url).bearer_auth(gateway.word("/native/key")).body(body).send().await?;
        ensure!(answer.status() == 400, "{body}: {}", answer.status());
    }
    let listener = json!({"url": "https://ann:CANARY-5@crm.example/hook?token=CANARY-6", "name": "crm"});
    gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;

    // The log is written a moment after the answer.
    let mut requests = Value::Null;
    for _ in 0..500 {
        (_, requests) = gateway.native(Method::GET, "/v1/requests?limit=100", None).await?;
        let items = requests["items"].as_array().context("items")?;
        if items.iter().any(|line| line["endpoint"] == "add_listener") {
            break;
        }
    }
    ensure!(requests.to_string().contains("continue_login"), "the calls are on record: {requests}");
    ensure!(!requests.to_string().contains("CANARY"), "a secret is in the log: {requests}");
    Ok(())
}

/// The request log, once the line of this request is in it: lines are written a moment after the answers.
async fn log_with(gateway: &Gateway, id: &str) -> Result<Value> {
    let found = async {
        loop {
            let (_, log) = gateway.native(Method::GET, "/v1/requests?limit=500", None).await?;
            if log["items"].as_array().context("items")?.iter().any(|line| line["id"] == id) {
                return anyhow::Ok(log);
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.context("the line is not in the log")?
}

#[tokio::test]
async fn what_curl_calls_a_form_is_masked_as_what_it_is() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let account = format!("/v1/accounts/{}", gateway.account());
    let say = async |method: Method, url: String, body: &str| {
        let call = gateway.http.request(method, url).bearer_auth(gateway.word("/native/key"));
        let call = call.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
        let answer = call.send().await?;
        let id = answer.headers()["x-request-id"].to_str()?.to_owned();
        anyhow::Ok((answer.status().as_u16(), id, answer.text().await?))
    };
    let native = |path: &str| format!("{}{path}", gateway.base());
    let secret = format!("whsec_{}", STANDARD.encode("CANARY-IN-BASE64-OF-24-BYTES"));
    let hook = json!({"url": "http://127.0.0.1:9/hook", "secret": secret});
    let wappi = "/api/webhook/url/set?url=http%3A%2F%2F127.0.0.1%3A9%2Fh%3Ftoken%3DCANARY-4";
    let (status, told) = gateway.wappi(Method::POST, wappi, None).await?;
    ensure!(status == 200, "{status} {told}");
    for (status, method, url, body) in [
        (200, Method::PATCH, native(&account), r#"{"settings":{"proxy":"http://u:CANARY-1@1.2.3.4:80"}}"#.to_owned()),
        (
            200,
            Method::POST,
            gateway.green("setSettings"),
            r#"{"webhookUrlToken":"CANARY-2","proxyInstance":"http://u:CANARY-3@1.2.3.4:80"}"#.to_owned(),
        ),
        (201, Method::POST, native("/v1/listeners"), hook.to_string()),
        (
            400,
            Method::POST,
            native("/v1/listeners"),
            r#"{"url":"http://127.0.0.1:9/hook","secrt":"CANARY-5"}"#.to_owned(),
        ),
        (400, Method::POST, native("/v1/listeners"), r#"{"secret":"CANARY-6""#.to_owned()),
        (400, Method::POST, native(&format!("{account}/messages")), "{'token': 'CANARY-7'}".to_owned()),
        (
            400,
            Method::PATCH,
            native(&account),
            format!("{{\"name\":{}\"CANARY-8\"{}}}", "[".repeat(40), "]".repeat(40)),
        ),
    ] {
        let (answered, id, text) = say(method, url, &body).await?;
        ensure!(answered == status, "{body}: {answered} {text}");
        let log = log_with(&gateway, &id).await?.to_string();
        ensure!(!log.contains("CANARY") && !log.contains(&secret[6..]), "a secret of {body} is in the log");
    }
    let (_, refused) = gateway.native(Method::GET, "/v1/requests?refused=true", None).await?;
    let items = refused["items"].as_array().context("items")?;
    let bodies: Vec<&str> = items.iter().rev().filter_map(|line| line["body"].as_str()).collect();
    let deep = format!("{{\"name\":{}\"***\"{}}}", "[".repeat(40), "]".repeat(40));
    let unreadable = "(not kept: it could not be read, and a secret may stand in it)";
    assert_eq!(bodies, [r#"{"url":"***","secrt":"***"}"#, unreadable, "{'token': '***'}", &deep]);
    Ok(())
}

#[tokio::test]
async fn a_problem_names_its_line_of_the_log_where_its_caller_may_see_it() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let new = json!({"name": "reads", "scopes": ["read"]});
    let (_, made) = gateway.native(Method::POST, "/v1/keys", Some(new)).await?;
    let (reads, all) = (made["token"].as_str().context("token")?.to_owned(), gateway.word("/native/key").to_owned());
    for (key, method, path, status) in [
        (&all, Method::GET, "/v1/nothing", 404),
        (&all, Method::PUT, "/v1/keys", 405),
        (&reads, Method::GET, "/v1/keys", 403),
        (&all, Method::GET, "/v1/accounts/acc_000000000000", 404),
        (&all, Method::GET, "/v1/accounts?limit=1", 400),
    ] {
        let call = gateway.http.request(method, format!("{}{path}", gateway.base())).bearer_auth(key);
        let (answered, problem) = answer(call).await?;
        ensure!(answered == status, "{path}: {answered} {problem}");
        let line = problem["instance"].as_str().with_context(|| format!("{path}: {problem}"))?;
        log_with(&gateway, line.trim_start_matches("/v1/requests/")).await?;
        let (found, _) = answer(gateway.http.get(format!("{}{line}", gateway.base())).bearer_auth(&reads)).await?;
        ensure!(found == 200, "{path}: {line} is not to be seen: {found}");
    }
    for path in ["/v1/nothing", "/v1/accounts"] {
        for key in ["", "sg_nonsense"] {
            let (_, problem) = answer(gateway.http.get(format!("{}{path}", gateway.base())).bearer_auth(key)).await?;
            ensure!(problem["code"].is_string() && problem.get("instance").is_none(), "{path}: {problem}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_first_owner_is_given_no_customers_workspace() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().context("path")?;
    let added = Command::new(binary()).args(["workspace", "add", "customer", "--data", data]).output().await?;
    ensure!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let again = Command::new(binary()).args(["workspace", "add", "customer", "--data", data]).output().await?;
    ensure!(!again.status.success(), "one name, one workspace");
    let lost = Command::new(binary()).args(["workspace", "key", "customer", "--data", data]).output().await?;
    ensure!(lost.status.success() && lost.stdout != added.stdout, "a lost key is replaced");

    // The greeting comes once the owner has a workspace.
    let mut serve = Command::new(binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--data", data])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines =
        tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(serve.stdout.take().context("stdout")?));
    let mut greeting = String::new();
    while !greeting.contains("/v1/docs") {
        greeting += &lines.next_line().await?.context("the greeting ended early")?;
        greeting += "\n";
    }
    serve.kill().await?;
    let again = Command::new(binary()).args(["workspace", "key", "default", "--data", data]).output().await?;
    ensure!(again.status.success(), "the owner's workspace is one of its own: {greeting}");
    Ok(())
}

#[tokio::test]
async fn a_webhooks_events_cannot_be_thrown_away_as_a_queue() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let listener = json!({"url": hook.url(), "name": "crm", "events": ["message.received"]});
    let (_, made) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
    let path = format!("/v1/queues/{}", made["id"].as_str().context("id")?);
    let (status, answer) = gateway.native(Method::DELETE, &path, None).await?;
    ensure!(status == 409, "{status} {answer}");
    Ok(())
}

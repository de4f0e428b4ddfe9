//! What callers show in confidence is nowhere to be read again, and keys reach their own workspace only.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::binary;
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

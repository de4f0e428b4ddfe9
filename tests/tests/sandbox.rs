//! The pretend messenger's magic numbers, as docs/guide/sandbox.md promises them, through the native API.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::Gateway;

async fn send(gateway: &Gateway, ending: &str) -> Result<String> {
    let path = format!("/v1/accounts/{}/messages", gateway.account());
    let body = json!({"to": format!("79990000{ending}"), "text": format!("to {ending}")});
    let (status, accepted) = gateway.native(Method::POST, &path, Some(body)).await?;
    ensure!(status == 202, "{accepted}");
    Ok(accepted["id"].as_str().context("id")?.to_owned())
}

/// The message, once it is in this state.
async fn until(gateway: &Gateway, id: &str, state: &str) -> Result<Value> {
    let path = format!("/v1/accounts/{}/messages/{id}", gateway.account());
    let mut message = Value::Null;
    for _ in 0..2000 {
        (_, message) = gateway.native(Method::GET, &path, None).await?;
        if message["state"] == state {
            return Ok(message);
        }
    }
    bail!("never {state}: {message}")
}

async fn events(gateway: &Gateway, id: &str) -> Result<Vec<String>> {
    let path = format!("/v1/accounts/{}/messages/{id}/trace", gateway.account());
    let (_, trace) = gateway.native(Method::GET, &path, None).await?;
    let events = trace["events"].as_array().context("events")?;
    Ok(events.iter().filter_map(|event| event["type"].as_str().map(str::to_owned)).collect())
}

#[tokio::test]
async fn each_number_has_its_own_fate() -> Result<()> {
    let gateway = Gateway::fast(20).await?;
    let mut sent = Vec::new();
    for (ending, state) in
        [("404", "failed"), ("500", "failed"), ("429", "read"), ("503", "read"), ("504", "uncertain"), ("777", "read")]
    {
        sent.push((ending, state, send(&gateway, ending).await?));
    }
    let never = send(&gateway, "408").await?;
    for (ending, state, id) in &sent {
        let message = until(&gateway, id, state).await.with_context(|| format!("number {ending}"))?;
        let told = events(&gateway, id).await?;
        let count = |name: &str| told.iter().filter(|event| *event == name).count();
        match *ending {
            "404" => ensure!(message["trouble"]["why"] == "not_on_messenger", "{message}"),
            "500" => ensure!(count("message.retried") == 0, "refused for good is not repeated: {told:?}"),
            "429" => ensure!(count("message.retried") == 2 && count("message.sent") == 1, "{told:?}"),
            "503" => ensure!(count("message.retried") >= 1 && count("message.sent") == 1, "{told:?}"),
            "504" => ensure!(count("message.uncertain") == 1 && count("message.sent") == 0, "{told:?}"),
            _ => ensure!(told == ["message.posted", "message.sent", "message.delivered", "message.read"], "{told:?}"),
        }
    }
    // By now it would have been delivered long ago.
    ensure!(events(&gateway, &never).await? == ["message.posted", "message.sent"]);
    Ok(())
}

#[tokio::test]
async fn each_number_answers_in_its_own_kind() -> Result<()> {
    let gateway = Gateway::fast(20).await?;
    let kinds = [
        ("200", "text"),
        ("201", "image"),
        ("202", "voice"),
        ("203", "location"),
        ("204", "contacts"),
        ("205", "poll"),
        ("205", "vote"),
        ("206", "reaction"),
        ("207", "edit"),
        ("208", "delete"),
        ("209", "document"),
    ];
    for ending in kinds.iter().map(|(ending, _)| *ending).collect::<BTreeSet<_>>() {
        send(&gateway, ending).await?;
    }
    let path = format!("/v1/accounts/{}/messages?direction=in&limit=500", gateway.account());
    let mut heard = BTreeSet::new();
    for _ in 0..2000 {
        let (_, page) = gateway.native(Method::GET, &path, None).await?;
        heard = page["items"]
            .as_array()
            .context("items")?
            .iter()
            .filter_map(|message| {
                let ending = message["chat"]["phone"].as_str()?.get(8..)?.to_owned();
                Some((ending, message["content"]["type"].as_str()?.to_owned()))
            })
            .collect();
        if kinds.iter().all(|(ending, kind)| heard.contains(&((*ending).to_owned(), (*kind).to_owned()))) {
            return Ok(());
        }
    }
    bail!("heard only {heard:?}")
}

#[tokio::test]
async fn a_file_that_came_in_can_be_fetched_by_its_link_and_by_the_api() -> Result<()> {
    let gateway = Gateway::fast(20).await?;
    send(&gateway, "201").await?;
    let path = format!("/v1/accounts/{}/messages?direction=in&limit=50", gateway.account());
    for _ in 0..2000 {
        let (_, page) = gateway.native(Method::GET, &path, None).await?;
        let image =
            page["items"].as_array().into_iter().flatten().find(|message| message["content"]["type"] == "image");
        let Some(image) = image else { continue };
        let link = image["content"]["url"].as_str().context("url")?;
        let by_link = gateway.http.get(link).send().await?;
        ensure!(by_link.status() == 200, "{link}");
        ensure!(by_link.headers()["content-type"].to_str()?.starts_with("image/"));
        let by_link = by_link.bytes().await?;
        let url = format!(
            "{}/v1/accounts/{}/messages/{}/media",
            gateway.base(),
            gateway.account(),
            image["id"].as_str().context("id")?
        );
        let by_api = gateway.http.get(url).bearer_auth(gateway.word("/native/key")).send().await?.bytes().await?;
        ensure!(!by_link.is_empty() && by_link == by_api);
        return Ok(());
    }
    bail!("no image came")
}

#[tokio::test]
async fn a_mistake_in_a_lever_is_the_callers_and_named() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for (lever, body, field) in [
        ("sing", json!({}), "lever"),
        ("cut", json!({"for": 5}), "for"),
        ("receipt", json!({"step": "sent"}), "remotes"),
        ("receive", json!({"message": {"from": "nobody", "text": "Hi"}}), "message.from"),
        ("receive", json!({"from": "79991112233", "txet": "Hi"}), "txet"),
    ] {
        let path = format!("/v1/sandbox/{}/{lever}", gateway.account());
        let (status, problem) = gateway.native(Method::POST, &path, Some(body)).await?;
        ensure!((status, &problem["code"], &problem["field"]) == (400, &json!("SG-1303"), &json!(field)), "{problem}");
    }
    Ok(())
}

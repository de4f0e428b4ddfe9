//! Devino's callbacks: each where its message says, whatever becomes of the others; and the incoming webhook.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::devino::Company;
use sluice_tests::gateway::Plan;
use sluice_tests::receiver::Reply;
use sluice_tests::{Gateway, Receiver};

const PATIENCE: Duration = Duration::from_secs(30);

fn hello(url: &str, data: &str) -> Value {
    json!({"text": "hello", "callbackUrl": url, "callbackData": data})
}

/// The words of one message's statuses, in the order in which they came.
fn words(hook: &Receiver, id: u64) -> Vec<String> {
    let told = hook.calls().iter().filter_map(|call| call.json().as_array().cloned()).flatten().collect::<Vec<_>>();
    let of_it = told.into_iter().filter(|status| status["messageId"] == id);
    of_it.map(|status| status["status"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn statuses_go_where_each_message_says_with_its_data_echoed() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let (one, two) = (Receiver::agreeable().await?, Receiver::agreeable().await?);
    let silent = company.send_one("79001112233", json!({"text": "hello"})).await?;
    let first = company.send_one("79001112233", hello(&format!("{}/cb?x=1", one.url()), "  order \"9\" ё ")).await?;
    let second = company.send_one("79001112233", hello(two.url(), "")).await?;
    company.status(&one, first, "READ").await?;
    let read = company.status(&two, second, "READ").await?;
    assert_eq!((words(&one, first), words(&two, second)), (order(), order()));
    assert_eq!(read["options"], "");
    for call in one.calls() {
        assert_eq!((call.path.as_str(), &call.headers["content-type"]), ("/cb?x=1", &"application/json".parse()?));
        let told = call.json();
        company.description.check_named("Statuses", &told)?;
        assert_eq!((told.as_array().map(Vec::len), &told[0]["options"]), (Some(1), &"  order \"9\" ё ".into()));
        ensure!(told[0]["messageId"].is_u64() && told[0]["ts"].as_i64() > Some(1_700_000_000_000), "{told}");
    }
    ensure!(words(&one, silent).is_empty() && words(&two, silent).is_empty(), "it named no address");
    Ok(())
}

fn order() -> Vec<String> {
    ["SENT", "DELIVERED", "READ"].map(str::to_owned).to_vec()
}

#[tokio::test]
async fn an_address_that_hangs_holds_up_no_other() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let good = Receiver::agreeable().await?;
    let hanging = Receiver::new(|_| Reply { status: 200, after: Duration::from_secs(60) }).await?;
    let bad = |place: usize| {
        let url = format!("{}/{place}", hanging.url());
        json!({"from": company.from, "to": format!("7900{place:07}"), "text": "hi", "callbackUrl": url})
    };
    let verdicts = company.send((0..100).map(bad).collect()).await?;
    ensure!(verdicts.iter().all(|verdict| verdict["code"] == "OK"), "{verdicts:?}");
    hanging.wait_for(1, PATIENCE).await?;
    let begun = std::time::Instant::now();
    let id = company.send_one("79001112233", hello(good.url(), "quick")).await?;
    company.status(&good, id, "READ").await?;
    let took = begun.elapsed();
    ensure!(took < Duration::from_secs(8), "it waited {took:?} behind an address that hangs for longer");
    Ok(())
}

#[tokio::test]
async fn a_status_that_was_not_heard_comes_again_even_after_a_crash() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let plan = Plan { speed: Some(10), data: Some(folder.path().join("data")), ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let hook = Receiver::new(|call| Reply::status(if call.number < 4 { 503 } else { 204 })).await?;
    let id = Company::of_demo(&gateway)?.send_one("79001112233", hello(hook.url(), "order-9")).await?;
    // Three statuses, and a second attempt at one of them at least.
    hook.wait_for(4, PATIENCE).await?;
    gateway.kill().await?;
    gateway.restart().await?;
    let company = Company::of_demo(&gateway)?;
    for word in order() {
        company.status(&hook, id, &word).await?;
    }
    let heard = async {
        loop {
            let (_, listeners) = gateway.native(Method::GET, "/v1/listeners", None).await?;
            let listeners = listeners["items"].as_array().context("items")?.clone();
            let own = listeners.iter().find(|listener| listener["dialect"] == "devino").context("no listener")?.clone();
            if own["waiting"] == 0 {
                return anyhow::Ok(own);
            }
        }
    };
    let own = tokio::time::timeout(PATIENCE, heard).await.context("a status still waits")??;
    assert_eq!((own.get("url"), &own["pull"], &own["name"]), (None, &false.into(), &"devino callbacks".into()));
    Ok(())
}

#[tokio::test]
async fn an_address_of_the_inside_is_refused_when_it_is_called() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    // The demo allows loopback; other networks of the inside stay closed.
    let id = company.send_one("79001112233", hello("http://10.0.0.1/cb", "order-9")).await?;
    let found = async {
        loop {
            let (_, listeners) = gateway.native(Method::GET, "/v1/listeners", None).await?;
            let all = listeners["items"].as_array().context("items")?.clone();
            if let Some(own) = all.iter().find(|listener| listener["dialect"] == "devino") {
                let path = format!("/v1/listeners/{}/deliveries", own["id"].as_str().unwrap_or_default());
                let (_, attempts) = gateway.native(Method::GET, &path, None).await?;
                if let Some(first) = attempts["items"].as_array().into_iter().flatten().last() {
                    return anyhow::Ok(first.clone());
                }
            }
        }
    };
    let attempt = tokio::time::timeout(PATIENCE, found).await.context("no attempt")??;
    assert_eq!((attempt.get("status"), &attempt["state"]), (None, &"waiting".into()), "{id} {attempt}");
    ensure!(attempt["answer"].as_str().is_some_and(|words| words.contains("not allowed")), "{attempt}");
    Ok(())
}

#[tokio::test]
async fn what_customers_write_comes_to_the_workspaces_listener() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let company = Company::of_demo(&gateway)?;
    let hook = Receiver::agreeable().await?;
    let new = json!({"name": "incoming", "dialect": "devino", "url": hook.url()});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status == 201, "{made}");
    gateway.receive("79991112233", "Is anybody there?").await?;
    // They answer with a picture, a place and a contact.
    for friend in ["79990000201", "79990000203", "79990000204"] {
        company.send_one(friend, json!({"text": "hello"})).await?;
    }
    let people = ["79991112233", "79990000201", "79990000203", "79990000204"];
    let [text, picture, place, contact] = &company.written_by(&hook, &people).await?[..] else {
        anyhow::bail!("not four");
    };
    assert_eq!(text["text"], "Is anybody there?");
    assert_eq!(picture["contentType"], "image/png");
    let file = gateway.http.get(picture["contentUrl"].as_str().context("a link")?).send().await?.error_for_status()?;
    ensure!(file.bytes().await?.starts_with(b"\x89PNG"), "no picture");
    ensure!(place["whatsAppGeoLocation"]["latitude"].is_f64(), "{place}");
    let phone = contact.pointer("/whatsAppContacts/0/phones/0/phone").and_then(Value::as_str);
    ensure!(phone.is_some_and(|phone| !phone.is_empty()), "{contact}");
    Ok(())
}

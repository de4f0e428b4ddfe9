//! Wahelp's webhooks at the built binary: both registrations, every action, statuses, repeats.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::receiver::Reply;
use sluice_tests::wahelp::Shop;
use sluice_tests::{Call, Gateway, Receiver};

const PATIENCE: Duration = Duration::from_secs(60);
const FRIEND: u64 = 79_990_000_200;

/// What a webhook tells, once it was checked against the description.
fn told(shop: &Shop<'_>, call: &Call) -> Result<(String, Value)> {
    let body = call.json();
    shop.description.check_named("Notice", &body)?;
    ensure!(call.headers["content-type"] == "application/json");
    Ok((body["action"].as_str().unwrap_or_default().to_owned(), body["payload"].clone()))
}

/// So many calls, without those of the demo's friend, who answers the demo's first message when he likes.
async fn all_told(shop: &Shop<'_>, receiver: &Receiver, count: usize) -> Result<Vec<(String, Value)>> {
    loop {
        let calls = receiver.calls();
        let mut all = calls.iter().map(|call| told(shop, call)).collect::<Result<Vec<_>>>()?;
        all.retain(|(_, payload)| payload["user_id"] != FRIEND);
        if all.len() >= count {
            return Ok(all);
        }
        receiver.wait_for(calls.len() + 1, PATIENCE).await?;
    }
}

#[tokio::test]
async fn a_message_sent_comes_back_and_its_statuses_follow_under_the_same_id() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    shop.send(user, "before the hook").await?;
    let seen = async {
        while shop.get(&shop.of_channel("messages?limit=1")).await?[0]["status"] != "read" {}
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, seen).await.context("it is not read")??;
    shop.hook(&format!("{}/in?secret=s%20t&token=x", hook.url())).await?;
    let sent = shop.send(user, "Привет").await?;
    let told = all_told(&shop, &hook, 4).await?;
    let statuses: Vec<_> = told.iter().map(|(action, payload)| (action.as_str(), payload["status"].as_str())).collect();
    let (created, updated) = ("channel.message.created", "channel.message.updated");
    ensure!(
        statuses
            == [
                (created, Some("sent")),
                (updated, Some("sent")),
                (updated, Some("delivered")),
                (updated, Some("read"))
            ],
        "{statuses:?}"
    );
    for (_, payload) in &told {
        ensure!(payload["id"] == sent["id"] && payload["user_id"] == user, "{payload}");
        ensure!(payload["message"] == "Привет" && payload["destination"] == "from_operator", "{payload}");
        ensure!(payload["channel_id"] == sent["channel_id"] && payload["user"]["phone"] == "+79991112233", "{payload}");
    }
    ensure!(hook.calls().iter().all(|call| call.path == "/in?secret=s%20t&token=x"), "the query is the receiver's own");
    Ok(())
}

#[tokio::test]
async fn what_comes_in_what_is_changed_and_what_fails_is_told() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    shop.hook(hook.url()).await?;
    shop.sandbox("receive", json!({"from": "79991112233", "text": "Здравствуйте", "name": "Анна"})).await?;
    let (action, payload) = all_told(&shop, &hook, 1).await?.remove(0);
    ensure!(action == "channel.message.created" && payload["destination"] == "from", "{payload}");
    ensure!(payload["message"] == "Здравствуйте" && payload["user_name"] == "Анна", "{payload}");
    // Whoever wrote is a user: the number that is told is the one to answer to.
    let user = payload["user_id"].as_u64().context("user_id")?;
    let shown = shop.get(&shop.of_channel(&format!("users/{user}"))).await?;
    ensure!(shown["name"] == "Анна" && shown["phone"] == "+79991112233", "{shown}");
    let sent = shop.send(user, "Добрый день").await?;
    all_told(&shop, &hook, 5).await?;

    let path = shop.of_channel(&format!("messages/{}", sent["id"]));
    shop.done(Method::PUT, &path, Some(json!({"text": "Добрый вечер"}))).await?;
    let (action, payload) = all_told(&shop, &hook, 6).await?.remove(5);
    ensure!(action == "channel.message.updated" && payload["id"] == sent["id"], "{payload}");
    ensure!(payload["message"] == "Добрый вечер", "{payload}");
    shop.done(Method::DELETE, &path, None).await?;
    let (action, payload) = all_told(&shop, &hook, 7).await?.remove(6);
    ensure!(action == "channel.message.deleted" && payload["id"] == sent["id"], "{payload}");

    let refused = shop.user("79990000500").await?;
    shop.refused(422, Method::POST, &shop.of_channel(&format!("send_message/{refused}")), Some(json!({"text": "a"})))
        .await?;
    let (action, payload) = all_told(&shop, &hook, 8).await?.remove(7);
    ensure!(action == "channel.message.updated" && payload["status"] == "failed", "{payload}");
    ensure!(payload["error"].is_string(), "{payload}");
    Ok(())
}

#[tokio::test]
async fn a_project_has_one_default_webhook_and_others_beside_it() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (main, beside) = (Receiver::agreeable().await?, Receiver::agreeable().await?);
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let webhooks = shop.of_project("webhooks");
    ensure!(shop.get(&webhooks).await? == json!([]));
    shop.hook(main.url()).await?;
    let new = json!({"url": beside.url(), "entities": ["channel.message.created", "channel"]});
    let added = shop.post(&webhooks, new).await?;
    let listed = shop.get(&webhooks).await?;
    ensure!(listed.as_array().is_some_and(|hooks| hooks.len() == 2) && listed[1] == added, "{listed}");

    let user = shop.user("79991112233").await?;
    shop.send(user, "one").await?;
    all_told(&shop, &main, 4).await?;
    let told = all_told(&shop, &beside, 1).await?;
    ensure!(told[0].0 == "channel.message.created", "{told:?}");
    shop.sandbox("cut", json!({"for_ms": 500})).await?;
    let told = all_told(&shop, &beside, 3).await?;
    let standing: Vec<_> = told[1..].iter().map(|(action, payload)| (action.as_str(), &payload["status"])).collect();
    ensure!(
        standing == [("channel.updated", &json!("connecting")), ("channel.updated", &json!("connected"))],
        "{standing:?}"
    );

    let one = format!("{webhooks}/{}", added["uuid"].as_str().context("uuid")?);
    let changed = shop.done(Method::PUT, &one, Some(json!({"entities": ["channel.message"]}))).await?;
    ensure!(changed["url"] == beside.url() && changed["entities"] == json!(["channel.message"]), "{changed}");
    shop.done(Method::DELETE, &one, None).await?;
    shop.refused(404, Method::DELETE, &one, None).await?;
    let default = format!("{webhooks}/{}", listed[0]["uuid"].as_str().context("uuid")?);
    shop.done(Method::DELETE, &default, None).await?;
    ensure!(shop.get(&webhooks).await? == json!([]));
    shop.send(user, "to nobody").await?;
    ensure!(shop.get("projects").await?.as_array().is_some_and(|all| all.iter().any(|one| one["id"] == shop.project)));
    // Another project's webhook is not there.
    let other = Shop::new(&gateway, "max").await?;
    let foreign = other.post(&other.of_project("webhooks"), json!({"url": main.url()})).await?;
    let foreign = format!("{webhooks}/{}", foreign["uuid"].as_str().context("uuid")?);
    shop.refused(404, Method::DELETE, &foreign, None).await?;
    for url in ["nowhere", "ftp://a.example/hook", "https://ann:secret@a.example/"] {
        let wrong = shop.refused(422, Method::PUT, &shop.of_project("hook"), Some(json!({"url": url}))).await?;
        let words = wrong["message"].as_str().context("message")?;
        ensure!(words == "Поле url: должно быть адресом http или https без имени и пароля", "one language: {words}");
    }
    ensure!(all_told(&shop, &main, 4).await?.len() == 4, "a removed webhook is not told");
    Ok(())
}

#[tokio::test]
async fn a_webhook_hears_of_its_own_projects_channels_alone() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let (ours, theirs) = (Shop::connected(&gateway, "whatsapp").await?, Shop::connected(&gateway, "whatsapp").await?);
    ours.hook(hook.url()).await?;
    theirs.sandbox("receive", json!({"from": "79991112233", "text": "not for you"})).await?;
    ours.sandbox("receive", json!({"from": "79991112233", "text": "for you"})).await?;
    gateway.receive("79994445566", "for everybody").await?;
    let told = all_told(&ours, &hook, 2).await?;
    let mut texts: Vec<_> = told.iter().filter_map(|(_, payload)| payload["message"].as_str()).collect();
    texts.sort_unstable();
    ensure!(texts == ["for everybody", "for you"], "{texts:?}");
    Ok(())
}

#[tokio::test]
async fn a_receiver_that_fails_is_told_again() -> Result<()> {
    // Five seconds pass in a quarter of one.
    let gateway = Gateway::fast(20).await?;
    let hook = Receiver::new(|call| Reply::status(if call.number < 2 { 500 } else { 204 })).await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    shop.hook(hook.url()).await?;
    shop.sandbox("receive", json!({"from": "79991112233", "text": "again"})).await?;
    let told = all_told(&shop, &hook, 3).await?;
    ensure!(told[0] == told[1] && told[1] == told[2], "{told:?}");
    Ok(())
}

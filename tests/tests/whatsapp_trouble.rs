//! Lost acknowledgements, refusals, doubled and spoiled messages, cut lines, crashes, proxies.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::Plan;
use sluice_tests::proxy::Proxy;
use sluice_tests::whatsapp::{self, Account, PATIENCE, SHOP};
use sluice_tests::{Gateway, Human};
use sluice_whatsapp_world::{Trouble, World};

const ANN: &str = "79990000001";

#[tokio::test]
async fn a_send_whose_ack_is_lost_arrives_under_one_id() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    for trouble in [Trouble::CutAfterRelay, Trouble::CutBeforeRelay] {
        world.trouble(SHOP, trouble, 1)?;
        let text = format!("{trouble:?}");
        let id = shop.text(&gateway, ANN, &text).await?;
        let sent = shop.until(&id, "message.sent").await.with_context(|| text.clone())?;
        let heard = world.until(PATIENCE, &text, |world| {
            let ids: Vec<String> = world
                .heard(ANN)
                .into_iter()
                .filter(|heard| whatsapp::words(&heard.message).as_deref() == Some(text.as_str()))
                .map(|heard| heard.id)
                .collect();
            (!ids.is_empty()).then_some(ids)
        });
        let mut ids = heard.await?;
        ids.dedup();
        ensure!(ids == [sent["remote"].as_str().unwrap_or_default()], "{ids:?} {sent}");
    }
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_told_and_nothing_arrives() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.trouble(SHOP, Trouble::Nack(403), 100)?;
    let id = shop.text(&gateway, ANN, "refused").await?;
    let failed = shop.until(&id, "message.failed").await?;
    ensure!(failed["trouble"]["note"].as_str().is_some_and(|note| !note.is_empty()), "{failed}");
    ensure!(world.heard(ANN).is_empty());
    world.calm(SHOP)?;
    let stranger = shop.text(&gateway, "79995550000", "anybody?").await?;
    let failed = shop.until(&stranger, "message.failed").await?;
    ensure!(failed["trouble"]["why"] == "not_on_messenger", "{failed}");
    Ok(())
}

#[tokio::test]
async fn a_doubled_message_is_told_once_and_a_spoiled_one_comes_again() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.say_text(ANN, SHOP, "first")?;
    shop.received("the first", |message| message["content"]["text"] == "first").await?;
    world.trouble(SHOP, Trouble::Twice, 1)?;
    world.say_text(ANN, SHOP, "twice")?;
    shop.received("the doubled one", |message| message["content"]["text"] == "twice").await?;
    world.trouble(SHOP, Trouble::Spoil, 1)?;
    world.say_text(ANN, SHOP, "spoiled")?;
    shop.received("the spoiled one", |message| message["content"]["text"] == "spoiled").await?;
    world.until(PATIENCE, "all acknowledged", |world| (world.waiting(SHOP) == 0).then_some(())).await?;
    let twice =
        |event: &&Value| event["type"] == "message.received" && event["data"]["message"]["content"]["text"] == "twice";
    ensure!(shop.told().iter().filter(twice).count() == 1);
    Ok(())
}

/// Five hundred messages each way while the gateway is killed three times.
#[tokio::test]
async fn a_crash_loses_and_doubles_nothing_either_way() -> Result<()> {
    const EACH: usize = 500;
    const KILLS: usize = 3;
    let world = World::start().await?;
    let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let plan =
        Plan { data: Some(folder.path().join("data")), environment: whatsapp::environment(&world), ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    // Acquainted first: two who begin with hundreds at each other at the same moment need rounds of new sessions, crash or
    // no crash, and that is another story.
    shop.text(&gateway, ANN, "good day").await?;
    ann.message("the first word", |event| says(event) == Some("good day")).await?;
    ann.send(SHOP, json!({"text": "good day to you"})).await?;
    shop.received("an answer", |message| message["content"]["text"] == "good day to you").await?;

    let batches: Vec<Vec<Value>> = (0..EACH)
        .map(|number| json!({"to": ANN, "text": format!("ours {number}")}))
        .collect::<Vec<_>>()
        .chunks(100)
        .map(<[Value]>::to_vec)
        .collect();
    for batch in batches {
        shop.post(&gateway, "messages/batch", json!({"messages": batch})).await?;
    }
    for (round, numbers) in (0..EACH).collect::<Vec<_>>().chunks(EACH.div_ceil(KILLS + 1)).enumerate() {
        for number in numbers {
            ann.send(SHOP, json!({"text": format!("hers {number}")})).await?;
        }
        if round < KILLS {
            gateway.kill().await?;
            gateway.restart().await?;
        }
    }

    let limit = Duration::from_secs(90);
    let ours = |events: &[Value]| {
        let mut ids = BTreeMap::<String, Vec<String>>::new();
        for event in events.iter().filter(|event| event["event"] == "message") {
            if let Some(text) = says(event).filter(|text| text.starts_with("ours ")) {
                let known = ids.entry(text.to_owned()).or_default();
                let id = event["key"]["id"].as_str().unwrap_or_default().to_owned();
                if !known.contains(&id) {
                    known.push(id);
                }
            }
        }
        (ids.len() == EACH).then_some(ids)
    };
    let ids = ann.until(limit, "all of ours", ours).await?;
    ensure!(ids.values().all(|ids| ids.len() == 1), "doubled: {:?}", ids.iter().find(|(_, ids)| ids.len() > 1));

    world.until(limit, "all of hers acknowledged", |world| (world.waiting(SHOP) == 0).then_some(())).await?;
    let mut hers = BTreeMap::<String, usize>::new();
    while hers.values().sum::<usize>() < EACH + 1 {
        let offset = hers.values().sum::<usize>();
        let page = shop.get(&gateway, &format!("messages?direction=in&limit=500&offset={offset}")).await?;
        let items = page["items"].as_array().context("items")?;
        for message in items {
            *hers.entry(message["content"]["text"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        if items.is_empty() {
            break;
        }
    }
    let lost: Vec<usize> = (0..EACH).filter(|number| !hers.contains_key(&format!("hers {number}"))).collect();
    ensure!(lost.is_empty(), "lost: {lost:?}");
    ensure!(hers.values().all(|count| *count == 1), "doubled: {:?}", hers.iter().find(|(_, count)| **count > 1));
    Ok(())
}

/// The words of a message as Baileys tells it.
fn says(event: &Value) -> Option<&str> {
    let message = &event["message"];
    message["extendedTextMessage"]["text"].as_str().or(message["conversation"].as_str())
}

#[tokio::test]
async fn an_account_goes_through_its_own_proxy() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    world.person(ANN, "Ann")?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    for proxy in [Proxy::socks5().await?, Proxy::connect().await?] {
        let set = json!({"settings": {"proxy": proxy.url()}});
        let path = format!("/v1/accounts/{}", shop.id);
        let (status, told) = gateway.native(Method::PATCH, &path, Some(set)).await?;
        ensure!(status == 200, "{status} {told}");
        shop.post(&gateway, "restart", json!({})).await?;
        proxy.used(PATIENCE).await.context("the proxy was not used")?;
        shop.until_state(&gateway, "open").await?;
        let text = format!("through {}", proxy.url());
        shop.text(&gateway, ANN, &text).await?;
        let says =
            |heard: &sluice_whatsapp_world::Heard| whatsapp::words(&heard.message).as_deref() == Some(text.as_str());
        world.until(PATIENCE, &text, |world| world.heard(ANN).into_iter().find(says)).await?;
    }
    Ok(())
}

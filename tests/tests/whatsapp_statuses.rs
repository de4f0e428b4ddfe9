//! How far a message is, in the words of every dialect; people with two addresses, groups, calls, history.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use sluice_tests::whatsapp::{self, Account, PATIENCE, SHOP};
use sluice_tests::{Gateway, Human};
use sluice_whatsapp_world::World;

const ANN: &str = "79990000001";
const BOB: &str = "79990000002";

/// A number that nobody has.
const STRANGER: &str = "79995550000";

#[tokio::test]
async fn sent_delivered_and_read_reach_every_dialect_in_its_words() -> Result<()> {
    let world = World::start().await?;
    let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(()) };
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    let voices = whatsapp::voices(&gateway, &shop, ANN).await?;

    // Each sends a message of its own, and nothing else than its words is told of it.
    let mut sent = Vec::new();
    for voice in &voices {
        let text = format!("from {}", voice.dialect);
        let id = voice.send(ANN, &text).await?;
        let came = ann.message(&text, |event| event["message"]["conversation"] == text.as_str()).await?;
        let remote = came["key"]["id"].clone();
        // What is delivered and read in one breath is told as read alone.
        let is_delivered =
            |event: &Value| event["type"] == "message.delivered" && event["data"]["message"]["remote"] == remote;
        shop.event(&text, is_delivered).await?;
        ann.call("readMessages", json!([[came["key"]]])).await?;
        sent.push((voice, id));
    }
    for (voice, id) in &sent {
        if let Some(last) = voice.words.last() {
            voice.until(id, last).await?;
        }
    }
    for (voice, id) in &sent {
        let told = voice.told(id).await?;
        ensure!(told == voice.words, "{}: {told:?}", voice.dialect);
    }
    for voice in &voices {
        if let Some(word) = voice.stranger {
            let id = voice.send(STRANGER, "anybody?").await?;
            voice.until(&id, word).await?;
            let told = voice.told(&id).await?;
            ensure!(told == [word], "{}: {told:?}", voice.dialect);
        }
    }

    // And the other way: her words are posted by every API that posts, and her client hears that they were read.
    let key = ann.send(SHOP, json!({"text": "I like it"})).await?;
    let got = shop.received("her words", |message| message["remote"] == key["id"]).await?;
    for voice in &voices {
        voice.hears("I like it").await?;
    }
    shop.post(&gateway, &format!("messages/{}/read", got["id"].as_str().unwrap_or_default()), json!({})).await?;
    ann.event("read", |event| event["event"] == "update" && event["key"]["id"] == key["id"] && event["status"] == 4)
        .await?;
    Ok(())
}

#[tokio::test]
async fn late_receipts_still_count() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.hold_receipts(SHOP)?;
    let id = shop.text(&gateway, ANN, "slowly").await?;
    let remote = shop.until(&id, "message.sent").await?["remote"].as_str().context("remote")?.to_owned();
    world.until(PATIENCE, "it", |world| world.heard(ANN).into_iter().find(|heard| heard.id == remote)).await?;
    ensure!(!shop.told().iter().any(|event| event["type"] == "message.delivered"));
    world.release(SHOP)?;
    shop.until(&id, "message.delivered").await?;
    world.confirm(ANN, SHOP, None, &remote, "read")?;
    shop.until(&id, "message.read").await?;
    Ok(())
}

#[tokio::test]
async fn a_person_with_two_addresses_has_one_conversation() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    let lid = format!("{}@lid", world.lid(ANN)?);
    world.say_text(ANN, SHOP, "by number")?;
    world.say_text(ANN, &format!("{}@lid", world.lid(SHOP)?), "by LID")?;
    for text in ["by number", "by LID"] {
        let got = shop.received(text, |message| message["content"]["text"] == text).await?;
        ensure!(got["chat"]["phone"] == ANN && got["chat"].to_string().contains(&world.lid(ANN)?), "{got}");
    }
    shop.text(&gateway, ANN, "an answer").await?;
    shop.send_whole(&gateway, json!({"to": lid, "text": "another"})).await?;
    for text in ["an answer", "another"] {
        let says = |heard: &sluice_whatsapp_world::Heard| whatsapp::words(&heard.message).as_deref() == Some(text);
        world.until(PATIENCE, text, |world| world.heard(ANN).into_iter().find(says)).await?;
    }
    let chats = shop.get(&gateway, "chats").await?;
    ensure!(chats["items"].as_array().map(Vec::len) == Some(1), "{chats}");
    Ok(())
}

#[tokio::test]
async fn groups_work_from_both_sides() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.person(BOB, "Bob")?;
    let made = shop.post(&gateway, "groups", json!({"name": "Buyers", "members": [ANN]})).await?;
    let group = made["address"].as_str().with_context(|| format!("{made}"))?.to_owned();
    shop.text(&gateway, &group, "welcome").await?;
    world
        .until(PATIENCE, "the welcome", |world| {
            world.heard(ANN).into_iter().find(|heard| group.contains(heard.chat.user.as_str()))
        })
        .await?;

    let jid = format!("{}@g.us", group.rsplit(':').next().unwrap_or_default().trim_end_matches("@g.us"));
    world.say_text(ANN, &jid, "thanks")?;
    let got = shop.received("thanks", |message| message["content"]["text"] == "thanks").await?;
    ensure!(got["sender"]["phone"] == ANN && got["chat"].to_string().contains(jid.trim_end_matches("@g.us")), "{got}");

    let path = format!("groups/{}", group);
    shop.post(&gateway, &format!("{path}/members/add"), json!({"members": [BOB]})).await?;
    let shown = shop.get(&gateway, &path).await?;
    ensure!(shown["members"].as_array().map(Vec::len) == Some(3), "{shown}");
    shop.text(&gateway, &group, "and Bob").await?;
    world.until(PATIENCE, "Bob's first", |world| world.heard(BOB).into_iter().next()).await?;
    let invite = shop.get(&gateway, &format!("{path}/invite")).await?;
    ensure!(invite.to_string().contains("World"), "{invite}");
    shop.post(&gateway, &format!("{path}/leave"), json!({})).await?;
    Ok(())
}

#[tokio::test]
async fn calls_are_told_and_history_is_read() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.ring(ANN, SHOP, "CALL1", "offer", true)?;
    shop.event("a call", |event| event["type"] == "call.received" && event["data"]["call"]["remote"] == "CALL1")
        .await?;

    let past =
        sluice_whatsapp_world::Past { id: "3APAST".into(), own: false, text: "long ago".into(), at: 1_700_000_000 };
    let chat = sluice_whatsapp_world::Chat {
        with: format!("{BOB}@s.whatsapp.net").parse()?,
        name: "Bob".into(),
        messages: vec![past],
    };
    world.share_history(SHOP, &[chat])?;
    until_listed(&gateway, &shop, "long ago").await?;
    Ok(())
}

/// History is not news: it is not told, it is there.
async fn until_listed(gateway: &Gateway, account: &Account, text: &str) -> Result<()> {
    for _ in 0..300 {
        let listed = account.get(gateway, "messages?limit=100").await?;
        if listed.to_string().contains(text) {
            return Ok(());
        }
        // tidy: real time because another process is waited for
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("{text:?} is not among the messages")
}

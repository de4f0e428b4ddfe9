//! The pretend WhatsApp itself, with Baileys and phones on both sides: what is wrong here is not the gateway's doing.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use sluice_tests::Human;
use sluice_whatsapp_world::{Trouble, World};

const ANN: &str = "79990000001";
const BOB: &str = "79990000002";
const CAT: &str = "79990000003";
const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn two_people_talk_on_two_clients_and_two_phones() -> Result<()> {
    let world = World::start().await?;
    let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(()) };
    let Some(bob) = Human::link(&world, BOB, "Bob").await? else { return Ok(()) };
    let key = ann.send(BOB, json!({"text": "hello"})).await?;
    let got = bob.message("hello", |event| event["key"]["id"] == key["id"]).await?;
    ensure!(got["message"]["extendedTextMessage"]["text"] == "hello", "{got}");
    bob.send(ANN, json!({"text": "hello yourself"})).await?;
    ann.message("an answer", |event| event["message"]["extendedTextMessage"]["text"] == "hello yourself").await?;
    let delivered = |event: &serde_json::Value| event["key"]["id"] == key["id"] && event["status"] == 3;
    ann.event("delivered", |event| event["event"] == "update" && delivered(event)).await?;

    // Bob's phone has it too, and Ann's has her own words.
    let heard = world.until(SOON, "Bob's phone", |world| world.heard(BOB).into_iter().next()).await?;
    ensure!(heard.from == ANN && heard.device == 1 && !heard.own, "{heard:?}");
    ensure!(world.heard(ANN).iter().any(|heard| heard.own && heard.id == key["id"].as_str().unwrap_or_default()));
    world.say_text(BOB, ANN, "from the phone")?;
    ann.message("a phone's words", |event| event["message"]["conversation"] == "from the phone").await?;
    bob.message("the own phone's words", |event| event["message"]["conversation"] == "from the phone").await?;
    Ok(())
}

#[tokio::test]
async fn files_and_groups_go_through() -> Result<()> {
    let world = World::start().await?;
    let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(()) };
    world.person(BOB, "Bob")?;
    world.person(CAT, "Cat")?;
    let bytes: Vec<u8> = (0..200_000u32).map(|number| (number % 251) as u8).collect();
    let document = json!({"document": {"base64": base64(&bytes)}, "mimetype": "application/pdf", "fileName": "a.pdf"});
    ann.send(BOB, document).await?;
    let heard = world.until(SOON, "a file", |world| world.heard(BOB).into_iter().next()).await?;
    let file = heard.message.document_message.into_option().context("no document")?;
    ensure!(world.download(&file)? == bytes, "other bytes");

    let group = ann.call("groupCreate", json!(["Friends", [jid(BOB), jid(CAT)]])).await?;
    let id = group["id"].as_str().context("id")?;
    ann.send(id, json!({"text": "hello, all"})).await?;
    for member in [BOB, CAT] {
        world
            .until(SOON, "a group message", |world| {
                world.heard(member).into_iter().find(|heard| heard.chat.to_string() == id)
            })
            .await?;
    }
    world.say_text(CAT, id, "hello, Ann")?;
    let got = ann.message("a group's answer", |event| event["message"]["conversation"] == "hello, Ann").await?;
    ensure!(got["key"]["remoteJid"] == id && got["key"]["participant"].as_str().is_some(), "{got}");
    Ok(())
}

#[tokio::test]
async fn what_is_missed_spoiled_or_cut_comes_again() -> Result<()> {
    let world = World::start().await?;
    let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(()) };
    world.person(BOB, "Bob")?;
    world.say_text(BOB, ANN, "before")?;
    ann.message("the first", |event| event["message"]["conversation"] == "before").await?;
    world.trouble(ANN, Trouble::Spoil, 1)?;
    world.say_text(BOB, ANN, "spoiled")?;
    ann.message("the spoiled one", |event| event["message"]["conversation"] == "spoiled").await?;
    world.cut(ANN)?;
    world.until(SOON, "gone", |world| (!world.is_online(ANN)).then_some(())).await?;
    world.say_text(BOB, ANN, "missed")?;
    ann.message("the missed one", |event| event["message"]["conversation"] == "missed").await?;
    world.until(SOON, "acknowledged", |world| (world.waiting(ANN) == 0).then_some(())).await?;
    world.unlink(ANN)?;
    ann.event("logged out", |event| event["event"] == "close" && event["code"] == 401).await?;
    Ok(())
}

#[tokio::test]
async fn a_code_links_a_device_as_well() -> Result<()> {
    let world = World::start().await?;
    let Some(ann) = Human::start(&world).await? else { return Ok(()) };
    world.person(ANN, "Ann")?;
    ann.event("a QR code", |event| event["event"] == "qr").await?;
    let code = ann.call("code", json!([ANN])).await?;
    world.until(SOON, "asked", |world| world.awaits_code(ANN).then_some(())).await?;
    world.enter_code(ANN, code.as_str().context("code")?).await?;
    ann.event("linked", |event| event["event"] == "open").await?;
    ensure!(world.linked(ANN) == 1);
    Ok(())
}

fn jid(phone: &str) -> String {
    sluice_tests::human::jid(phone)
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

//! Lost acknowledgements, refusals, doubled and spoiled messages, cut lines, crashes, proxies.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::Plan;
use sluice_tests::proxy::Proxy;
use sluice_tests::whatsapp::{self, Account, PATIENCE, SHOP};
use sluice_tests::{Gateway, Human};
use sluice_whatsapp_world::buffa::MessageField;
use sluice_whatsapp_world::proto::Message;
use sluice_whatsapp_world::proto::message::DocumentMessage;
use sluice_whatsapp_world::{MediaType, Trouble, World};

const ANN: &str = "79990000001";
const BOB: &str = "79990000002";

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
    let is_lost = |message: &Value| message["content"]["type"] == "unreadable";
    let lost = shop.received("what could not be read at first", is_lost).await?;
    ensure!(lost["chat"]["phone"] == ANN && lost["content"]["what"] == "message that could not be decrypted", "{lost}");
    // One that stays spoiled however often it is sent again is told once.
    world.trouble(SHOP, Trouble::Spoil, u32::MAX)?;
    let never = world.say_text(ANN, SHOP, "never to be read")?;
    let is_never = |message: &Value| message["remote"].as_str().is_some_and(|remote| remote.starts_with(&never));
    let lost = shop.received("what is never read", is_never).await?;
    ensure!(lost["content"]["type"] == "unreadable", "{lost}");
    world.until(PATIENCE, "all acknowledged", |world| (world.waiting(SHOP) == 0).then_some(())).await?;
    world.calm(SHOP)?;
    world.say_text(ANN, SHOP, "last")?;
    shop.received("the last", |message| message["content"]["text"] == "last").await?;
    let told = shop.told();
    let count = |wanted: &dyn Fn(&Value) -> bool| {
        let is_it = |event: &&Value| event["type"] == "message.received" && wanted(&event["data"]["message"]);
        told.iter().filter(is_it).count()
    };
    ensure!(count(&|message| message["content"]["text"] == "twice") == 1);
    ensure!(count(&is_never) == 1 && count(&is_lost) == 2, "{told:?}");
    Ok(())
}

/// Nothing is heard of a send, and nothing of a question; meanwhile the media servers fail as well.
#[tokio::test]
async fn a_broken_media_server_is_waited_for_and_silence_is_no_answer() -> Result<()> {
    const BRANCH: &str = "79992000000";
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    let branch = Account::link(&gateway, &world, BRANCH).await?;
    world.person(ANN, "Ann")?;
    world.person(BOB, "Bob")?;

    // The server's word does not come, and neither does Ann's: after a while it is sent once more, under the same id.
    world.hold_receipts(SHOP)?;
    world.trouble(SHOP, Trouble::LoseAck, 1)?;
    let unconfirmed = shop.text(&gateway, ANN, "did you get it?").await?;
    let first = world.until(PATIENCE, "its way to Ann", |world| world.heard(ANN).into_iter().next()).await?.id;

    // Where only the server's word is lost, Ann's is as good: nothing is sent once more, and what follows does not wait.
    world.trouble(BRANCH, Trouble::LoseAck, 1)?;
    let confirmed = branch.text(&gateway, ANN, "and this?").await?;
    let delivered = branch.until(&confirmed, "message.delivered").await?;
    let second = delivered["remote"].as_str().context("remote")?.to_owned();

    world.fail_media(Some(500));
    let bytes: Vec<u8> = (0..50_000_u32).map(|place| place.to_le_bytes()[0]).collect();
    let content = json!({"type": "document", "base64": STANDARD.encode(&bytes), "mime": "application/pdf"});
    let file = branch.send(&gateway, BOB, content.clone()).await?;
    let retried = branch.until(&file, "message.retried").await?;
    ensure!(retried["trouble"]["note"].as_str().is_some_and(|note| note.contains("500")), "{retried}");
    world.say(BOB, BRANCH, &document(&world, &bytes)?)?;
    let theirs = branch.received("his file", |message| message["content"]["type"] == "document").await?;
    ensure!(theirs["content"].get("media").is_none(), "it cannot be here: {theirs}");
    world.fail_media(Some(413));
    let failed = branch.until(&file, "message.failed").await?;
    ensure!(failed["trouble"]["why"] == "media_too_large", "{failed}");
    world.fail_media(None);
    let file = branch.send(&gateway, BOB, content).await?;
    let sent = branch.until(&file, "message.sent").await?;
    let heard = world.heard(BOB).into_iter().find(|heard| sent["remote"] == heard.id.as_str()).context("no file")?;
    let came = heard.message.document_message.into_option().context("no document")?;
    ensure!(world.download(&came)? == bytes, "other bytes");
    ensure!(branch.file(&gateway, &theirs).await? == bytes, "other bytes of his");

    world.trouble(BRANCH, Trouble::Silence, u32::MAX)?;
    let path = format!("/v1/accounts/{}/contacts/{ANN}/avatar", branch.id);
    let (status, told) = gateway.native(Method::GET, &path, None).await?;
    ensure!(status == 504, "{status} {told}");
    world.calm(BRANCH)?;
    let (status, told) = gateway.native(Method::GET, &path, None).await?;
    ensure!(status == 200 && told["available"] == false, "{status} {told}");

    shop.until(&unconfirmed, "message.sent").await?;
    for (phone, id, times) in [(SHOP, &first, 2), (BRANCH, &second, 1)] {
        let passed = world.passed(phone).into_iter().filter(|passed| passed.id == *id).count();
        ensure!(passed == times, "{passed} times");
    }
    world.release(SHOP)?;
    shop.until(&unconfirmed, "message.delivered").await?;
    Ok(())
}

/// A message with a file that lies on the media host.
fn document(world: &World, bytes: &[u8]) -> Result<Message> {
    let file = world.upload(bytes, MediaType::Document)?;
    let document = DocumentMessage {
        url: Some(file.url),
        direct_path: Some(file.direct_path),
        media_key: Some(file.media_key),
        file_sha256: Some(file.sha256),
        file_enc_sha256: Some(file.enc_sha256),
        file_length: Some(file.length),
        mimetype: Some("application/pdf".to_owned()),
        file_name: Some("his.pdf".to_owned()),
        ..DocumentMessage::default()
    };
    Ok(Message { document_message: MessageField::some(document), ..Message::default() })
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

//! Every kind of content, both ways, with Baileys on the other side; files byte by byte.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sluice_tests::human::jid;
use sluice_tests::whatsapp::{self, Account, SHOP};
use sluice_tests::{Gateway, Human};
use sluice_whatsapp_world::World;

const ANN: &str = "79990000001";

/// Bytes that are no file of any kind; neither side looks into them.
fn bytes(seed: u8, length: usize) -> Vec<u8> {
    (0..length).map(|place| (place as u8).wrapping_mul(31).wrapping_add(seed)).collect()
}

fn sha(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A picture that can be decoded: one red pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

struct Pair {
    world: World,
    gateway: Gateway,
    shop: Account,
    ann: Human,
}

async fn pair() -> Result<Option<Pair>> {
    let world = World::start().await?;
    let Some(ann) = Human::link(&world, ANN, "Ann").await? else { return Ok(None) };
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    Ok(Some(Pair { world, gateway, shop, ann }))
}

impl Pair {
    /// Sends, and waits for it at Ann's; our id, and what came.
    async fn tell_ann(&self, content: Value) -> Result<(String, Value)> {
        let id = self.shop.send(&self.gateway, ANN, content.clone()).await?;
        let sent = self.shop.until(&id, "message.sent").await?;
        let remote = sent["remote"].as_str().context("remote")?.to_owned();
        let came = self.ann.message(&content.to_string(), |event| event["key"]["id"] == remote.as_str()).await?;
        Ok((id, came["message"].clone()))
    }

    /// Ann sends; what the gateway makes of it.
    async fn hear_ann(&self, content: Value) -> Result<Value> {
        let key = self.ann.send(SHOP, content.clone()).await?;
        self.shop.received(&content.to_string(), |message| message["remote"] == key["id"]).await
    }
}

#[tokio::test]
async fn words_places_people_and_polls_go_both_ways() -> Result<()> {
    let Some(pair) = pair().await? else { return Ok(()) };
    let (first, came) = pair.tell_ann(json!({"type": "text", "text": "Привет 👋"})).await?;
    ensure!(text(&came) == "Привет 👋", "{came}");
    let place =
        json!({"type": "location", "latitude": 55.75, "longitude": 37.61, "name": "Kremlin", "address": "Moscow"});
    let (_, came) = pair.tell_ann(place).await?;
    ensure!(
        came["locationMessage"]["degreesLatitude"] == 55.75 && came["locationMessage"]["name"] == "Kremlin",
        "{came}"
    );
    let (_, came) =
        pair.tell_ann(json!({"type": "contacts", "contacts": [{"name": "Bob", "phone": "79990000002"}]})).await?;
    ensure!(came["contactMessage"]["vcard"].as_str().is_some_and(|card| card.contains("79990000002")), "{came}");
    let poll = json!({"type": "poll", "question": "Tea?", "options": ["yes", "no"], "choices": 1});
    let (poll, came) = pair.tell_ann(poll).await?;
    ensure!(came.to_string().contains("Tea?") && came.to_string().contains("\"yes\""), "{came}");
    ensure!(!poll.is_empty());

    let reply = json!({"to": ANN, "text": "an answer", "reply_to": first});
    let id = pair.shop.send_whole(&pair.gateway, reply).await?;
    let remote = pair.shop.until(&id, "message.sent").await?["remote"].clone();
    let came = pair.ann.message("a reply", |event| event["key"]["id"] == remote).await?;
    let quoted = &came["message"]["extendedTextMessage"]["contextInfo"];
    ensure!(text(&came["message"]) == "an answer" && quoted["stanzaId"].is_string(), "{came}");

    let got = pair.hear_ann(json!({"text": "from Ann"})).await?;
    ensure!(got["content"] == json!({"type": "text", "text": "from Ann"}), "{got}");
    ensure!(got["chat"]["phone"] == ANN && got["sender"]["name"] == "Ann", "{got}");
    let got = pair.hear_ann(json!({"location": {"degreesLatitude": 59.9, "degreesLongitude": 30.3}})).await?;
    ensure!(got["content"]["type"] == "location" && got["content"]["latitude"] == 59.9, "{got}");
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nTEL;waid=79990000002:+79990000002\nEND:VCARD";
    let got = pair.hear_ann(json!({"contacts": {"displayName": "Bob", "contacts": [{"vcard": card}]}})).await?;
    ensure!(got["content"]["type"] == "contacts" && got["content"]["contacts"][0]["phone"] == "79990000002", "{got}");
    let got =
        pair.hear_ann(json!({"poll": {"name": "Coffee?", "values": ["yes", "no"], "selectableCount": 1}})).await?;
    ensure!(got["content"]["type"] == "poll" && got["content"]["options"] == json!(["yes", "no"]), "{got}");
    Ok(())
}

#[tokio::test]
async fn files_arrive_byte_by_byte() -> Result<()> {
    let Some(pair) = pair().await? else { return Ok(()) };
    let kinds = [
        ("image", "imageMessage", "image/png", STANDARD.decode(PNG)?),
        ("video", "videoMessage", "video/mp4", bytes(2, 90_000)),
        ("audio", "audioMessage", "audio/mpeg", bytes(3, 40_000)),
        ("voice", "audioMessage", "audio/ogg; codecs=opus", bytes(4, 30_000)),
        ("document", "documentMessage", "application/pdf", bytes(5, 200_000)),
        ("sticker", "stickerMessage", "image/webp", bytes(6, 20_000)),
    ];
    for (kind, named, mime, file) in &kinds {
        let content = json!({"type": kind, "base64": STANDARD.encode(file), "mime": mime, "file_name": "a file"});
        let id = pair.shop.send(&pair.gateway, ANN, content).await?;
        let sent = pair.shop.until(&id, "message.sent").await.with_context(|| format!("sending {kind}"))?;
        let came = pair.ann.message(kind, |event| event["key"]["id"] == sent["remote"]).await?;
        ensure!(
            came["media"]["kind"] == *named && came["media"]["sha256"] == sha(file).as_str(),
            "{kind}: {}",
            came["media"]
        );
        if *kind == "voice" {
            ensure!(came["message"]["audioMessage"]["ptt"] == true, "{came}");
        }
    }
    let thumbnail = "iVBORw0KGgo=";
    let theirs = [
        (
            "image",
            json!({"image": {"base64": PNG}, "caption": "look", "jpegThumbnail": thumbnail}),
            STANDARD.decode(PNG)?,
        ),
        (
            "video",
            json!({"video": {"base64": STANDARD.encode(bytes(12, 80_000))}, "jpegThumbnail": thumbnail}),
            bytes(12, 80_000),
        ),
        (
            "audio",
            json!({"audio": {"base64": STANDARD.encode(bytes(13, 30_000))}, "mimetype": "audio/mpeg", "seconds": 2}),
            bytes(13, 30_000),
        ),
        (
            "voice",
            json!({"audio": {"base64": STANDARD.encode(bytes(14, 30_000))}, "mimetype": "audio/ogg; codecs=opus", "ptt": true, "seconds": 2, "waveform": {"base64": "AAAA"}}),
            bytes(14, 30_000),
        ),
        (
            "document",
            json!({"document": {"base64": STANDARD.encode(bytes(15, 150_000))}, "mimetype": "application/pdf", "fileName": "b.pdf"}),
            bytes(15, 150_000),
        ),
        ("sticker", json!({"sticker": {"base64": STANDARD.encode(bytes(16, 15_000))}}), bytes(16, 15_000)),
    ];
    for (kind, content, file) in theirs {
        let got = pair.hear_ann(content).await.with_context(|| format!("receiving {kind}"))?;
        ensure!(got["content"]["type"] == kind, "{got}");
        ensure!(pair.shop.file(&pair.gateway, &got).await? == file, "other bytes of {kind}");
    }
    ensure!(pair.world.files() >= 12);
    Ok(())
}

#[tokio::test]
async fn what_is_said_about_a_message_finds_it() -> Result<()> {
    let Some(pair) = pair().await? else { return Ok(()) };
    let (own, _) = pair.tell_ann(json!({"type": "text", "text": "first words"})).await?;
    let own_remote = pair.shop.until(&own, "message.sent").await?["remote"].clone();
    let theirs = pair.hear_ann(json!({"text": "hers"})).await?;

    let about = |content: Value| pair.shop.send_whole(&pair.gateway, json!({"content": content}));
    about(json!({"type": "reaction", "message": theirs["id"], "emoji": "👍"})).await?;
    let reaction = pair.ann.event("a reaction", |event| event["event"] == "messages.reaction").await?;
    ensure!(
        reaction["data"][0]["reaction"]["text"] == "👍" && reaction["data"][0]["key"]["id"] == theirs["remote"],
        "{reaction}"
    );
    about(json!({"type": "edit", "message": own, "text": "better words"})).await?;
    let is_edit = |event: &Value| event["event"] == "update" && event["edited"].to_string().contains("better words");
    let edited = pair.ann.event("an edit", is_edit).await?;
    ensure!(edited["key"]["id"] == own_remote, "{edited}");
    about(json!({"type": "delete", "message": own})).await?;
    pair.ann
        .event("a deletion", |event| {
            event["event"] == "update" && event["key"]["id"] == own_remote && event["stub"] == 1
        })
        .await?;

    let key = json!({"remoteJid": jid(SHOP), "id": own_remote, "fromMe": false});
    let got = pair.hear_ann(json!({"react": {"text": "❤️", "key": key}})).await?;
    ensure!(got["content"] == json!({"type": "reaction", "message": own_remote, "emoji": "❤️"}), "{got}");
    let hers = json!({"remoteJid": jid(SHOP), "id": theirs["remote"], "fromMe": true});
    let got = pair.hear_ann(json!({"text": "hers, mended", "edit": hers})).await?;
    ensure!(got["content"] == json!({"type": "edit", "message": theirs["remote"], "text": "hers, mended"}), "{got}");
    let got = pair.hear_ann(json!({"delete": hers})).await?;
    ensure!(got["content"]["type"] == "delete" && got["content"]["message"] == theirs["remote"], "{got}");
    Ok(())
}

fn text(message: &Value) -> &str {
    let extended = message["extendedTextMessage"]["text"].as_str();
    message["conversation"].as_str().or(extended).unwrap_or_default()
}

//! Every kind of content, both ways, with Baileys on the other side; files byte by byte.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sluice_tests::gateway::answer;
use sluice_tests::human::jid;
use sluice_tests::whatsapp::{ANN, Green, Pair, SHOP, said};

const BOB: &str = "79990000002";

/// Bytes that are no file of any kind; neither side looks into them.
fn bytes(seed: u8, length: usize) -> Vec<u8> {
    (0..length).map(|place| (place as u8).wrapping_mul(31).wrapping_add(seed)).collect()
}

fn sha(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The beginning of a JPEG and its end.
const JPEG: [u8; 22] = *b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9";

/// A picture that can be decoded: one red pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

#[tokio::test]
async fn words_places_people_and_polls_go_both_ways() -> Result<()> {
    let Some(pair) = Pair::new().await? else { return Ok(()) };
    let (first, came) = pair.tell_ann(json!({"type": "text", "text": "Привет 👋"})).await?;
    ensure!(said(&came) == "Привет 👋", "{came}");
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
    let polls = pair.shop.until(&poll, "message.sent").await?["remote"].clone();
    let ann = format!("phone:{ANN}");
    for (chosen, yes, no) in [("yes", vec![&ann], vec![]), ("no", vec![], vec![&ann])] {
        pair.ann.call("vote", json!([polls, [chosen]])).await?;
        let is_it = |message: &Value| message["content"]["chosen"] == json!([chosen]);
        let vote = pair.shop.received("a vote", is_it).await?["content"].clone();
        ensure!(vote["message"] == polls && vote["question"] == "Tea?", "{vote}");
        let tally = json!([{"option": "yes", "voters": yes}, {"option": "no", "voters": no}]);
        ensure!(vote["tally"] == tally, "the newer vote stands: {vote}");
    }

    let reply = json!({"to": ANN, "text": "an answer", "reply_to": first});
    let (_, came) = pair.tell(reply).await?;
    let quoted = &came["message"]["extendedTextMessage"]["contextInfo"];
    ensure!(said(&came["message"]) == "an answer" && quoted["stanzaId"].is_string(), "{came}");

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
    pair.ann.call("vote", json!([got["remote"], ["yes"]])).await?;
    let vote = pair.shop.received("a vote in her own", |message| {
        message["content"]["type"] == "vote" && message["content"]["question"] == "Coffee?"
    });
    let vote = vote.await.context("her own poll")?["content"].clone();
    ensure!(vote["chosen"] == json!(["yes"]) && vote["message"] == got["remote"], "{vote}");
    Ok(())
}

#[tokio::test]
async fn files_arrive_byte_by_byte() -> Result<()> {
    let Some(pair) = Pair::new().await? else { return Ok(()) };
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
        let (_, came) = pair.tell(json!({"to": ANN, "content": content})).await.context(*kind)?;
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
    let Some(pair) = Pair::new().await? else { return Ok(()) };
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

#[tokio::test]
async fn cards_mentions_and_forwards_go_both_ways() -> Result<()> {
    let Some(pair) = Pair::new().await? else { return Ok(()) };
    let card = json!({"title": "Tea", "description": "Leaves of all kinds", "url": "https://shop.example/tea",
        "image": {"base64": STANDARD.encode(JPEG)}});
    let words = format!("see https://shop.example/tea @{BOB}");
    let text = json!({"type": "text", "text": words, "mentions": [BOB], "preview": card});
    let (_, came) = pair.tell_ann(text).await?;
    let shown = &came["extendedTextMessage"];
    ensure!(shown["text"] == words.as_str() && shown["matchedText"] == "https://shop.example/tea", "{came}");
    ensure!(shown["title"] == "Tea" && shown["description"] == "Leaves of all kinds", "{came}");
    ensure!(shown["jpegThumbnail"] == STANDARD.encode(JPEG), "{came}");
    ensure!(shown["contextInfo"]["mentionedJid"] == json!([jid(BOB)]), "{came}");

    let words = format!("look https://tea.example/ @{SHOP}");
    let card = json!({"matched-text": "https://tea.example/", "title": "More tea", "description": "and cups"});
    let got =
        pair.hear_ann(json!({"text": words, "mentions": [jid(SHOP)], "linkPreview": card})).await?["content"].clone();
    ensure!(got["text"] == words && got["mentions"] == json!([format!("phone:{SHOP}")]), "{got}");
    ensure!(got["preview"]["title"] == "More tea" && got["preview"]["url"] == "https://tea.example/", "{got}");

    let picture = json!({"image": {"base64": PNG}, "caption": "mine", "jpegThumbnail": "iVBORw0KGgo="});
    for content in [json!({"text": "pass it on"}), picture] {
        let theirs = pair.hear_ann(content).await?;
        let path = format!("messages/{}/forward", theirs["id"].as_str().unwrap_or_default());
        let copy = pair.shop.post(&pair.gateway, &path, json!({"to": ANN})).await?;
        let came = pair.comes(copy["id"].as_str().context("id")?, "a copy").await?;
        let (_, kind) = came["message"]
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, _)| name.ends_with("Message"))
            .context("empty")?;
        ensure!(kind["contextInfo"]["isForwarded"] == true && kind["contextInfo"]["forwardingScore"] == 1, "{came}");
        match theirs["content"]["text"].as_str() {
            Some(text) => ensure!(said(&came["message"]) == text, "{came}"),
            None => {
                ensure!(came["media"]["sha256"] == sha(&STANDARD.decode(PNG)?) && kind["caption"] == "mine", "{came}")
            }
        }
    }
    let heard = json!({"key": {"id": "3EB0", "remoteJid": jid(BOB)}, "message": {"conversation": "heard from Bob"}});
    let got = pair.hear_ann(json!({"forward": heard})).await?;
    ensure!(got["content"]["text"] == "heard from Bob" && got["forwarded"] == 1, "{got}");
    Ok(())
}

#[tokio::test]
async fn stories_are_seen_by_those_who_are_saved_and_their_viewers_are_named() -> Result<()> {
    let Some(pair) = Pair::new().await? else { return Ok(()) };
    pair.shop.put(&pair.gateway, &format!("contacts/{ANN}"), json!({"name": "Ann of the shop"})).await?;
    let words = json!({"type": "text", "text": "My day", "background": "#112233"});
    let picture = json!({"type": "image", "base64": PNG, "caption": "My picture"});
    for story in [words, picture] {
        let (id, came) = pair.tell(json!({"to": "story", "content": story})).await?;
        ensure!(came["key"]["remoteJid"] == "status@broadcast", "{came}");
        if story["type"] == "text" {
            let shown = &came["message"]["extendedTextMessage"];
            ensure!(shown["text"] == "My day" && shown["backgroundArgb"] == 0xFF11_2233_u32, "{came}");
        } else {
            ensure!(came["media"]["sha256"] == sha(&STANDARD.decode(PNG)?), "{came}");
            ensure!(came["message"]["imageMessage"]["caption"] == "My picture", "{came}");
        }
        pair.ann.call("readMessages", json!([[came["key"]]])).await?;
        pair.shop.until(&id, "message.read").await?;
        let remote = came["key"]["id"].as_str().context("id")?;
        let views = pair.shop.get(&pair.gateway, &format!("stories/{remote}/views")).await?;
        ensure!(
            views["items"][0]["who"]["phone"] == ANN && views["items"].as_array().map(Vec::len) == Some(1),
            "{views}"
        );
        let deletion = json!({"content": {"type": "delete", "message": id}});
        pair.shop.send_whole(&pair.gateway, deletion).await?;
        let is_gone = |event: &Value| event["event"] == "update" && event["key"]["id"] == remote && event["stub"] == 1;
        pair.ann.event("a story taken back", is_gone).await?;
    }

    // The same through GREEN-API.
    let green = Green::of(&pair.gateway, &pair.shop).await?;
    let story = json!({"message": "Our tea", "backgroundColor": "#228B22", "font": "SERIF"});
    let (_, sent) = answer(pair.gateway.http.post(green.url(&pair.gateway, "sendTextStatus")).json(&story)).await?;
    let came = pair.ann.message("a story of GREEN-API's", |event| event["key"]["id"] == sent["idMessage"]).await?;
    ensure!(came["message"]["extendedTextMessage"]["backgroundArgb"] == 0xFF22_8B22_u32, "{came}");
    pair.ann.call("readMessages", json!([[came["key"]]])).await?;
    let is_it =
        |event: &Value| event["type"] == "message.read" && event["data"]["message"]["remote"] == sent["idMessage"];
    pair.shop.event("a story read", is_it).await?;
    let asked = pair.gateway.http.get(green.url(&pair.gateway, "getStatusStatistic"));
    let (_, seen) = answer(asked.query(&[("idMessage", sent["idMessage"].as_str())])).await?;
    ensure!(seen[0]["participant"] == format!("{ANN}@c.us") && seen[0]["status"] == "read", "{seen}");

    let saved = json!({"statusJidList": [jid(SHOP)], "backgroundColor": "#445566", "font": 1});
    let got = pair.hear_ann_at("status@broadcast", json!({"text": "Her day"}), saved.clone()).await?;
    ensure!(got["content"]["text"] == "Her day" && got["content"]["background"] == "#445566", "{got}");
    ensure!(got["chat"]["address"] == "story:" && got["sender"]["phone"] == ANN, "{got}");
    let picture = json!({"image": {"base64": PNG}, "caption": "Her picture", "jpegThumbnail": "iVBORw0KGgo="});
    let got = pair.hear_ann_at("status@broadcast", picture, saved).await?;
    ensure!(got["chat"]["address"] == "story:" && got["content"]["caption"] == "Her picture", "{got}");
    ensure!(pair.shop.file(&pair.gateway, &got).await? == STANDARD.decode(PNG)?, "other bytes");
    Ok(())
}

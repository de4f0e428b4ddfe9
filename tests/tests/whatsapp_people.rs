//! Live questions about people, chats and groups, and what the human on the other side sees of them.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sluice_tests::Human;
use sluice_tests::human::jid;
use sluice_tests::whatsapp::{ANN, Pair, SHOP, said};

const BOB: &str = "79990000002";
const CAT: &str = "79990000003";
/// A number that nobody has.
const STRANGER: &str = "79995550000";

/// The beginning of a JPEG and its end.
const JPEG: [u8; 22] = *b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9";

fn jpeg() -> Value {
    json!({"base64": STANDARD.encode(JPEG)})
}

#[tokio::test]
async fn people_are_asked_about_and_see_what_the_account_does() -> Result<()> {
    let Some(pair) = Pair::new().await? else { return Ok(()) };
    let Pair { world, gateway, shop, ann } = &pair;
    world.person(BOB, "Bob")?;
    world.set_picture(ANN, JPEG.to_vec())?;
    let checked = shop.post(gateway, "contacts/check", json!({"phones": [ANN, STRANGER, BOB]})).await?;
    let exist: Vec<&Value> = checked["items"].as_array().into_iter().flatten().map(|one| &one["exists"]).collect();
    ensure!(exist == [true, false, true], "{checked}");
    for (phone, has) in [(ANN, true), (BOB, false)] {
        let shown = shop.get(gateway, &format!("contacts/{phone}/avatar")).await?;
        ensure!(shown["available"] == has && shown["url"].is_string() == has, "{shown}");
        let person = shop.get(gateway, &format!("contacts/{phone}/profile")).await?;
        ensure!(person["phone"] == phone && person["lid"] == world.lid(phone)?, "{person}");
        ensure!(person["about"] == "Hey there! I am using WhatsApp.", "{person}");
        ensure!(person["avatar_url"] == shown["url"] && person["business"] == false, "{person}");
    }
    shop.put(gateway, "profile", json!({"about": "Open until six", "picture": jpeg()})).await?;
    let about = ann.call("fetchStatus", json!([jid(SHOP)])).await?;
    ensure!(about.to_string().contains("Open until six"), "{about}");
    let picture = ann.call("profilePictureUrl", json!([jid(SHOP)])).await?;
    ensure!(picture.as_str().is_some_and(|url| url.contains("/pps/")), "{picture}");

    let (_, came) = pair.tell_ann(json!({"type": "text", "text": "hello"})).await?;
    ensure!(said(&came) == "hello", "{came}");
    let chat = format!("chats/{ANN}");
    let typing = format!("{chat}/typing");
    let mut seen = 0;
    for (typed, shown) in [
        (json!({"for_ms": 60_000}), "composing"),
        (json!({"for_ms": 0}), "available"),
        (json!({"for_ms": 60_000, "recording": true}), "recording"),
        // Over by itself.
        (json!({"for_ms": 1}), "available"),
    ] {
        shop.post(gateway, &typing, typed.clone()).await?;
        let newest = |events: &[Value]| {
            let told: Vec<&Value> = events.iter().filter(|event| event["event"] == "presence.update").collect();
            let place = told.iter().skip(seen).position(|event| event.to_string().contains(shown))?;
            Some(seen + place + 1)
        };
        seen = ann.until(std::time::Duration::from_secs(20), &typed.to_string(), newest).await?;
    }
    shop.post(gateway, &format!("{chat}/disappearing"), json!({"seconds": 86_400})).await?;
    let (_, came) = pair.tell_ann(json!({"type": "text", "text": "for a day"})).await?;
    ensure!(came["extendedTextMessage"]["contextInfo"]["expiration"] == 86_400, "{came}");

    // What concerns the account alone is seen on its owner's other devices.
    let Some(owner) = Human::link(world, SHOP, "Shop").await? else { return Ok(()) };
    for on in [true, false] {
        shop.post(gateway, &format!("{chat}/archive"), json!({"on": on})).await?;
        let is_it = |event: &Value| event["event"] == "archived" && event["archived"] == on;
        owner.event("an archived chat", is_it).await?;
        shop.post(gateway, &format!("contacts/{BOB}/block"), json!({"on": on})).await?;
        let blocked = owner.call("fetchBlocklist", json!([])).await?;
        let is_bob = |one: &Value| {
            one.as_str().is_some_and(|one| one.contains(BOB) || world.lid(BOB).is_ok_and(|lid| one.contains(&lid)))
        };
        ensure!(blocked.as_array().into_iter().flatten().any(is_bob) == on, "{on}: {blocked}");
    }
    pair.tell_ann(json!({"type": "text", "text": "from the shop"})).await?;
    let own = owner.message("what the gateway sent", |event| said(&event["message"]) == "from the shop").await?;
    ensure!(own["key"]["fromMe"] == true, "{own}");
    owner.send(ANN, json!({"text": "from its owner"})).await?;
    let is_it = |event: &Value| {
        event["type"] == "message.posted" && event["data"]["message"]["content"]["text"] == "from its owner"
    };
    let posted = shop.event("what the owner sent", is_it).await?["data"]["message"].clone();
    ensure!(posted["origin"] == "phone" && posted["chat"]["phone"] == ANN, "{posted}");
    Ok(())
}

#[tokio::test]
async fn a_group_is_seen_to_change_from_both_sides() -> Result<()> {
    let Some(pair) = Pair::new().await? else { return Ok(()) };
    let Pair { world, gateway, shop, ann } = &pair;
    world.person(BOB, "Bob")?;
    world.person(CAT, "Cat")?;
    let made = shop.post(gateway, "groups", json!({"name": "Buyers", "members": [ANN, BOB]})).await?;
    let address = made["address"].as_str().with_context(|| format!("{made}"))?.to_owned();
    let group = format!("{}@g.us", address.trim_start_matches("group:"));
    let seen = ann.event("a new group", |event| event["event"] == "groups.upsert").await?;
    ensure!(seen["data"][0]["id"] == group.as_str() && seen["data"][0]["subject"] == "Buyers", "{seen}");

    // Everything the gateway changes is told to Ann's client, and it asks for the same group in the end.
    let path = format!("groups/{address}");
    for (action, who) in [("add", CAT), ("promote", ANN), ("promote", CAT), ("demote", CAT), ("remove", CAT)] {
        let shown = shop.post(gateway, &format!("{path}/members/{action}"), json!({"members": [who]})).await?;
        let lid = world.lid(who)?;
        let is_it = |event: &Value| {
            let told = &event["data"];
            event["event"] == "group-participants.update"
                && told["action"] == action
                && told["participants"].to_string().contains(&lid)
        };
        let told = ann.event(action, is_it).await?;
        ensure!(told["data"]["id"] == group.as_str(), "{told} {shown}");
    }
    for (part, body, update, value) in [
        ("name", json!({"name": "Old friends"}), "subject", json!("Old friends")),
        ("description", json!({"text": "Tea only"}), "desc", json!("Tea only")),
        ("rights", json!({"members_send": false}), "announce", json!(true)),
        ("rights", json!({"members_edit": false}), "restrict", json!(true)),
    ] {
        shop.put(gateway, &format!("{path}/{part}"), body).await?;
        let is_it = |event: &Value| event["event"] == "groups.update" && event["data"][0][update] == value;
        ann.event(part, is_it).await?;
    }
    shop.put(gateway, &format!("{path}/picture"), jpeg()).await?;
    let is_it = |event: &Value| {
        event["event"] == "contacts.update"
            && event["data"][0]["id"] == group.as_str()
            && event["data"][0]["imgUrl"] == "changed"
    };
    ann.event("a picture", is_it).await?;
    let seen = ann.call("groupMetadata", json!([group])).await?;
    ensure!(seen["subject"] == "Old friends" && seen["desc"] == "Tea only", "{seen}");
    ensure!(seen["announce"] == true && seen["restrict"] == true, "{seen}");
    let members = seen["participants"].as_array().context("participants")?;
    let admins = members.iter().filter(|member| member["admin"].is_string()).count();
    ensure!((members.len(), admins) == (3, 2), "{seen}");
    let invite = shop.get(gateway, &format!("{path}/invite")).await?;
    let code = invite["url"].as_str().and_then(|url| url.rsplit('/').next()).context("no link")?;
    let invited = ann.call("groupGetInviteInfo", json!([code])).await?;
    ensure!(invited["id"] == group.as_str(), "{invited}");

    // Ann is an admin now.
    ann.call("groupUpdateSubject", json!([group, "New friends"])).await?;
    ann.call("groupUpdateDescription", json!([group, "Coffee too"])).await?;
    ann.call("groupSettingUpdate", json!([group, "not_announcement"])).await?;
    ann.call("groupParticipantsUpdate", json!([group, [jid(BOB)], "remove"])).await?;
    ann.call("groupParticipantsUpdate", json!([group, [jid(CAT)], "add"])).await?;
    for (change, members) in [
        ("renamed", json!([])),
        ("described", json!([])),
        ("rights_changed", json!([])),
        ("members_removed", json!([format!("phone:{BOB}")])),
        ("members_added", json!([format!("phone:{CAT}")])),
    ] {
        let by_ann = |event: &Value| event["data"]["by"] == format!("phone:{ANN}") && event["data"]["change"] == change;
        let told = shop.event(change, |event| event["type"] == "group.changed" && by_ann(event)).await?;
        ensure!(told["data"]["group"] == address.as_str() && told["data"]["members"] == members, "{told}");
    }
    let shown = shop.get(gateway, &path).await?;
    ensure!(shown["name"] == "New friends" && shown["description"] == "Coffee too", "{shown}");
    ensure!(shown["members_send"] == true && shown["members_edit"] == false, "{shown}");

    // Words in it, with a mention; and then the account is out.
    let words = json!({"type": "text", "text": format!("@{ANN} hello"), "mentions": [ANN]});
    let (_, came) = pair.tell(json!({"to": address, "content": words})).await?;
    ensure!(came["key"]["remoteJid"] == group.as_str(), "{came}");
    ensure!(came["message"]["extendedTextMessage"]["contextInfo"]["mentionedJid"] == json!([jid(ANN)]), "{came}");
    let words = json!({"text": format!("@{SHOP} hello"), "mentions": [jid(SHOP)]});
    let got = pair.hear_ann_at(&group, words, json!({})).await?;
    ensure!(got["content"]["mentions"] == json!([format!("phone:{SHOP}")]) && got["sender"]["phone"] == ANN, "{got}");
    ensure!(got["chat"]["name"] == "New friends", "{got}");
    shop.post(gateway, &format!("{path}/leave"), json!({})).await?;
    let lid = world.lid(SHOP)?;
    let is_it = |event: &Value| {
        event["event"] == "group-participants.update"
            && event["data"]["action"] == "remove"
            && event["data"]["participants"].to_string().contains(&lid)
    };
    ann.event("the account has left", is_it).await?;
    Ok(())
}

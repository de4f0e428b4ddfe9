//! Wappi's webhooks at the built binary: every type in its shape, files in their bodies, and the five attempts.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sluice_tests::receiver::Reply;
use sluice_tests::wappi::Profile;
use sluice_tests::{Call, Gateway, Receiver};

const PATIENCE: Duration = Duration::from_secs(60);

/// A profile of its own: the demo's has a friend who answers when he likes.
async fn told_of<'g>(gateway: &'g Gateway, base: &'static str) -> Result<Profile<'g>> {
    Profile::logged_in(gateway, base, &format!("{base} told")).await
}

async fn hook(profile: &Profile<'_>, receiver: &Receiver, types: Value) -> Result<()> {
    profile.post("webhook/types/set", &[], Some(types)).await?;
    let query = [("url", receiver.url()), ("auth", "phrase")];
    profile.post("webhook/url/set", &query, None).await?;
    Ok(())
}

/// What a webhook tells, once it was checked against the description: a list of one, or an object.
fn told(profile: &Profile<'_>, call: &Call) -> Result<Value> {
    let body = call.json();
    profile.description.check_named("Webhook", &body)?;
    ensure!(body.to_string().as_bytes() == call.body, "it is compact");
    ensure!(call.headers["authorization"] == "phrase" && call.headers["content-type"] == "application/json");
    let messages = &body["messages"];
    let is_object = matches!(kind(messages), "delivery_status" | "incoming_call");
    ensure!(messages.is_object() == is_object && messages.is_array() != is_object, "{body}");
    Ok(if is_object { messages.clone() } else { messages[0].clone() })
}

fn kind(messages: &Value) -> &str {
    let one = if messages.is_array() { &messages[0] } else { messages };
    one["wh_type"].as_str().unwrap_or_default()
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().into_iter().flat_map(|members| members.keys().map(String::as_str)).collect()
}

const COMMON: [&str; 25] = [
    "wh_type",
    "profile_id",
    "id",
    "body",
    "type",
    "from",
    "to",
    "senderName",
    "chatId",
    "timestamp",
    "time",
    "caption",
    "from_where",
    "contact_name",
    "is_forwarded",
    "isReply",
    "is_edited",
    "stanza_id",
    "is_me",
    "chat_type",
    "thumbnail",
    "picture",
    "wappi_bot_id",
    "is_deleted",
    "is_bot",
];

#[tokio::test]
async fn every_type_comes_in_its_own_shape() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for base in ["api", "tapi"] {
        let profile = told_of(&gateway, base).await?;
        let whatsapp = profile.base == "api";
        let receiver = Receiver::agreeable().await?;
        let all =
            ["incoming_message", "outgoing_message_phone", "outgoing_message_api", "delivery_status", "incoming_call"];
        hook(&profile, &receiver, json!(all)).await?;

        profile.sandbox("receive", json!({"from": "79991112233", "name": "Иван", "text": "Привет"})).await?;
        let came = told(&profile, &receiver.wait_for(1, PATIENCE).await?[0])?;
        let own: &[&str] = match whatsapp {
            true => &["whatsapp_chat_id", "platform"],
            false => &["contact_phone", "contact_username", "username", "phone"],
        };
        assert_eq!(keys(&came), [&COMMON, own].concat());
        let words = [&came["wh_type"], &came["body"], &came["senderName"], &came["from_where"]];
        assert_eq!(words, ["incoming_message", "Привет", "Иван", "phone"]);
        let place = if whatsapp { ["chat", "79991112233@c.us", "dialog"] } else { ["text", "", "user"] };
        assert_eq!([&came["type"], &came["chat_type"]], [place[0], place[2]]);
        ensure!(if whatsapp {
            came["from"] == place[1]
        } else {
            came["from"].as_str().is_some_and(|id| id.parse::<u64>().is_ok())
        });
        ensure!(came["chatId"] == came["from"] && came["timestamp"].is_string() && came["time"].is_u64(), "{came}");

        profile.sandbox("receive", json!({"chat": "79991112233", "from_phone": true, "text": "Сам"})).await?;
        let posted = told(&profile, &receiver.wait_for(2, PATIENCE).await?[1])?;
        assert_eq!(
            [&posted["wh_type"], &posted["from_where"], &posted["body"]],
            ["outgoing_message_phone", "phone", "Сам"]
        );
        assert_eq!((&posted["is_me"], &posted["to"]), (&json!(true), &came["from"]));

        let body = json!({"recipient": "79991112233", "body": "Да", "manager": {"id": "7"}});
        let sent = profile.post("sync/message/send", &[("bot_id", "crm")], Some(body)).await?;
        let calls = receiver.wait_for(6, PATIENCE).await?;
        let mut statuses = Vec::new();
        for call in &calls[2..6] {
            let one = told(&profile, call)?;
            assert_eq!((&one["id"], &one["task_id"]), (&sent["message_id"], &sent["task_id"]), "{one}");
            if kind(&one) == "outgoing_message_api" {
                let words = [&one["body"], &one["from_where"], &one["wappi_bot_id"], &one["manager"]["id"]];
                assert_eq!(words, ["Да", "api", "crm", "7"]);
            } else {
                assert_eq!(
                    keys(&one),
                    ["id", "profile_id", "wh_type", "timestamp", "time", "from", "to", "chat_id", "status", "task_id"]
                );
                ensure!(one["chat_id"] == came["chatId"] || !whatsapp, "{one}");
                statuses.push(one["status"].as_str().unwrap_or_default().to_owned());
            }
        }
        assert_eq!(statuses, ["pending", "delivered", "read"]);

        profile.sandbox("call", json!({"from": "79991112233", "stage": "missed"})).await?;
        let call = told(&profile, &receiver.wait_for(7, PATIENCE).await?[6])?;
        assert_eq!(keys(&call), ["wh_type", "type", "contact", "profile_id", "number", "timestamp", "time"]);
        assert_eq!((&call["type"], &call["number"]), (&json!("missed_call"), &json!("79991112233")));
    }
    Ok(())
}

#[tokio::test]
async fn a_file_stands_in_the_body_and_behind_the_link() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for base in ["api", "tapi"] {
        let profile = told_of(&gateway, base).await?;
        let receiver = Receiver::agreeable().await?;
        hook(&profile, &receiver, json!(["incoming_message"])).await?;
        // This number answers with a picture, the next one with a voice note, and 209 with a document.
        for (number, (to, kind)) in
            [("79990000201", "image"), ("79990000202", "ptt"), ("79990000209", "document")].into_iter().enumerate()
        {
            profile.post("sync/message/send", &[], Some(json!({"recipient": to, "body": "?"}))).await?;
            let calls = receiver.wait_for(number + 1, PATIENCE).await?;
            let came = told(&profile, &calls[number])?;
            assert_eq!(came["type"], kind, "{came}");
            let bytes = STANDARD.decode(came["body"].as_str().context("body")?)?;
            let link = came["file_link"].as_str().context("file_link")?;
            let linked = gateway.http.get(link).send().await?.error_for_status()?;
            assert_eq!(linked.headers()["content-type"], came["mimetype"].as_str().context("mimetype")?);
            ensure!(!bytes.is_empty() && linked.bytes().await? == bytes, "{kind}: another file");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_happened_while_no_webhook_was_set_is_not_told() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = told_of(&gateway, "api").await?;
    let receiver = Receiver::agreeable().await?;
    let say = async |text: &str| profile.sandbox("receive", json!({"from": "79991112233", "text": text})).await;
    say("before").await?;
    hook(&profile, &receiver, json!(["incoming_message"])).await?;
    say("while").await?;
    receiver.wait_for(1, PATIENCE).await?;
    profile.post("webhook/url/delete", &[], None).await?;
    say("between").await?;
    hook(&profile, &receiver, json!(["incoming_message"])).await?;
    say("again").await?;
    let calls = receiver.wait_for(2, PATIENCE).await?;
    let texts = calls.iter().map(|call| Ok(told(&profile, call)?["body"].clone())).collect::<Result<Vec<_>>>()?;
    assert_eq!(texts, ["while", "again"]);
    Ok(())
}

#[tokio::test]
async fn only_the_types_that_were_chosen_come() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let profile = told_of(&gateway, "api").await?;
    let receiver = Receiver::agreeable().await?;
    hook(&profile, &receiver, json!({"wh_types": ["delivery_status"]})).await?;
    profile.sandbox("receive", json!({"from": "79991112233", "text": "not asked for"})).await?;
    profile.post("sync/message/send", &[], Some(json!({"recipient": "79991112233", "body": "Да"}))).await?;
    let calls = receiver.wait_for(3, PATIENCE).await?;
    let kinds = calls.iter().map(|call| Ok(kind(&told(&profile, call)?).to_owned())).collect::<Result<Vec<_>>>()?;
    assert_eq!(kinds, ["delivery_status"; 3]);
    let (status, refused) =
        profile.call(reqwest::Method::POST, "webhook/types/set", &[], Some(r#"["odd"]"#.into())).await?;
    assert_eq!((status, &refused["status"]), (400, &json!("error")));
    let shown = profile.get("webhook/url/get", &[]).await?;
    assert_eq!((&shown["url"], &shown["installed"]), (&json!(receiver.url()), &json!(true)));
    profile.post("webhook/url/delete", &[], None).await?;
    assert_eq!(profile.get("webhook/url/get", &[]).await?["installed"], false);
    Ok(())
}

#[tokio::test]
async fn a_slow_answer_a_closed_socket_a_204_and_a_301_are_failures_and_the_fifth_attempt_counts() -> Result<()> {
    const SPEED: f64 = 240.0;
    const TIMEOUT: Duration = Duration::from_millis(200);
    let plan = sluice_tests::gateway::Plan {
        speed: Some(SPEED as u32),
        environment: vec![("SLUICE_RELAY__TOTAL_TIMEOUT".into(), format!("{}ms", TIMEOUT.as_millis()))],
        ..Default::default()
    };
    let gateway = Gateway::start(plan).await?;
    let profile = told_of(&gateway, "api").await?;
    let receiver = Receiver::new(|call| match call.number {
        0 => Reply { status: 200, after: TIMEOUT * 4 },
        1 => Reply::hang_up(),
        2 => Reply::status(204),
        3 => Reply::status(301),
        _ => Reply::status(200),
    })
    .await?;
    hook(&profile, &receiver, json!(["incoming_message"])).await?;
    let say = async |text: &str| profile.sandbox("receive", json!({"from": "79991112233", "text": text})).await;
    say("are you there?").await?;
    let calls = receiver.wait_for(5, PATIENCE).await?;
    ensure!(calls.windows(2).all(|pair| pair[0].body == pair[1].body), "the same event, the same bytes");
    for (call, minutes) in calls.iter().zip([0.0, 5.0, 15.0, 35.0, 65.0]) {
        let pause = call.at.duration_since(calls[0].at).as_secs_f64();
        let late = pause - minutes * 60.0 / SPEED;
        // A pause begins when the attempt has ended, which took the slow one its timeout.
        ensure!((-0.01..=0.5).contains(&late), "{pause} s of the world for {minutes} minutes");
    }
    say("good").await?;
    let calls = receiver.wait_for(6, PATIENCE).await?;
    ensure!(calls[5].json()["messages"][0]["body"] == "good", "the fifth attempt did not count");
    Ok(())
}

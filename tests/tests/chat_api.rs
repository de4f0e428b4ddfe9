//! chat-api.com through the built binary: arguments wherever they stand, the cursor, hooks and their 20 tries, a login by
//! QR.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::chat_api::Client;
use sluice_tests::receiver::Reply;
use sluice_tests::schema::Description;
use sluice_tests::{Gateway, Receiver, golden};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_is_served_is_described_and_every_golden_answer_and_hook_is() -> Result<()> {
    let description = Description::of_dialect("chat_api")?;
    golden::check_endpoints("chat_api", &description)?;
    let mut checked = 0;
    for case in golden::cases("chat_api")? {
        checked += case.check(&description, &case.path, "Error")?;
    }
    ensure!(checked > 90, "only {checked} answers were found");
    let hooks = golden::check_notices("chat_api", &description, "Hook")?;
    ensure!(hooks > 10, "only {hooks} hooks were found");
    Ok(())
}

#[tokio::test]
async fn a_text_is_sent_wherever_its_arguments_stand_and_found_by_the_cursor() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let newest = client.get("messages", &[("last", "true")]).await?;
    let mut cursor = newest["lastMessageNumber"].as_u64().context("a cursor")?;
    let chat = "79991110001@c.us";
    let json = |text: &str| Some(json!({"chatId": chat, "body": text}));
    for (verb, query, body, text) in [
        (Method::POST, vec![], json("in JSON"), "in JSON"),
        // A client that names no method sends a GET with a JSON body.
        (Method::GET, vec![], json("by GET"), "by GET"),
        (Method::GET, vec![("phone", "79991110001"), ("body", "in the query")], None, "in the query"),
        (Method::POST, vec![("body", "overridden")], json("over the query"), "over the query"),
    ] {
        let (status, told) = client.call(verb, "sendMessage", &query, body).await?;
        ensure!(status == 200 && told["sent"] == true, "{told}");
        let (found, next) = client.until(cursor, |message| message["body"] == text).await?;
        ensure!(next > cursor, "{next} after {cursor}");
        cursor = next;
        assert_eq!((&found["id"], &found["chatId"], &found["fromMe"]), (&told["id"], &chat.into(), &true.into()));
    }
    let form = gateway.http.post(format!("{}{}", gateway.base(), client.path("message")));
    let form = form
        .query(&[("token", gateway.word("/chat_api/token"))])
        .header("content-type", "application/x-www-form-urlencoded");
    let (status, told) = sluice_tests::gateway::answer(form.body("phone=79991110001&body=in+a+form")).await?;
    ensure!(status == 200 && told["sent"] == true, "{told}");
    client.until(cursor, |message| message["body"] == "in a form").await?;
    // Nothing is told twice, and nothing is left out.
    let all = client.get("messages", &[("limit", "0"), ("chatId", chat)]).await?;
    let texts: Vec<&str> =
        all["messages"].as_array().into_iter().flatten().filter_map(|message| message["body"].as_str()).collect();
    assert_eq!(texts, ["in JSON", "by GET", "in the query", "over the query", "in a form"]);
    let pages = client.get("messagesHistory", &[("count", "2"), ("page", "1"), ("chatId", chat)]).await?;
    assert_eq!((&pages["page"], &pages["messages"][0]["body"]), (&1.into(), &"in the query".into()), "{pages}");
    Ok(())
}

#[tokio::test]
async fn every_kind_of_message_goes_out_and_can_be_forwarded_answered_and_deleted() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let newest = client.get("messages", &[("last", "true")]).await?;
    let cursor = newest["lastMessageNumber"].as_u64().context("a cursor")?;
    let to = |mut members: Value| {
        members["phone"] = json!("79991110001");
        members
    };
    for (method, body, kind) in [
        (
            "sendFile",
            json!({"body": "data:image/png;base64,iVBORw0KGgo=", "filename": "a.png", "caption": "look"}),
            "image",
        ),
        ("sendFile", json!({"body": "data:application/pdf;base64,JVBERi0=", "filename": "a.pdf"}), "document"),
        ("sendPTT", json!({"audio": "data:audio/ogg;base64,T2dnUw=="}), "ptt"),
        (
            "sendLink",
            json!({"body": "https://shop.example/", "title": "Shop", "previewBase64": "iVBORw0KGgo="}),
            "chat",
        ),
        ("sendContact", json!({"contactId": ["79990001122@c.us"]}), "vcard"),
        ("sendContact", json!({"contactId": ["79990001122@c.us", "79990001133@c.us"]}), "multi_vcard"),
        ("sendLocation", json!({"lat": 55.75, "lng": 37.61, "address": "Moscow"}), "location"),
    ] {
        let told = client.post(method, to(body)).await?;
        ensure!(told["sent"] == true, "{method}: {told}");
        let (found, _) = client.until(cursor, |message| message["id"] == told["id"]).await?;
        assert_eq!(found["type"], kind, "{method}");
    }
    let told = client.post("sendMessage", to(json!({"body": "original"}))).await?;
    client.until(cursor, |message| message["id"] == told["id"]).await?;
    let answered = client.post("sendMessage", to(json!({"body": "answer", "quotedMsgId": told["id"]}))).await?;
    let (found, _) = client.until(cursor, |message| message["id"] == answered["id"]).await?;
    assert_eq!((&found["quotedMsgId"], &found["quotedMsgBody"]), (&told["id"], &"original".into()), "{found}");
    let copied = client.post("forwardMessage", json!({"phone": "79991110002", "messageId": told["id"]})).await?;
    let (found, _) = client.until(cursor, |message| message["id"] == copied["id"]).await?;
    assert_eq!((&found["body"], &found["isForwarded"]), (&"original".into(), &1.into()), "{found}");
    let deleted = client.post("deleteMessage", json!({"messageId": told["id"]})).await?;
    ensure!(deleted["sent"] == true, "{deleted}");
    let unknown = client.post("deleteMessage", json!({"messageId": "true_79991110001@c.us_3EB0"})).await?;
    assert_eq!(unknown["sent"], false, "{unknown}");
    Ok(())
}

#[tokio::test]
async fn hooks_tell_messages_and_receipts_and_a_failing_one_is_tried_twenty_times() -> Result<()> {
    let gateway = Gateway::fast(3600).await?;
    let client = Client::new(&gateway)?;
    // Every call about one customer fails.
    let hook = Receiver::new(|call| {
        let is_bad = String::from_utf8_lossy(&call.body).contains("79995550000");
        Reply::status(if is_bad { 503 } else { 200 })
    })
    .await?;
    let set = json!({"webhookUrl": hook.url(), "ackNotificationsOn": true, "guaranteedHooks": true});
    let told = client.post("settings", set.clone()).await?;
    assert_eq!(told["updated"], set);
    assert_eq!(client.get("webhook", &[]).await?["webhookUrl"], hook.url());
    gateway.receive("79995550000", "is not heard").await?;
    gateway.receive("79991112233", "Is anybody there?").await?;
    let sent = client.post("sendMessage", json!({"phone": "79991112233", "body": "I am"})).await?;
    let calls_about = |calls: &[sluice_tests::Call], text: &str| {
        calls.iter().filter(|call| String::from_utf8_lossy(&call.body).contains(text)).count()
    };
    let mut count = 1;
    let calls = loop {
        let calls = hook.wait_for(count, PATIENCE).await?;
        count = calls.len() + 1;
        if calls_about(&calls, "is not heard") == 20 && calls_about(&calls, "\"viewed\"") > 0 {
            break calls;
        }
    };
    let bodies: Vec<Value> = calls.iter().map(sluice_tests::Call::json).collect();
    for body in &bodies {
        client.description.check_named("Hook", body)?;
        assert_eq!(body["instanceId"], gateway.word("/chat_api/instance"));
    }
    let message = |text: &str| {
        bodies.iter().find(|body| body["messages"][0]["body"] == text).map(|body| body["messages"][0].clone())
    };
    let heard = message("Is anybody there?").context("the customer's message")?;
    assert_eq!((&heard["fromMe"], &heard["type"]), (&false.into(), &"chat".into()));
    assert_eq!(message("I am").context("our own")?["id"], sent["id"]);
    let acks: Vec<&Value> = bodies.iter().map(|body| &body["ack"][0]).filter(|ack| ack["id"] == sent["id"]).collect();
    let mut statuses: Vec<&str> = acks.iter().filter_map(|ack| ack["status"].as_str()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["delivered", "sent", "viewed"]);
    assert!(acks.iter().all(|ack| ack["queueNumber"] == sent["queueNumber"]), "{acks:?}");
    Ok(())
}

#[tokio::test]
async fn a_login_by_qr_the_queue_and_the_states() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    assert_eq!(client.get("status", &[]).await?, json!({"accountStatus": "authenticated"}));
    assert_eq!(client.get("status", &[("full", "true")]).await?["statusData"]["substatus"], "normal");
    let me = client.get("me", &[]).await?;
    ensure!(me["id"].as_str().is_some_and(|id| id.ends_with("@c.us")), "{me}");
    assert_eq!(client.post("logout", json!({})).await?["result"], "Logout request sent to WhatsApp");
    // The session notices a moment later.
    let code = async {
        loop {
            let told = client.get("status", &[]).await?;
            if told["accountStatus"] == "got qr code" {
                return anyhow::Ok(told);
            }
        }
    };
    let told = tokio::time::timeout(PATIENCE, code).await.context("no QR code")??;
    ensure!(told["qrCode"].as_str().is_some_and(|code| code.starts_with("data:image/png;base64,")), "{told}");
    let url = format!("{}{}?token={}", gateway.base(), client.path("qr_code"), gateway.word("/chat_api/token"));
    let picture = gateway.http.get(url).send().await?.error_for_status()?;
    assert_eq!(picture.headers()["content-type"], "image/png");
    ensure!(picture.bytes().await?.starts_with(b"\x89PNG"), "no PNG");
    // What is sent meanwhile waits.
    let sent = client.post("sendMessage", json!({"phone": "79991110001", "body": "later"})).await?;
    assert_eq!(sent["sent"], true);
    let queue = client.get("showMessagesQueue", &[]).await?;
    assert_eq!((&queue["totalMessages"], &queue["first100"][0]["id"]), (&1.into(), &sent["queueNumber"]), "{queue}");
    client.post("clearMessagesQueue", json!({})).await?;
    assert_eq!(client.get("showMessagesQueue", &[]).await?["totalMessages"], 0);
    gateway.sandbox("scan", json!({})).await?;
    let open = async {
        loop {
            if client.get("status", &[("no_wakeup", "1")]).await?["accountStatus"] == "authenticated" {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, open).await.context("it is not authenticated")?
}

#[tokio::test]
async fn groups_chats_and_errors() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let client = Client::new(&gateway)?;
    let made = client.post("group", json!({"groupName": "Friends", "phones": ["79991110001"]})).await?;
    let group = made["chatId"].clone();
    ensure!(group.as_str().is_some_and(|id| id.ends_with("@g.us")), "{made}");
    let member = |phone: &str| json!({"groupId": group, "participantPhone": phone});
    assert_eq!(client.post("addGroupParticipant", member("79991110002")).await?["add"], true);
    assert_eq!(client.post("promoteGroupParticipant", member("79991110002")).await?["promote"], true);
    let id = group.as_str().context("an id")?;
    let dialog = client.get("dialog", &[("chatId", id)]).await?;
    let members = dialog["metadata"]["participants"].as_array().map(Vec::len);
    ensure!(members.is_some_and(|count| count >= 2), "{dialog}");
    gateway.receive("79991112233", "hello").await?;
    let dialogs = client.get("dialogs", &[("limit", "10")]).await?;
    ensure!(
        dialogs["dialogs"].as_array().into_iter().flatten().any(|one| one["id"] == "79991112233@c.us"),
        "{dialogs}"
    );
    for (method, body) in [
        ("readChat", json!({"phone": "79991112233"})),
        ("typing", json!({"phone": "79991112233", "duration": 1})),
        ("recording", json!({"phone": "79991112233", "on": false})),
        ("removeChat", json!({"phone": "79991112233"})),
        ("leaveGroup", json!({"chatId": group})),
        ("setStatus", json!({"accountStatus": "busy"})),
    ] {
        let told = client.post(method, body).await?;
        ensure!(told.get("error").is_none(), "{method}: {told}");
    }
    for (phone, word) in [("79991110001", "exists"), ("79990000404", "not exists")] {
        assert_eq!(client.get("checkPhone", &[("phone", phone)]).await?["result"], word);
    }
    // Last, because nobody can be looked up before the connection is back.
    let told = client.post("reboot", json!({})).await?;
    ensure!(told.get("error").is_none(), "{told}");
    let bare = |path: String| sluice_tests::gateway::answer(gateway.http.get(format!("{}{path}", gateway.base())));
    let wrong = json!({"error": "Wrong token. Please provide token as a GET parameter."});
    assert_eq!(bare(client.path("me")).await?, (401, wrong.clone()));
    assert_eq!(bare(format!("{}?token=wrong", client.path("me"))).await?, (401, wrong));
    let token = gateway.word("/chat_api/token");
    assert_eq!(bare(format!("/instance199999/me?token={token}")).await?, (404, json!({"error": "Instance not found"})));
    let told = bare(format!("{}?token={token}", client.path("labelsList"))).await?;
    assert_eq!(told, (404, json!({"error": "labelsList: this method is not served"})));
    Ok(())
}

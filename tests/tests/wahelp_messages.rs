//! Wahelp's messages at the built binary: sent as JSON and as forms, listed, edited, deleted.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::wahelp::Shop;

/// A form with these parts; a part with a name of a file is one.
fn form(parts: &[(&str, Option<&str>, &[u8])]) -> (String, Vec<u8>) {
    let boundary = "----shop";
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        body.extend(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes());
        if let Some(file) = file {
            body.extend(format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream").bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[tokio::test]
async fn a_text_is_sent_as_json_as_a_form_and_in_parts() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    let path = shop.of_channel(&format!("send_message/{user}"));
    let mut ids = Vec::new();
    for (kind, body) in [
        ("application/json".to_owned(), r#"{"text": "Привет"}"#.as_bytes().to_vec()),
        ("application/json".to_owned(), r#"{"type": "text", "text": "Привет"}"#.as_bytes().to_vec()),
        (
            "application/x-www-form-urlencoded".to_owned(),
            "text=%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82".as_bytes().to_vec(),
        ),
        form(&[("text", None, "Привет".as_bytes()), ("destination", None, b"from_operator")]),
    ] {
        let request = shop.request(Method::POST, &path).header("content-type", &kind).body(body);
        let (status, sent) = shop.answer(&Method::POST, &path, request).await?;
        let sent = &sent["data"];
        ensure!(status == 200 && sent["text"] == "Привет" && sent["destination"] == "from_operator", "{kind}: {sent}");
        ensure!(sent["status"] == "sent" && sent["user_id"] == user, "{sent}");
        ids.push(sent["id"].as_u64().context("id")?);
    }
    let seen = shop.sandbox("seen", json!({"chat": "79991112233", "limit": 10})).await?;
    ensure!(seen["messages"].as_array().is_some_and(|messages| messages.len() == 4), "{seen}");
    let listed = shop.get(&shop.of_channel("messages")).await?;
    let listed: Vec<_> = listed.as_array().into_iter().flatten().filter_map(|row| row["id"].as_u64()).collect();
    ids.reverse();
    ensure!(listed == ids, "newest first: {listed:?} {ids:?}");
    shop.refused(422, Method::POST, &path, Some(json!({}))).await?;
    shop.refused(422, Method::POST, &path, Some(json!({"text": "a", "destination": "comment"}))).await?;
    Ok(())
}

#[tokio::test]
async fn a_file_is_sent_from_a_form_and_by_its_address() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    let path = shop.of_channel(&format!("send_message/{user}"));
    let (kind, body) = form(&[("text", None, "Прайс".as_bytes()), ("file", Some("price.pdf"), b"%PDF-1.4 bytes")]);
    let request = shop.request(Method::POST, &path).header("content-type", kind).body(body);
    let (status, sent) = shop.answer(&Method::POST, &path, request).await?;
    ensure!(status == 200 && sent["data"]["message_type"] == "document", "{status} {sent}");
    let id = sent["data"]["id"].as_u64().context("id")?;
    let kept = shop.get(&shop.of_channel(&format!("messages/{id}"))).await?;
    ensure!(kept["file"]["name"] == "price.pdf" && kept["message"] == "Прайс", "{kept}");
    let url = kept["file"]["url"].as_str().context("url")?;
    let bytes = gateway.http.get(url).send().await?.error_for_status()?.bytes().await?;
    ensure!(&bytes[..] == b"%PDF-1.4 bytes", "byte for byte");

    let linked = json!({"file_url": url, "filename": "copy.pdf", "text": "Ещё раз"});
    let sent = shop.post(&path, linked).await?;
    ensure!(sent["message_type"] == "document" && sent["status"] == "sent", "{sent}");
    shop.refused(422, Method::POST, &path, Some(json!({"file_url": "ftp://example.org/a"}))).await?;
    Ok(())
}

#[tokio::test]
async fn a_template_of_the_workspace_is_filled_in() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    let new = json!({"name": "greeting", "languages": [{"language": "ru", "text": "Здравствуйте, {{1}}!"}]});
    let (status, made) = gateway.native(Method::POST, "/v1/templates", Some(new)).await?;
    ensure!(status < 300, "{status} {made}");
    let path = shop.of_channel(&format!("send_message/{user}"));
    let sent = shop.post(&path, json!({"template_id": "greeting", "template_params": ["Анна"]})).await?;
    ensure!(sent["text"] == "Здравствуйте, Анна!" && sent["status"] == "sent", "{sent}");
    for wrong in [
        json!({"template_id": "greeting"}),
        json!({"template_id": "greeting", "template_params": ["Анна"], "template_language": "de"}),
        json!({"template_id": "farewell", "template_params": ["Анна"]}),
        json!({"template_id": "greeting", "template_params": "Анна"}),
    ] {
        let refused = shop.refused(422, Method::POST, &path, Some(wrong.clone())).await?;
        let field = refused["errors"][0]["field"].as_str().context("field")?;
        ensure!(field.starts_with("template_"), "{wrong}: {refused}");
    }
    Ok(())
}

#[tokio::test]
async fn what_the_messenger_refuses_is_an_error_and_what_waits_is_new() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let refused = shop.user("79990000500").await?;
    let path = shop.of_channel(&format!("send_message/{refused}"));
    let told = shop.refused(422, Method::POST, &path, Some(json!({"text": "a"}))).await?;
    ensure!(told["message"].as_str().is_some_and(|message| message.starts_with("Мессенджер отказал")), "{told}");
    let user = shop.user("79991112233").await?;
    shop.sandbox("logout", json!({"by": "device"})).await?;
    shop.until("wait_qr").await?;
    let sent = shop.send(user, "later").await?;
    ensure!(sent["status"] == "new", "{sent}");
    Ok(())
}

#[tokio::test]
async fn history_is_paged_and_can_be_one_users() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let (ann, bob) = (shop.user("79991112233").await?, shop.user("79994445566").await?);
    for number in 0..5 {
        shop.send(if number % 2 == 0 { ann } else { bob }, &format!("message {number}")).await?;
    }
    shop.sandbox("receive", json!({"from": "79994445566", "text": "Да?", "name": "Боб"})).await?;
    let path = shop.of_channel("messages");
    let mut texts = Vec::new();
    for page in 1..=4 {
        let (status, listed) = shop.call(Method::GET, &format!("{path}?limit=2&page={page}"), None).await?;
        ensure!(status == 200 && listed["meta"] == json!({"page": page, "limit": 2, "total": 6}), "{listed}");
        let rows = listed["data"].as_array().context("data")?;
        texts.extend(rows.iter().map(|row| row["message"].as_str().unwrap_or_default().to_owned()));
    }
    ensure!(texts == ["Да?", "message 4", "message 3", "message 2", "message 1", "message 0"], "{texts:?}");
    let of_bob = shop.get(&format!("{path}?user_id={bob}")).await?;
    ensure!(of_bob.as_array().is_some_and(|rows| rows.len() == 3), "{of_bob}");
    let received = &of_bob[0];
    ensure!(
        received["destination"] == "from" && received["user_id"] == bob && received["status"].is_null(),
        "{received}"
    );
    shop.refused(404, Method::GET, &format!("{path}?user_id=301"), None).await?;
    shop.refused(422, Method::GET, &format!("{path}?limit=all"), None).await?;
    Ok(())
}

#[tokio::test]
async fn a_message_is_edited_and_deleted_under_its_own_id() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    let sent = shop.send(user, "Превет").await?;
    let path = shop.of_channel(&format!("messages/{}", sent["id"]));
    let edited = shop.done(Method::PUT, &path, Some(json!({"text": "Привет"}))).await?;
    ensure!(edited["id"] == sent["id"] && edited["text"] == "Привет", "{edited}");
    let kept = shop.get(&path).await?;
    ensure!(kept["text"] == "Привет" && kept["is_deleted"] == false, "{kept}");
    let deleted = shop.done(Method::DELETE, &path, None).await?;
    ensure!(deleted["id"] == sent["id"] && deleted["is_deleted"] == true, "{deleted}");
    ensure!(shop.get(&path).await?["is_deleted"] == true);
    let listed = shop.get(&shop.of_channel("messages")).await?;
    ensure!(listed.as_array().is_some_and(|rows| rows.len() == 1), "edits and deletions are no rows: {listed}");

    shop.sandbox("receive", json!({"from": "79991112233", "text": "чужое"})).await?;
    let listed = shop.get(&shop.of_channel("messages?limit=1")).await?;
    let theirs = shop.of_channel(&format!("messages/{}", listed[0]["id"]));
    shop.refused(409, Method::PUT, &theirs, Some(json!({"text": "моё"}))).await?;
    shop.refused(404, Method::GET, &shop.of_channel("messages/1"), None).await?;
    shop.refused(422, Method::PUT, &path, Some(json!({}))).await?;
    Ok(())
}

#[tokio::test]
async fn a_repeat_under_an_idempotency_key_is_the_same_message() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let mut shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    let path = shop.of_channel(&format!("send_message/{user}"));
    let mut answers = Vec::new();
    for _ in 0..3 {
        let request = shop.request(Method::POST, &path).header("idempotency-key", "order-17");
        answers.push(shop.answer(&Method::POST, &path, request.json(&json!({"text": "once"}))).await?);
        if answers.len() == 2 {
            // Its token has ended meanwhile, as it does every hour.
            shop.token = shop.sign_in().await?;
        }
    }
    ensure!(answers.iter().all(|answer| *answer == answers[0] && answer.1["data"]["status"] == "new"), "{answers:?}");
    Ok(())
}

#[tokio::test]
async fn another_form_under_the_same_idempotency_key_is_refused() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let shop = Shop::connected(&gateway, "whatsapp").await?;
    let user = shop.user("79991112233").await?;
    let path = shop.of_channel(&format!("send_message/{user}"));
    for (text, status) in [("once", 200), ("once", 200), ("twice", 409)] {
        let (kind, body) = form(&[("text", None, text.as_bytes()), ("file", Some("price.pdf"), b"%PDF-1.4 bytes")]);
        let request = shop.request(Method::POST, &path).header("idempotency-key", "order-18");
        let request = request.header("content-type", kind).body(body);
        let (told, answer) = shop.answer(&Method::POST, &path, request).await?;
        ensure!(told == status, "{text}: {told} {answer}");
    }
    let listed = shop.get(&shop.of_channel("messages")).await?;
    ensure!(listed.as_array().is_some_and(|rows| rows.len() == 1), "{listed}");
    Ok(())
}

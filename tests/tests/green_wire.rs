//! What GREEN-API's clients depend on byte by byte: contract greenapi.md §0, line by line, on the built binary.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::answer;

const ANN: &str = "79991112233";

/// Status, headers and the body's text of a bare call.
async fn bare(gateway: &Gateway, method: Method, path: &str) -> Result<(u16, HeaderMap, String)> {
    let answer = gateway.http.request(method, format!("{}{path}", gateway.base())).send().await?;
    Ok((answer.status().as_u16(), answer.headers().clone(), answer.text().await?))
}

fn path(gateway: &Gateway, method: &str) -> String {
    gateway.green(method).replacen(gateway.base(), "", 1)
}

/// §0.1, §1.1
#[tokio::test]
async fn methods_are_found_in_any_case_with_doubled_slashes_and_behind_v3() -> Result<()> {
    let gateway = Gateway::demo().await?;
    for name in ["getStateInstance", "GetStateInstance", "getstateinstance"] {
        for front in ["", "/", "/v3"] {
            let path = format!("{front}{}", path(&gateway, name));
            let (status, _, body) = bare(&gateway, Method::GET, &path).await?;
            ensure!(status == 200 && body == r#"{"stateInstance":"authorized"}"#, "{path}: {status} {body}");
        }
    }
    let (status, sent) =
        gateway.green_post("SendMessage", json!({"chatId": format!("{ANN}@c.us"), "message": "hi"})).await?;
    ensure!(status == 200, "{status} {sent}");
    let slash = format!("{}/", path(&gateway, "GetStateInstanceHistory"));
    ensure!(bare(&gateway, Method::GET, &slash).await?.0 == 200);
    Ok(())
}

/// §0.2, §0.3
#[tokio::test]
async fn an_empty_poll_is_the_four_bytes_null_and_methods_without_words_have_no_body() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.green_clear().await?;
    let (status, _, body) = bare(&gateway, Method::GET, &path(&gateway, "receiveNotification")).await?;
    ensure!((status, body.as_str()) == (200, "null"), "{status} {body:?}");

    let id = gateway.green_send(ANN, "to be taken back").await?;
    gateway.green_until(|body| body["idMessage"] == id.as_str() && body["status"] == "read").await?;
    let chat = json!({"chatId": format!("{ANN}@c.us"), "idMessage": id});
    for method in ["archiveChat", "unarchiveChat", "sendTyping", "deleteMessage"] {
        let answer = gateway.http.post(gateway.green(method)).json(&chat).send().await?;
        let status = answer.status().as_u16();
        let body = answer.text().await?;
        ensure!(status == 200 && body.is_empty(), "{method}: {status} {body:?}");
    }
    Ok(())
}

/// §0.6, §0.7
#[tokio::test]
async fn bodies_on_get_and_a_bare_number_on_delete_are_understood() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.receive(ANN, "hello").await?;
    for (method, body) in [
        ("lastIncomingMessages", r#"{"minutes":60}"#),
        ("lastIncomingMessages", "60"),
        ("lastIncomingMessages", "{}"),
        ("getStateInstanceHistory", r#"{"count":5}"#),
        ("receiveNotification", r#"{"receiveTimeout":20}"#),
        ("getSettings", "{}"),
    ] {
        let (status, told) = answer(gateway.http.get(gateway.green(method)).body(body)).await?;
        ensure!(status == 200 && !told.is_null(), "{method} {body}: {status} {told}");
    }
    let head = gateway.green_head().await?;
    let bare =
        gateway.http.delete(format!("{}/", gateway.green("deleteNotification"))).body(head["receiptId"].to_string());
    let (status, told) = answer(bare).await?;
    ensure!(status == 200 && told == json!({"result": true, "reason": ""}), "{status} {told}");
    ensure!(gateway.green_head().await? != head, "it is still there");
    Ok(())
}

/// §0.8, §0.12, §0.13
#[tokio::test]
async fn notifications_have_the_members_and_kinds_that_strict_readers_expect() -> Result<()> {
    let gateway = Gateway::demo().await?;
    gateway.green_clear().await?;
    gateway.receive(ANN, "typed on a phone").await?;
    let head = gateway.green_head().await?;
    ensure!(head["receiptId"].as_i64().is_some_and(|receipt| (1..i64::from(i32::MAX)).contains(&receipt)), "{head}");
    let body = &head["body"];
    let names =
        |value: &Value| value.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    ensure!(
        names(body) == ["typeWebhook", "instanceData", "timestamp", "idMessage", "senderData", "messageData"],
        "{body}"
    );
    ensure!(names(&body["instanceData"]) == ["idInstance", "wid", "typeInstance"], "{body}");
    ensure!(
        names(&body["senderData"]) == ["chatId", "chatName", "sender", "senderName", "senderContactName"],
        "{body}"
    );
    ensure!(body["instanceData"]["idInstance"].is_u64() && body["timestamp"].is_u64(), "{body}");
    ensure!(body["messageData"]["typeMessage"] == "textMessage", "{body}");

    let id = gateway.green_send(ANN, "through the API").await?;
    let wanted = |body: &Value| body["typeWebhook"] == "outgoingAPIMessageReceived" && body["idMessage"] == id.as_str();
    let echo = gateway.green_until(wanted).await?;
    ensure!(echo["messageData"]["typeMessage"] == "extendedTextMessage", "{echo}");
    ensure!(echo["messageData"]["extendedTextMessageData"]["previewType"] == "None", "{echo}");
    let status = gateway.green_until(|body| body["typeWebhook"] == "outgoingMessageStatus").await?;
    let known = ["typeWebhook", "chatId", "instanceData", "timestamp", "idMessage", "status", "sendByApi"];
    ensure!(names(&status) == known, "{status}");
    Ok(())
}

/// §0.9, §0.14, §0.15
#[tokio::test]
async fn leave_group_answers_both_keys_settings_are_words_and_phone_number_is_a_chat() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let group =
        gateway.green_ok("createGroup", json!({"groupName": "Team", "chatIds": [format!("{ANN}@c.us")]})).await?;
    // The Telegram SDK says chatId (§2.6).
    let left = gateway.green_ok("leaveGroup", json!({"chatId": group["chatId"]})).await?;
    ensure!(left == json!({"leaveGroup": true, "removeAdmin": true}), "{left}");

    let (_, settings) = gateway.green_get("getSettings").await?;
    for key in ["incomingWebhook", "outgoingMessageWebhook", "outgoingAPIMessageWebhook"] {
        ensure!(settings[key] == "yes", "{settings}");
    }
    let (status, told) = gateway.green_post("setSettings", json!({"incomingWebhook": true})).await?;
    ensure!(status == 400, "{status} {told}");
    let sent = gateway.green_ok("sendMessage", json!({"phoneNumber": 79_991_112_233_u64, "message": "hi"})).await?;
    ensure!(sent["idMessage"].is_string(), "{sent}");
    Ok(())
}

/// §0.10: the token comes before the method, the verb, the body and the wait.
#[tokio::test]
async fn a_wrong_token_is_an_empty_401_before_anything_else_is_looked_at() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let id = gateway.demo["green_api"]["id_instance"].clone();
    let wrong = "0".repeat(50);
    for (method, call) in [
        (Method::GET, format!("getSettings/{wrong}")),
        (Method::GET, format!("receiveNotification/{wrong}?receiveTimeout=60")),
        (Method::DELETE, format!("deleteNotification/{wrong}/no-number")),
        (Method::POST, format!("sendMessage/{wrong}")),
    ] {
        let path = format!("/waInstance{id}/{call}");
        let (status, headers, body) = bare(&gateway, method, &path).await?;
        ensure!(status == 401 && body.is_empty(), "{path}: {status} {body}");
        ensure!(headers["content-type"] == "application/json" && headers["content-length"] == "0", "{headers:?}");
        // Pages of other sites must see it (§1.1).
        ensure!(headers["access-control-allow-origin"] == "*", "{headers:?}");
    }
    let other = path(&gateway, "getSettings").replace(&id.to_string(), "7700000099");
    let (status, _, body) = bare(&gateway, Method::GET, &other).await?;
    ensure!(status == 403 && body.is_empty(), "{status} {body}");
    Ok(())
}

/// §0.11
#[tokio::test]
async fn an_error_has_the_observed_body_without_the_token() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let token = gateway.word("/green_api/api_token").to_owned();
    let body = json!({"chatId": format!("{ANN}@c.us"), "idMessage": "3EB0NOTHING"});
    let (status, told) = gateway.green_post("getMessage", body).await?;
    ensure!(status == 400 && told["message"] == "Message not found by id 3EB0NOTHING", "{status} {told}");
    let id = gateway.demo["green_api"]["id_instance"].to_string();
    ensure!(told["path"] == format!("/waInstance{id}/getMessage/***") && told["statusCode"] == 400, "{told}");
    let (status, _, text) = bare(&gateway, Method::GET, &path(&gateway, "deleteNotification/x")).await?;
    ensure!(status == 404 && text.contains("Cannot GET /waInstance"), "{status} {text}");
    ensure!(!text.contains(&token) && !told.to_string().contains(&token));
    let (status, told) = gateway.green_post("sendMessage", json!({"message": "x"})).await?;
    ensure!(status == 400 && told["message"] == "Validation failed. Details: 'chatId' is required", "{told}");
    Ok(())
}

/// §1.1
#[tokio::test]
async fn a_browser_is_let_in() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (status, headers, _) = bare(&gateway, Method::OPTIONS, &path(&gateway, "sendMessage")).await?;
    ensure!([200, 204].contains(&status), "{status}");
    let methods = headers["access-control-allow-methods"].to_str()?;
    ensure!(methods.contains("POST"), "{methods}");
    ensure!(
        headers["access-control-allow-origin"] == "*" && headers["access-control-max-age"] == "1728000",
        "{headers:?}"
    );
    Ok(())
}

/// §1.1, §1.3, §2.5
#[tokio::test]
async fn calls_over_a_methods_rate_are_refused_with_the_rate_headers() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let first = gateway.http.get(gateway.green("getContacts")).send().await?;
    ensure!(first.status() == 200);
    ensure!(first.headers()["x-ratelimit-remaining"] == "9" && first.headers()["x-ratelimit-replenish-rate"] == "1");
    let mut refused = None;
    for _ in 0..30 {
        let answer = gateway.http.get(gateway.green("getContacts")).send().await?;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.context("thirty calls at once were taken")?;
    ensure!(refused.headers()["x-ratelimit-remaining"] == "0" && refused.headers()["retry-after"] == "1");
    ensure!(refused.headers().get("access-control-expose-headers") == Some(&HeaderValue::from_static("*")));
    ensure!(refused.json::<Value>().await?["message"] == "Too Many Requests");
    // Another method has its own.
    let (status, _) = gateway.green_get("getChats").await?;
    ensure!(status == 200, "{status}");

    gateway.green_clear().await?;
    let (status, told) = gateway.green_get("clearWebhooksQueue").await?;
    ensure!(status == 200 && told["isCleared"] == false && told["reason"] == "Too many requests", "{status} {told}");
    ensure!(told["leftTime"].as_u64().is_some_and(|left| (1..=60).contains(&left)), "{told}");
    Ok(())
}

/// §2.9
#[tokio::test]
async fn a_partner_makes_lists_and_removes_instances_and_an_instance_does_not() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let partner = |method: &str, token: &str| format!("{}/partner/{method}/{token}", gateway.base());
    let token = gateway.word("/green_api/partner_token");
    let new = json!({"name": "branch", "typeInstance": "telegram", "stateWebhook": "yes"});
    let (status, made) = answer(gateway.http.post(partner("createInstance", token)).json(&new)).await?;
    ensure!(status == 200 && made["typeInstance"] == "telegram", "{status} {made}");
    let (_, all) = answer(gateway.http.get(partner("getInstances", token))).await?;
    let row =
        all.as_array().into_iter().flatten().find(|row| row["idInstance"] == made["idInstance"]).context("its row")?;
    ensure!(row["apiTokenInstance"] == made["apiTokenInstance"] && row["deleted"] == false, "{row}");
    let own = gateway.word("/green_api/api_token");
    for (method, body) in [("createInstance", &new), ("deleteInstanceAccount", &made)] {
        let (status, _) = answer(gateway.http.post(partner(method, own)).json(body)).await?;
        ensure!(status == 401, "{method}: {status}");
    }
    let remove = || answer(gateway.http.post(partner("deleteInstanceAccount", token)).json(&made));
    let (status, told) = remove().await?;
    ensure!(status == 200 && told == json!({"deleteInstanceAccount": true}), "{status} {told}");
    ensure!(remove().await?.0 == 403, "it is removed twice");
    Ok(())
}

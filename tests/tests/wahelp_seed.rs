//! The seed document's steps, line by line: its paths, headers and bodies, with the host, the login and the ids changed and
//! nothing else.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sluice_tests::{Gateway, Receiver, tools};
use tokio::process::Command;

/// A call as the document writes it, pasted into curl: the request line, headers, a blank line, the body.
async fn paste(base: &str, text: &str) -> Result<Value> {
    let (head, body) = text.trim().split_once("\n\n").unwrap_or((text.trim(), ""));
    let mut lines = head.lines();
    let (method, path) = lines.next().and_then(|line| line.trim().split_once(' ')).context("no request line")?;
    let mut curl = Command::new("curl");
    curl.args(["-s", "-X", method, &format!("{base}{path}")]);
    for header in lines {
        curl.args(["-H", header.trim()]);
    }
    if !body.is_empty() {
        curl.args(["-d", body]);
    }
    let told = curl.output().await?.stdout;
    serde_json::from_slice(&told).with_context(|| String::from_utf8_lossy(&told).into_owned())
}

/// The answer has all that the document's has, with values of the same kinds.
fn is_like(answer: &Value, shown: &Value) -> Result<()> {
    let (Some(answered), Some(members)) = (answer["data"].as_object(), shown["data"].as_object()) else {
        anyhow::bail!("{answer}");
    };
    ensure!(answer["success"] == true, "{answer}");
    for (name, value) in members {
        let told = answered.get(name).with_context(|| format!("no {name} in {answer}"))?;
        ensure!(std::mem::discriminant(told) == std::mem::discriminant(value), "{name}: {told} is not like {value}");
    }
    Ok(())
}

#[tokio::test]
async fn the_documents_steps_lead_to_a_message_and_its_webhooks() -> Result<()> {
    let Some(_) = tools::curl() else { return Ok(()) };
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let (base, login, password) = (gateway.base(), gateway.word("/wahelp/login"), gateway.word("/wahelp/password"));

    let call = format!(
        r#"POST /api/app/user/login
Content-Type: application/json

{{
  "login": "{login}",
  "password": "{password}"
}}"#
    );
    let told = paste(base, &call).await?;
    is_like(&told, &json!({"data": {"token_type": "bearer", "access_token": "<token>", "expires_in": 3600}}))?;
    let token = told["data"]["access_token"].as_str().context("access_token")?;

    let call = format!(
        r#"POST /api/app/projects
Authorization: Bearer {token}
Content-Type: application/json

{{
  "name": "My First Project"
}}"#
    );
    let told = paste(base, &call).await?;
    is_like(&told, &json!({"data": {"id": 101, "name": "My First Project"}}))?;
    let project = &told["data"]["id"];

    let call = format!(
        r#"POST /app/projects/{project}/channels
Authorization: Bearer {token}
X-Project: {project}
Content-Type: application/json

{{
  "name": "My WhatsApp Channel",
  "type": "whatsapp"
}}"#
    );
    let told = paste(base, &call).await?;
    let shown = json!({"data": {
        "id": 201, "name": "My WhatsApp Channel", "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "active": false,
        "type": "whatsapp", "settings": {},
    }});
    is_like(&told, &shown)?;
    ensure!(told["data"]["active"] == false);
    let (channel_id, channel_uuid) = (&told["data"]["id"], told["data"]["uuid"].as_str().context("uuid")?);

    // The QR code is shown, and somebody scans it.
    let read = |path: &str| format!("GET {path}\nAuthorization: Bearer {token}\nX-Project: {project}");
    let qr = paste(base, &read(&format!("/api/app/projects/{project}/channels/{channel_uuid}/settings/whatsapp/qr")))
        .await?;
    ensure!(qr["data"]["qr"].as_str().is_some_and(|qr| qr.starts_with("data:image/png;base64,")), "{qr}");
    let (_, accounts) = gateway.native(reqwest::Method::GET, "/v1/accounts", None).await?;
    let accounts = accounts["items"].as_array().context("items")?;
    let account = accounts.iter().find(|account| account["name"] == "My WhatsApp Channel").context("no account")?;
    let lever = format!("/v1/sandbox/{}/scan", account["id"].as_str().context("id")?);
    gateway.native(reqwest::Method::POST, &lever, Some(json!({}))).await?;
    let channel = format!("/api/app/projects/{project}/channels/{channel_uuid}");
    let connected = async {
        while paste(base, &read(&format!("{channel}/status"))).await?["data"]["status"] != "connected" {}
        paste(base, &read(&channel)).await
    };
    let connected = tokio::time::timeout(Duration::from_secs(30), connected).await.context("it is not connected")??;
    ensure!(connected["data"]["active"] == true, "{connected}");

    let call = format!(
        r#"PUT /api/app/projects/{project}/hook
Authorization: Bearer {token}
X-Project: {project}
Content-Type: application/json

{{
  "url": "{}/webhook"
}}"#,
        hook.url()
    );
    let told = paste(base, &call).await?;
    ensure!(told["success"] == true, "{told}");

    let call = format!(
        r#"POST /api/app/projects/{project}/channels/{channel_uuid}/users
Authorization: Bearer {token}
X-Project: {project}
Content-Type: application/json

{{
  "name": "John Doe",
  "phone": "+1234567890"
}}"#
    );
    let told = paste(base, &call).await?;
    is_like(&told, &json!({"data": {"id": 301, "name": "John Doe", "phone": "+1234567890"}}))?;
    ensure!(told["data"]["name"] == "John Doe" && told["data"]["phone"] == "+1234567890", "{told}");
    let user = &told["data"]["id"];
    let again = paste(base, &call).await?;
    ensure!(again["data"]["id"] == *user, "one who exists has the id: {again}");

    let call = format!(
        r#"POST /api/app/projects/{project}/channels/{channel_uuid}/send_message/{user}
Authorization: Bearer {token}
X-Project: {project}
Content-Type: application/json

{{
  "text": "Привет, это тестовое сообщение!"
}}"#
    );
    let told = paste(base, &call).await?;
    is_like(&told, &json!({"data": {"id": 9001, "text": "", "status": "sent"}}))?;
    let message = &told["data"]["id"];

    let told = paste(base, &read(&format!("/api/app/projects/{project}/channels/{channel_id}/messages"))).await?;
    ensure!(told["data"][0]["id"] == *message && told["data"][0]["created_at"].is_string(), "{told}");

    // The echo, then sent, delivered and read. The demo's friend answers the demo's first message when he likes.
    let told = loop {
        let calls = hook.calls();
        let mut told: Vec<_> = calls.iter().map(|call| (call.path.clone(), call.json())).collect();
        told.retain(|(_, told)| told["payload"]["user_id"] == *user);
        if told.len() == 4 {
            break told;
        }
        hook.wait_for(calls.len() + 1, Duration::from_secs(30)).await?;
    };
    for (path, told) in &told {
        ensure!(path == "/webhook" && told["payload"]["id"] == *message, "{told}");
    }
    ensure!(told[0].1["action"] == "channel.message.created" && told[3].1["payload"]["status"] == "read", "{told:?}");
    Ok(())
}

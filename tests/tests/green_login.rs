//! Logins through the GREEN-API dialect (contract greenapi.md §1.1, §2.1).

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::StreamExt;
use serde_json::{Value, json};
use sluice_tests::Gateway;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn scanning(gateway: &Gateway) -> Result<Socket> {
    let url = gateway.green("scanqrcode").replacen("http", "ws", 1);
    Ok(connect_async(url).await?.0)
}

/// The next frame of text; `None` when the socket was closed.
async fn frame(socket: &mut Socket) -> Result<Option<Value>> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(30), socket.next()).await.context("no frame came")?;
        match next {
            Some(Ok(Message::Text(text))) => return Ok(Some(serde_json::from_str(&text)?)),
            Some(Ok(Message::Close(_))) | None => return Ok(None),
            Some(Ok(_)) => {}
            Some(Err(error)) => bail!(error),
        }
    }
}

#[tokio::test]
async fn a_login_is_shown_over_the_websocket_to_its_end() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let mut logged = scanning(&gateway).await?;
    let first = frame(&mut logged).await?.context("a frame")?;
    ensure!(first["type"] == "alreadyLogged", "{first}");
    ensure!(frame(&mut logged).await?.is_none(), "the socket stays open");

    ensure!(gateway.green_get("logout").await?.0 == 200);
    gateway.green_state("notAuthorized").await?;
    let mut socket = scanning(&gateway).await?;
    let shown = frame(&mut socket).await?.context("a frame")?;
    ensure!(shown["type"] == "qrCode", "{shown}");
    ensure!(shown["message"].as_str().is_some_and(|picture| picture.starts_with("iVBOR")), "{shown}");
    gateway.sandbox("scan", json!({})).await?;
    let last = loop {
        let next = frame(&mut socket).await?.context("the end was not told")?;
        if next["type"] != "qrCode" {
            break next;
        }
    };
    ensure!(last["type"] == "accountData", "{last}");
    ensure!(last["message"]["wid"].as_str().is_some_and(|wid| wid.ends_with("@c.us")), "{last}");
    ensure!(frame(&mut socket).await?.is_none(), "the socket stays open");
    Ok(())
}

#[tokio::test]
async fn a_stranger_gets_no_websocket_and_a_plain_call_is_told_what_is_wanted() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (status, told) = gateway.green_get("scanqrcode").await?;
    ensure!(
        status == 400 && told["message"].as_str().is_some_and(|words| words.contains("WebSocket")),
        "{status} {told}"
    );
    let url = gateway.green("scanqrcode").replacen("http", "ws", 1);
    let token = gateway.word("/green_api/api_token");
    match connect_async(url.replace(token, &"0".repeat(50))).await {
        Err(Error::Http(answer)) => ensure!(answer.status() == 401, "{}", answer.status()),
        other => bail!("{:?}", other.map(|_| ())),
    }
    Ok(())
}

#[tokio::test]
async fn the_history_tells_logins_and_logouts_and_a_reboot_changes_nothing() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (status, told) = gateway.green_get("reboot").await?;
    ensure!(status == 200 && told == json!({"isReboot": true}), "{status} {told}");
    let (_, state) = gateway.green_get("getStateInstance").await?;
    ensure!(state == json!({"stateInstance": "authorized"}), "{state}");
    gateway.green_state("authorized").await?;
    ensure!(gateway.green_get("logout").await?.0 == 200);
    gateway.green_until(|body| body["stateInstance"] == "notAuthorized").await?;
    let code = gateway.green_ok("getAuthorizationCode", json!({"phoneNumber": 79_991_112_233_u64})).await?;
    ensure!(code["status"] == true && code["code"].as_str().is_some_and(|code| code.len() == 8), "{code}");
    gateway.sandbox("scan", json!({})).await?;
    gateway.green_until(|body| body["stateInstance"] == "authorized").await?;
    let (_, history) = gateway.green_get("getStateInstanceHistory?count=2").await?;
    let states: Vec<_> = history.as_array().into_iter().flatten().map(|row| row["stateInstance"].clone()).collect();
    ensure!(states == ["authorized", "notAuthorized"], "{history}");
    ensure!(history[0]["timestamp"].is_u64() && history[0]["phoneNumber"].is_string(), "{history}");
    Ok(())
}

#[tokio::test]
async fn a_new_token_ends_the_old_one_at_once() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let (status, told) = gateway.green_get("updateApiToken").await?;
    let token = told["apiTokenInstance"].as_str().context("a token")?;
    ensure!(status == 200 && token.len() == 50, "{status} {told}");
    ensure!(gateway.green_get("getStateInstance").await?.0 == 401, "the old token lives");
    let url = gateway.green("getStateInstance").replace(gateway.word("/green_api/api_token"), token);
    ensure!(gateway.http.get(url).send().await?.status() == 200);
    Ok(())
}

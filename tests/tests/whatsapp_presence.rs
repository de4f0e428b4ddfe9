//! Who is there and who types, calls that are declined, and cards of links.

use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::http::Uri;
use axum::response::Html;
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::Plan;
use sluice_tests::whatsapp::{self, Account, Green, PATIENCE, SHOP};
use sluice_tests::{Gateway, Receiver};
use sluice_whatsapp_world::World;
use sluice_whatsapp_world::proto::Message;
use tokio::net::TcpListener;

const ANN: &str = "79990000001";
const BOB: &str = "79990000002";

async fn watch(gateway: &Gateway, shop: &Account, phone: &str, on: bool) -> Result<()> {
    let done = shop.post(gateway, &format!("contacts/{phone}/presence"), json!({"on": on})).await?;
    ensure!(done == json!({"done": true}), "{done}");
    Ok(())
}

fn of(event: &Value, phone: &str, state: &str) -> bool {
    let told = &event["data"]["presence"];
    event["type"] == "presence.changed" && told["who"]["phone"] == phone && told["state"] == state
}

#[tokio::test]
async fn presence_is_told_of_those_who_were_asked_for() -> Result<()> {
    let world = World::start().await?;
    let mut gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.person(BOB, "Bob")?;
    watch(&gateway, &shop, ANN, true).await?;
    let gone = shop.event("Ann is away", |event| of(event, ANN, "offline")).await?;
    ensure!(gone["data"]["presence"]["last_seen"].is_string(), "{gone}");
    world.show(ANN, true)?;
    shop.event("Ann comes", |event| of(event, ANN, "online")).await?;
    // What Bob does comes first and would be told first.
    world.type_to(BOB, SHOP, "composing")?;
    world.type_to(ANN, SHOP, "composing")?;
    let typing = shop.event("Ann types", |event| of(event, ANN, "typing")).await?;
    ensure!(typing["data"]["presence"]["chat"] == format!("phone:{ANN}"), "{typing}");

    gateway.terminate().await?;
    gateway.restart().await?;
    shop.until_state(&gateway, "open").await?;
    world.show(ANN, false)?;
    let before = gone["id"].clone();
    shop.event("Ann goes", |event| of(event, ANN, "offline") && event["id"] != before).await?;
    watch(&gateway, &shop, ANN, false).await?;
    watch(&gateway, &shop, BOB, true).await?;
    world.type_to(ANN, SHOP, "paused")?;
    world.type_to(BOB, SHOP, "composing")?;
    shop.event("Bob types", |event| of(event, BOB, "typing")).await?;
    let told = shop.told().into_iter().filter(|event| event["type"] == "presence.changed");
    let told: Vec<_> = told.map(|event| event["data"]["presence"].clone()).collect();
    let whose: Vec<_> = told.iter().map(|presence| presence["who"]["phone"].clone()).collect();
    let first_of_bob = whose.iter().position(|phone| phone == BOB).context("Bob")?;
    ensure!(whose[..first_of_bob].iter().all(|phone| phone == ANN), "{told:?}");
    ensure!(whose[first_of_bob..].iter().all(|phone| phone == BOB), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn a_call_is_declined() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    world.ring(ANN, SHOP, "CALL1", "offer", true)?;
    let is = |stage: &'static str| {
        move |event: &Value| event["type"] == "call.received" && event["data"]["call"]["stage"] == stage
    };
    let rung = shop.event("a call", is("offered")).await?;
    let call = rung["data"]["call"]["remote"].as_str().context("remote")?;
    let path = format!("calls/{call}/reject");
    shop.post(&gateway, &path, json!({})).await?;
    shop.event("it is declined", is("declined")).await?;
    let rejects = |world: &World| world.called().into_iter().find(|signal| signal.what == "reject");
    world.until(PATIENCE, "the caller hears it", rejects).await?;
    let again = format!("/v1/accounts/{}/{path}", shop.id);
    let (status, problem) = gateway.native(Method::POST, &again, None).await?;
    ensure!(status == 404, "{status} {problem}");
    ensure!(problem.to_string().contains("call that rings"), "{problem}");
    Ok(())
}

/// A page, and what was asked of it.
async fn site() -> Result<(String, Arc<Mutex<Vec<String>>>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let page = async move |uri: Uri| {
        if let Ok(mut log) = log.lock() {
            log.push(uri.path().to_owned());
        }
        Html("<meta charset=utf-8><title>Чай</title><meta name=description content='И кофе'>")
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(page)).await });
    Ok((base, asked))
}

/// The title that Ann's phone shows with these words.
async fn title(world: &World, words: &str) -> Result<Option<String>> {
    let with = |message: &Message| whatsapp::words(message).as_deref() == Some(words);
    let heard = world.until(PATIENCE, words, |world| world.heard(ANN).into_iter().find(|heard| with(&heard.message)));
    let message = heard.await?.message;
    Ok(message.extended_text_message.as_option().and_then(|text| text.title.clone()))
}

#[tokio::test]
async fn links_have_cards_where_the_caller_asked() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    let green = Green::of(&gateway, &shop).await?.url(&gateway, "sendMessage");
    let (base, asked) = site().await?;
    let native = async |text: &str, asks: Value| -> Result<Option<String>> {
        let content = json!({"type": "text", "text": text, "link_preview": asks});
        shop.send(&gateway, ANN, content).await?;
        title(&world, text).await
    };
    ensure!(native(&format!("{base}/quiet"), Value::Null).await?.is_none(), "nobody asked");
    ensure!(native(&format!("{base}/no"), json!(false)).await?.is_none(), "not wanted");
    ensure!(asked.lock().unwrap().is_empty(), "the page was asked for");
    ensure!(native(&format!("See {base}/yes."), json!(true)).await?.as_deref() == Some("Чай"));
    // GREEN-API's clients get a preview unless they say otherwise.
    for (path, says, expected) in [("usual", json!({}), Some("Чай")), ("off", json!({"linkPreview": false}), None)] {
        let text = format!("{base}/{path}");
        let mut body = json!({"chatId": format!("{ANN}@c.us"), "message": text});
        body.as_object_mut().unwrap().extend(says.as_object().unwrap().clone());
        let answer = gateway.http.post(&green).json(&body).send().await?;
        ensure!(answer.status() == 200, "{}", answer.text().await?);
        ensure!(title(&world, &text).await?.as_deref() == expected, "{path}");
    }
    ensure!(*asked.lock().unwrap() == ["/yes", "/usual"], "{asked:?}");
    Ok(())
}

#[tokio::test]
async fn the_operator_can_switch_cards_off() -> Result<()> {
    let world = World::start().await?;
    let mut environment = whatsapp::environment(&world);
    environment.push(("SLUICE_CONNECTORS__WHATSAPP_WEB__LINK_PREVIEWS".to_owned(), "false".to_owned()));
    let gateway = Gateway::start(Plan { environment, ..Plan::default() }).await?;
    let shop = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    let (base, asked) = site().await?;
    shop.send(&gateway, ANN, json!({"type": "text", "text": base, "link_preview": true})).await?;
    ensure!(title(&world, &base).await?.is_none());
    ensure!(asked.lock().unwrap().is_empty(), "the page was asked for");
    Ok(())
}

#[tokio::test]
async fn the_sandbox_shows_presence_without_whatsapp() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let new = json!({"url": hook.url(), "events": ["presence.changed"], "account": gateway.account()});
    let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status == 201, "{status} {made}");
    let typing = json!({"from": ANN, "state": "typing"});
    ensure!(gateway.sandbox("presence", typing.clone()).await? == json!({"told": false}));
    let path = format!("/v1/accounts/{}/contacts/{ANN}/presence", gateway.account());
    let (status, answer) = gateway.native(Method::POST, &path, Some(json!({"on": true}))).await?;
    ensure!(status == 200, "{status} {answer}");
    ensure!(gateway.sandbox("presence", typing).await?["told"] == true);
    let told = hook.wait_for(1, PATIENCE).await?[0].json();
    ensure!(of(&told, ANN, "typing"), "{told}");
    Ok(())
}

//! Linking a WhatsApp account and staying linked: by QR code, by pairing code, over restarts, until somebody ends it.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sluice_tests::Gateway;
use sluice_tests::gateway::{Plan, answer, binary};
use sluice_tests::whatsapp::{self, Account, Green, PATIENCE, SHOP};
use sluice_whatsapp_world::{Trouble, World};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

const ANN: &str = "79990000001";

#[tokio::test]
async fn a_scanned_code_links_for_good_and_a_restart_asks_for_no_other() -> Result<()> {
    let world = World::start().await?;
    let folder = tempfile::tempdir()?;
    let plan =
        Plan { data: Some(folder.path().join("data")), environment: whatsapp::environment(&world), ..Plan::default() };
    let mut gateway = Gateway::start(plan).await?;
    let account = Account::link(&gateway, &world, SHOP).await?;
    let shown = account.get(&gateway, "").await?;
    ensure!(shown["phone"] == SHOP && shown["lid"] == world.lid(SHOP)?.as_str(), "{shown}");
    ensure!(shown["caution"].as_str().is_some_and(|words| !words.is_empty()), "{shown}");

    ensure!(gateway.terminate().await?.success());
    gateway.restart().await?;
    account.until_state(&gateway, "open").await?;
    ensure!(world.linked(SHOP) == 1, "it was linked once more");
    world.person(ANN, "Ann")?;
    account.text(&gateway, ANN, "back").await?;
    world.until(PATIENCE, "a message after the restart", |world| world.heard(ANN).into_iter().next()).await?;
    Ok(())
}

#[tokio::test]
async fn a_code_typed_into_the_phone_links_as_well() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let account = Account::add(&gateway, &world, SHOP).await?;
    let shown = account.post(&gateway, "login", json!({"way": "pairing_code", "phone": SHOP})).await?;
    ensure!(shown["step"] == "show_code", "{shown}");
    world.enter_code(SHOP, shown["code"].as_str().context("code")?).await?;
    account.until_state(&gateway, "open").await?;
    Ok(())
}

#[tokio::test]
async fn the_command_line_draws_the_code_says_when_it_is_done_and_logs_out() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let account = Account::add(&gateway, &world, SHOP).await?;
    let command = |what: &str| {
        let mut command = Command::new(binary());
        command.args(["account", what, SHOP]).env("SLUICE_URL", gateway.base());
        command.env("SLUICE_TOKEN", gateway.word("/native/key")).stdin(Stdio::null()).kill_on_drop(true);
        command
    };
    let mut login = command("login").stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(login.stdout.take().context("stdout")?).lines();
    let mut said = String::new();
    // The drawing is for eyes; the same code is in the API.
    while !said.contains("Linked devices") {
        said += &lines.next_line().await?.with_context(|| format!("it ended early: {said}"))?;
    }
    ensure!(said.contains('█') || said.contains('▀'), "nothing is drawn: {said}");
    let shown = account.get(&gateway, "login").await?;
    world.scan(shown["data"].as_str().context("QR")?, SHOP)?;
    while let Some(line) = lines.next_line().await? {
        said += &line;
    }
    ensure!(login.wait().await?.success() && said.contains(SHOP), "{said}");

    let logout = command("logout").output().await?;
    ensure!(logout.status.success() && logout.stdout.starts_with(b"Logged out"), "{logout:?}");
    account.until_state(&gateway, "login_needed").await?;
    account.event("a logout", |event| event["type"] == "account.logged_out" && event["data"]["by"] == "api").await?;
    world.until(PATIENCE, "unlinked", |world| (world.linked(SHOP) == 0).then_some(())).await?;
    Ok(())
}

#[tokio::test]
async fn another_dialects_code_links_too() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let account = Account::add(&gateway, &world, SHOP).await?;
    let green = Green::of(&gateway, &account).await?;
    let (status, qr) = answer(gateway.http.get(green.url(&gateway, "qr"))).await?;
    ensure!(status == 200 && qr["type"] == "qrCode", "{status} {qr}");
    let shown = account.get(&gateway, "login").await?;
    world.scan(shown["data"].as_str().context("QR")?, SHOP)?;
    account.until_state(&gateway, "open").await?;
    let (_, state) = answer(gateway.http.get(green.url(&gateway, "getStateInstance"))).await?;
    ensure!(state["stateInstance"] == "authorized", "{state}");
    Ok(())
}

#[tokio::test]
async fn a_logout_on_the_phone_a_ban_and_a_lock_are_told_in_words() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let account = Account::link(&gateway, &world, SHOP).await?;

    world.trouble(SHOP, Trouble::Ban { code: 101, seconds: 3_600 }, 1)?;
    world.cut(SHOP)?;
    let blocked = account.until_state(&gateway, "blocked").await?;
    ensure!(blocked["reason"].as_str().is_some_and(|words| !words.is_empty()), "{blocked}");
    account.post(&gateway, "restart", json!({})).await?;
    account.until_state(&gateway, "open").await?;

    world.unlink(SHOP)?;
    let out = account.until_state(&gateway, "login_needed").await?;
    ensure!(out["reason"].as_str().is_some_and(|words| !words.is_empty()), "{out}");
    account.event("a logout", |event| event["type"] == "account.logged_out" && event["data"]["by"] == "device").await?;

    // Linked anew, it goes on; then the API logs it out, and the phone no longer lists it.
    account.log_in(&gateway, &world).await?;
    account.post(&gateway, "logout", json!({})).await?;
    account.until_state(&gateway, "login_needed").await?;
    world.until(PATIENCE, "unlinked", |world| (world.linked(SHOP) == 0).then_some(())).await?;

    // Locked by WhatsApp, it says so.
    account.log_in(&gateway, &world).await?;
    world.trouble(SHOP, Trouble::RefuseLogin(403), 1)?;
    world.cut(SHOP)?;
    let is_it = |event: &Value| event["type"] == "account.logged_out" && event["data"]["by"] == "ban";
    let locked = account.event("a locked account", is_it).await?;
    ensure!(locked["data"]["note"].as_str().is_some_and(|words| words.contains("locked")), "{locked}");
    account.until_state(&gateway, "login_needed").await?;
    Ok(())
}

#[tokio::test]
async fn broken_streams_and_refused_logins_heal_or_are_told() -> Result<()> {
    let world = World::start().await?;
    let gateway = whatsapp::gateway(&world).await?;
    let account = Account::link(&gateway, &world, SHOP).await?;
    world.person(ANN, "Ann")?;
    for code in [515, 503] {
        world.stream_error(SHOP, code)?;
        world.until(PATIENCE, "gone", |world| (!world.is_online(SHOP)).then_some(())).await?;
        world.until(PATIENCE, "back", |world| world.is_online(SHOP).then_some(())).await?;
        account.until_state(&gateway, "open").await?;
        let text = format!("after {code}");
        account.text(&gateway, ANN, &text).await?;
        world.until(PATIENCE, &text, |world| heard(world, &text)).await?;
    }
    // The server has another key: the quick handshake falls back to the long one.
    world.forget_key(1);
    world.cut(SHOP)?;
    world.until(PATIENCE, "gone", |world| (!world.is_online(SHOP)).then_some(())).await?;
    world.until(PATIENCE, "back", |world| world.is_online(SHOP).then_some(())).await?;
    let id = account.text(&gateway, ANN, "with another key").await?;
    account.until(&id, "message.delivered").await?;

    // Who connects with the same login elsewhere ends this session, and is told of before it comes back.
    world.replace(SHOP)?;
    let is_it = |event: &Value| {
        let note = event["data"]["note"].as_str().unwrap_or_default();
        event["type"] == "account.disconnected" && note.contains("Another program")
    };
    account.event("another program", is_it).await?;
    account.until_state(&gateway, "open").await?;

    // An old client is refused until it claims a newer version; meanwhile the account says why it is not there.
    world.trouble(SHOP, Trouble::RefuseLogin(405), 100)?;
    world.cut(SHOP)?;
    let says_why =
        |account: &Value| account["reason"].as_str().is_some_and(|words| words.contains("update Sluicegate"));
    account.until_shown(&gateway, "outdated", says_why).await?;
    world.calm(SHOP)?;
    account.until_state(&gateway, "open").await?;

    // Refused as a device that is linked no more, it needs a new login.
    world.trouble(SHOP, Trouble::RefuseLogin(401), 1)?;
    world.cut(SHOP)?;
    account.until_state(&gateway, "login_needed").await?;
    Ok(())
}

fn heard(world: &World, text: &str) -> Option<()> {
    let says = |heard: &sluice_whatsapp_world::Heard| whatsapp::words(&heard.message).as_deref() == Some(text);
    world.heard(ANN).iter().any(says).then_some(())
}

//! The command line, as people type it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_tests::gateway::{Plan, binary};
use sluice_tests::{Gateway, Receiver};
use tokio::process::Command;

const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `sluice` in an empty folder and an empty environment.
async fn sluice(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Output> {
    let folder = tempfile::tempdir()?;
    let command = Command::new(binary())
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder.path())
        .output();
    tokio::time::timeout(PATIENCE, command).await?.context("run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn an_unknown_key_is_an_error_with_a_suggestion() -> Result<()> {
    let output = sluice(&["config", "check", "--set", "server.lisen=127.0.0.1:9"], &[]).await?;
    ensure!(!output.status.success() && said(&output).contains("server.listen"), "{}", said(&output));
    let output = sluice(&["config", "check"], &[("SLUICE_SERVER__LISEN", "127.0.0.1:9")]).await?;
    ensure!(!output.status.success() && said(&output).contains("SLUICE_SERVER__LISTEN"), "{}", said(&output));
    Ok(())
}

#[tokio::test]
async fn files_that_are_not_there_are_named_once_and_before_the_start() -> Result<()> {
    let output = sluice(&["config", "check", "--config", "nope.toml"], &[]).await?;
    ensure!(!output.status.success() && said(&output).matches("No such file").count() == 1, "{}", said(&output));
    let output = sluice(&["config", "check", "--set", "outside.extra_ca=nope.pem"], &[]).await?;
    ensure!(!output.status.success() && said(&output).contains("nope.pem"), "{}", said(&output));
    Ok(())
}

#[tokio::test]
async fn the_environment_beats_the_file_and_a_flag_beats_both() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("sluice.toml");
    std::fs::write(&file, "[server]\nlisten = \"127.0.0.1:1001\"\n")?;
    let file = file.to_str().context("path")?;
    let printed = async |arguments: &[&str], environment: &[(&str, &str)]| {
        let output = sluice(&[&["config", "print-env", "--config", file], arguments].concat(), environment).await?;
        let text = said(&output);
        let line = text.lines().find(|line| line.starts_with("SLUICE_SERVER__LISTEN=")).map(str::to_owned);
        line.with_context(|| text)
    };
    assert_eq!(printed(&[], &[]).await?, "SLUICE_SERVER__LISTEN=127.0.0.1:1001");
    let environment = [("SLUICE_SERVER__LISTEN", "127.0.0.1:1002")];
    assert_eq!(printed(&[], &environment).await?, "SLUICE_SERVER__LISTEN=127.0.0.1:1002");
    let flag = ["--set", "server.listen=127.0.0.1:1003"];
    assert_eq!(printed(&flag, &environment).await?, "SLUICE_SERVER__LISTEN=127.0.0.1:1003");
    Ok(())
}

#[tokio::test]
async fn a_made_up_master_key_is_not_served_to_the_world() -> Result<()> {
    let zeros = "0".repeat(64);
    let environment = [("SLUICE_SECURITY__MASTER_KEY", zeros.as_str())];
    let output = sluice(&["serve", "--listen", "0.0.0.0:0"], &environment).await?;
    ensure!(!output.status.success() && said(&output).contains("security.master_key"), "{}", said(&output));
    ensure!(!said(&output).contains(&zeros), "a secret was printed");
    let output = sluice(&["demo", "--listen", "0.0.0.0:0"], &[]).await?;
    ensure!(!output.status.success() && said(&output).contains("loopback"), "{}", said(&output));
    Ok(())
}

#[tokio::test]
async fn version_openapi_and_reference_are_printed() -> Result<()> {
    let output = sluice(&["version"], &[]).await?;
    ensure!(output.status.success(), "{}", said(&output));
    for word in [
        "native",
        "wappi",
        "green_api",
        "devino",
        "wahelp",
        "feedbot",
        "chat_api",
        "whatsmate",
        "phone",
        "whatsapp-web",
    ] {
        ensure!(said(&output).contains(word), "{word}: {}", said(&output));
    }
    let output = sluice(&["openapi"], &[]).await?;
    let document: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    for page in ["config", "errors", "cli"] {
        let output = sluice(&["reference", page], &[]).await?;
        ensure!(output.status.success() && output.stdout.starts_with(b"# "), "{}", said(&output));
    }
    Ok(())
}

#[tokio::test]
async fn the_demo_logs_in_again_switches_all_on_and_sees_to_its_descriptors() -> Result<()> {
    let mut gateway = Gateway::demo().await?;
    gateway.sandbox("logout", json!({"by": "device"})).await?;
    gateway.terminate().await?;
    gateway.restart().await?;
    let path = format!("/v1/accounts/{}", gateway.account());
    let (_, account) = gateway.native(Method::GET, &path, None).await?;
    ensure!(account["state"] == "open", "{account}");

    let settings: Value = gateway.http.get(gateway.green("getSettings")).send().await?.json().await?;
    for switch in
        ["incomingWebhook", "pollMessageWebhook", "incomingCallWebhook", "editedMessageWebhook", "avatarInfoWebhook"]
    {
        ensure!(settings[switch] == "yes", "docs/guide/demo.md says that {switch} is on: {settings}");
    }

    let limits = std::fs::read_to_string(format!("/proc/{}/limits", gateway.process().context("it has ended")?))?;
    let line = limits.lines().find(|line| line.starts_with("Max open files")).context("no limit on files")?;
    let [soft, hard] = [3, 4].map(|column| line.split_whitespace().nth(column).and_then(|text| text.parse().ok()));
    let (soft, hard): (u64, u64) = (soft.context("soft")?, hard.context("hard")?);
    ensure!(soft >= hard.min(4_096), "{line}");
    Ok(())
}

#[tokio::test]
async fn a_message_is_sent_and_traced_from_the_command_line() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let environment = [("SLUICE_URL", gateway.base()), ("SLUICE_TOKEN", gateway.word("/native/key"))];
    let send = |account| ["send", "--json", "--account", account, "--to", "79990000000", "--text", "by hand"];
    let output = sluice(&send("Demo"), &environment).await?;
    ensure!(!output.status.success() && said(&output).contains("sluice account list"), "{}", said(&output));
    let output = sluice(&send("Demo WhatsApp"), &environment).await?;
    ensure!(output.status.success(), "{}", said(&output));
    let accepted: Value = serde_json::from_slice(&output.stdout)?;
    let id = accepted["id"].as_str().context("id")?;

    // It is read half a second after it was sent; the trace is asked for until it says so.
    let read = async {
        loop {
            let output = sluice(&["message", "trace", "--account", gateway.account(), id], &environment).await?;
            ensure!(output.status.success(), "{}", said(&output));
            if said(&output).contains("read") {
                return Ok(said(&output));
            }
        }
    };
    let story = tokio::time::timeout(PATIENCE, read).await.context("it is not read")??;
    for step in ["accepted", "sent", "delivered", "read"] {
        ensure!(story.contains(step), "no {step} in\n{story}");
    }
    Ok(())
}

#[tokio::test]
async fn a_backup_comes_back_with_its_own_key_only_and_sends_nothing_until_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (copy, new, wrong) = (at("copy"), at("new"), at("wrong.key"));
    let mut gateway = Gateway::demo().await?;
    gateway.sandbox("cut", json!({"for_ms": 600_000})).await?;
    let body = json!({"to": "79990000000", "text": "waits"});
    let path = format!("/v1/accounts/{}/messages", gateway.account());
    let (status, accepted) = gateway.native(Method::POST, &path, Some(body)).await?;
    ensure!(status == 202, "{status} {accepted}");
    let data = gateway.data().display().to_string();
    let output = sluice(&["backup", "--data", &data, "--to", &copy], &[]).await?;
    ensure!(output.status.success(), "{}", said(&output));
    gateway.kill().await?;

    std::fs::write(&wrong, "1".repeat(64))?;
    std::fs::set_permissions(&wrong, std::fs::Permissions::from_mode(0o600))?;
    let restore = ["restore", "--from", &copy, "--data", &new, "--key"];
    let output = sluice(&[&restore[..], &[&wrong]].concat(), &[]).await?;
    ensure!(!output.status.success() && said(&output).contains("not the master key"), "{}", said(&output));
    ensure!(std::fs::read_dir(&new)?.next().is_none(), "something was left in the way of the right key");
    // Early versions noted whichever key they were given: what is sealed in the backup tells.
    let manifest = Path::new(&copy).join("manifest.json");
    let mut noted: Value = serde_json::from_slice(&std::fs::read(&manifest)?)?;
    noted["key"] = json!("0000000000000000");
    std::fs::write(&manifest, noted.to_string())?;
    let right = gateway.data().join("master.key").display().to_string();
    // Others may have read it where it was kept; the copy is for the gateway alone.
    std::fs::set_permissions(&right, std::fs::Permissions::from_mode(0o644))?;
    let output = sluice(&[&restore[..], &[&right]].concat(), &[]).await?;
    ensure!(output.status.success(), "{}", said(&output));

    let restored = Gateway::start(Plan { data: Some(folder.path().join("new")), ..Plan::default() }).await?;
    let account = format!("/v1/accounts/{}", restored.account());
    let looked = async {
        while restored.native(Method::GET, &account, None).await?.1["state"] != "open" {}
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, looked).await.context("it does not connect")??;
    let message = format!("{path}/{}", accepted["id"].as_str().context("id")?);
    let state = async || anyhow::Ok(restored.native(Method::GET, &message, None).await?.1["state"].clone());
    assert_eq!(state().await?, "waiting");
    let caller = [("SLUICE_URL", restored.base()), ("SLUICE_TOKEN", restored.word("/native/key"))];
    let listed = said(&sluice(&["account", "list"], &caller).await?);
    ensure!(listed.lines().all(|line| line.contains("sends nothing until `sluice resume`")), "{listed}");
    let output = sluice(&["resume", "--data", &new], &[]).await?;
    ensure!(output.status.success() && said(&output).contains("goes on"), "{}", said(&output));
    let listed = said(&sluice(&["account", "list"], &caller).await?);
    ensure!(!listed.contains("resume"), "{listed}");
    let goes_on = async {
        while state().await? == "waiting" {}
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, goes_on).await.context("it does not go on")?
}

#[tokio::test]
async fn exit_status_tells_a_refusal_from_a_gateway_that_is_not_there() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let get = ["message", "get", "--account", gateway.account(), "msg_0000000000000000"];
    let output = sluice(&get, &[("SLUICE_URL", gateway.base()), ("SLUICE_TOKEN", "sg_wrong")]).await?;
    ensure!(output.status.code() == Some(3), "{:?} {}", output.status, said(&output));
    ensure!(!said(&output).contains("sg_wrong"), "a token was printed: {}", said(&output));
    let output = sluice(&get, &[("SLUICE_URL", "http://127.0.0.1:9"), ("SLUICE_TOKEN", "sg_any")]).await?;
    ensure!(output.status.code() == Some(4), "{:?} {}", output.status, said(&output));
    let bare = gateway.base().trim_start_matches("http://");
    let output = sluice(&get, &[("SLUICE_URL", bare), ("SLUICE_TOKEN", "sg_any")]).await?;
    ensure!(output.status.code() == Some(2) && said(&output).contains("http://"), "{}", said(&output));
    let output = sluice(&get, &[("SLUICE_URL", &format!("https://{bare}")), ("SLUICE_TOKEN", "sg_any")]).await?;
    ensure!(output.status.code() == Some(4) && said(&output).contains("speaks http://"), "{}", said(&output));
    Ok(())
}

#[tokio::test]
async fn a_key_that_may_only_send_sends_from_its_own_account() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let key = json!({"name": "shop", "scopes": ["send"], "account": gateway.account()});
    let (status, made) = gateway.native(Method::POST, "/v1/keys", Some(key)).await?;
    ensure!(status == 201, "{status} {made}");
    let environment = [("SLUICE_URL", gateway.base()), ("SLUICE_TOKEN", made["token"].as_str().context("token")?)];
    let send = ["send", "--to", "79990000000", "--text", "by a key that cannot read"];
    let output = sluice(&send, &environment).await?;
    ensure!(output.status.success() && said(&output).contains("msg_"), "{}", said(&output));
    let output = sluice(&[&send[..], &["--account", "Demo WhatsApp"]].concat(), &environment).await?;
    ensure!(output.status.code() == Some(3) && said(&output).contains("give the id"), "{}", said(&output));
    let output = sluice(&[&send[..], &["--account", gateway.account()]].concat(), &environment).await?;
    ensure!(output.status.success(), "{}", said(&output));
    // The demo's own key is good for several accounts, so one must be named.
    let environment = [("SLUICE_URL", gateway.base()), ("SLUICE_TOKEN", gateway.word("/native/key"))];
    let output = sluice(&send, &environment).await?;
    ensure!(!output.status.success() && said(&output).contains("name one with --account"), "{}", said(&output));
    Ok(())
}

#[tokio::test]
async fn a_listener_is_tried_whatever_it_wants_and_each_time_with_another_id() -> Result<()> {
    let gateway = Gateway::demo().await?;
    let hook = Receiver::agreeable().await?;
    let new = json!({"name": "alarm", "url": hook.url(), "events": ["message.failed"]});
    let (status, listener) = gateway.native(Method::POST, "/v1/listeners", Some(new)).await?;
    ensure!(status == 201, "{status} {listener}");
    let path = format!("/v1/listeners/{}/test", listener["id"].as_str().context("id")?);
    for _ in 0..2 {
        let (_, attempt) = gateway.native(Method::POST, &path, Some(json!({}))).await?;
        ensure!(attempt["status"] == 200, "{attempt}");
    }
    let calls = hook.wait_for(2, PATIENCE).await?;
    let [one, other] = [0, 1].map(|number: usize| calls[number].headers.get("webhook-id"));
    ensure!(one.is_some() && one != other, "{one:?} {other:?}");
    Ok(())
}

#[tokio::test]
async fn sigterm_drains_and_ends_within_ten_seconds() -> Result<()> {
    let mut gateway = Gateway::demo().await?;
    let poll = gateway.http.get(format!("{}?receiveTimeout=60", gateway.green("receiveNotification"))).send();
    let poll = tokio::spawn(poll);
    let begun = std::time::Instant::now();
    let status = gateway.terminate().await?;
    ensure!(status.success(), "{status:?}");
    ensure!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    // The waiting poll gets an answer or a closed connection, never a hang.
    tokio::time::timeout(Duration::from_secs(5), poll).await??.ok();
    Ok(())
}

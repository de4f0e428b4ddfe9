//! The data folder: with its own key only, and for its own user only.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use sluice_tests::Gateway;
use sluice_tests::gateway::binary;
use tokio::process::Command;

const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a command on the folder in an environment with nothing but this key, if any.
async fn sluice(command: &[&str], data: &Path, key: Option<&str>) -> Result<Output> {
    let command = Command::new(binary())
        .args(command)
        .arg("--data")
        .arg(data)
        .env_clear()
        .envs(key.map(|key| ("SLUICE_SECURITY__MASTER_KEY", key)))
        .kill_on_drop(true)
        .output();
    tokio::time::timeout(PATIENCE, command).await.context("it was not refused")?.context("run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];

/// A random one, and not the demo's.
const WRONG: &str = "5f0d6f5a2c3b9e817764a1d0c2e3f4958697a8b9cadbecfd0e1f203142536475";

async fn refuses(commands: &[&[&str]], data: &Path, key: Option<&str>, words: &str) -> Result<()> {
    for command in commands {
        let output = sluice(command, data, key).await?;
        ensure!(!output.status.success() && said(&output).contains(words), "{command:?}: {}", said(&output));
        ensure!(!said(&output).contains(WRONG), "a secret was printed");
    }
    Ok(())
}

#[tokio::test]
async fn data_are_opened_with_their_own_key_only() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut gateway = Gateway::demo().await?;
    let data = gateway.data().to_owned();
    let (key, fingerprint) = (data.join("master.key"), data.join("key.fingerprint"));
    let own = std::fs::read_to_string(&key)?;
    let account = gateway.account().to_owned();
    ensure!(gateway.terminate().await?.success());

    let copy = folder.path().join("copy").display().to_string();
    let backup = ["backup", "--to", &copy];
    let commands: [&[&str]; 4] = [&SERVE, &["workspace", "list"], &["workspace", "key", "demo"], &backup];
    std::fs::remove_file(&key)?;
    refuses(&commands, &data, None, "there is no master key").await?;
    ensure!(!key.exists(), "a new key was made beside data that are sealed with another");
    refuses(&commands, &data, Some(WRONG), "SLUICE_SECURITY__MASTER_KEY").await?;
    std::fs::write(&key, WRONG)?;
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600))?;
    refuses(&commands, &data, None, &format!("the master key in {}", key.display())).await?;
    // Early versions left no fingerprint: what they sealed tells.
    std::fs::remove_file(&fingerprint)?;
    refuses(&commands, &data, None, "is not the one").await?;
    ensure!(!fingerprint.exists(), "the wrong key was taken for the right one");
    ensure!(!Path::new(&copy).exists(), "a backup was begun with the wrong key");
    // Data that somebody brought here over others have those others' fingerprint beside them.
    let other = folder.path().join("other");
    ensure!(sluice(&["workspace", "add", "theirs"], &other, Some(WRONG)).await?.status.success());
    std::fs::copy(other.join("key.fingerprint"), &fingerprint)?;
    refuses(&[&backup], &data, None, "is not the one").await?;
    ensure!(!Path::new(&copy).exists(), "a backup was begun with the wrong key");
    std::fs::remove_file(&fingerprint)?;

    std::fs::write(&key, own)?;
    let output = sluice(&backup, &data, None).await?;
    ensure!(output.status.success(), "{}", said(&output));
    gateway.restart().await?;
    ensure!(gateway.account() == account && fingerprint.exists());
    let body = json!({"to": "79990000000", "text": "still here"});
    let (status, accepted) =
        gateway.native(Method::POST, &format!("/v1/accounts/{account}/messages"), Some(body)).await?;
    ensure!(status == 202, "{status} {accepted}");
    Ok(())
}

#[tokio::test]
async fn what_is_made_in_a_folder_that_others_may_enter_is_for_its_own_user() -> Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
    let plan = sluice_tests::gateway::Plan { data: Some(folder.path().to_owned()), ..Default::default() };
    let _gateway = Gateway::start(plan).await?;
    let mut files = vec![folder.path().to_owned()];
    let mut seen = Vec::new();
    while let Some(next) = files.pop() {
        if next.is_dir() {
            files.extend(std::fs::read_dir(&next)?.filter_map(Result::ok).map(|entry| entry.path()));
        }
        if next != folder.path() {
            let mode = next.metadata()?.mode();
            ensure!(mode & 0o077 == 0, "{}: {mode:o}", next.display());
            seen.extend(next.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    for name in ["sluice.db", "sluice.db-wal", "sluice.db-shm", "sluice.lock", "master.key", "key.fingerprint", "media"]
    {
        ensure!(seen.iter().any(|seen| seen == name), "no {name} among {seen:?}");
    }
    Ok(())
}

#[tokio::test]
async fn customers_are_listed_added_and_given_keys() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    for command in [["workspace", "key", "foo"].as_slice(), &["workspace", "list"]] {
        let output = sluice(command, &data, None).await?;
        ensure!(!output.status.success() && said(&output).contains("no database"), "{}", said(&output));
        ensure!(!data.exists(), "a folder was made for a mistake of typing");
    }
    let output = sluice(&["workspace", "add", " "], &data, None).await?;
    ensure!(output.status.code() == Some(2), "{}", said(&output));
    let output = sluice(&["workspace", "add", "First customer"], &data, None).await?;
    ensure!(output.status.success() && said(&output).contains("sg_"), "{}", said(&output));
    let output = sluice(&["workspace", "list"], &data, None).await?;
    ensure!(output.status.success() && said(&output).contains("First customer"), "{}", said(&output));
    let output = sluice(&["workspace", "key", "First customer"], &data, None).await?;
    ensure!(output.status.success() && said(&output).contains("sg_"), "{}", said(&output));
    Ok(())
}

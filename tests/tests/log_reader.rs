//! The log's reader hangs or goes away: the gateway is not harmed.

use std::io::{PipeWriter, Write};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sluice_tests::gateway::binary;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(60);

struct Talker {
    child: Child,
    demo: Value,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Talker {
    /// A demo that says all that it does into this pipe.
    async fn start(log: PipeWriter) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut child = Command::new(binary())
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .env("SLUICE_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await.context("it said nothing")??;
        let demo = serde_json::from_str(&first.context("it ended before it was ready")?)?;
        Ok(Self { child, demo, http: sluice_tests::http(), _folder: folder })
    }

    fn word(&self, pointer: &str) -> &str {
        self.demo.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    async fn page(&self, path: &str) -> Result<String> {
        let call = self.http.get(format!("{}{path}", self.word("/base"))).bearer_auth(self.word("/native/key")).send();
        let answer = tokio::time::timeout(PATIENCE, call).await.context("a call hangs")??;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer.text().await?)
    }

    /// SIGTERM, and it ends well, within its drain and what it waits for a reader.
    async fn ends(mut self) -> Result<()> {
        let id = self.child.id().context("it has ended already")?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        let status = ended.context("SIGTERM is held up")??;
        ensure!(status.success(), "{status:?}");
        Ok(())
    }
}

#[tokio::test]
async fn a_reader_that_has_gone_harms_nothing() -> Result<()> {
    let (reader, log) = std::io::pipe()?;
    drop(reader);
    let talker = Talker::start(log).await?;
    ensure!(talker.page("/metrics").await?.contains("\nsluice_log_lines_lost_total "), "lost lines are not counted");
    ensure!(talker.page("/v1/accounts").await?.contains("\"open\""), "the accounts' tasks have ended");
    talker.ends().await
}

#[tokio::test]
async fn a_reader_that_hangs_holds_up_nothing() -> Result<()> {
    let (reader, log) = std::io::pipe()?;
    let mut other = log.try_clone()?;
    // Keeps the pipe full, and ends when its reader is gone.
    std::thread::spawn(move || while other.write_all(&[b' '; 4_096]).is_ok() {});
    let talker = Talker::start(log).await?;
    ensure!(talker.page("/v1/accounts").await?.contains("\"open\""), "the accounts' tasks hang");
    talker.ends().await?;
    drop(reader);
    Ok(())
}

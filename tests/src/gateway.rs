//! The built binary, started in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running `sluice demo`. Killed when dropped.
pub struct Gateway {
    child: Child,
    /// The object that `demo --json` printed.
    pub demo: Value,
    pub http: reqwest::Client,
    folder: Option<TempDir>,
    data: PathBuf,
    listen: String,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    log: Option<PathBuf>,
}

/// What starting may take on a busy machine.
const START: Duration = Duration::from_secs(60);

/// The binary under test: `SLUICE_BIN`, or the one beside this test's own.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("SLUICE_BIN") {
        return path.into();
    }
    let own = std::env::current_exe().unwrap_or_default();
    let folder = own.ancestors().find(|folder| folder.join("sluice").is_file());
    let folder = folder.expect("no sluice beside the tests: run `cargo build -p sluice-gateway` first");
    folder.join("sluice")
}

/// How a gateway is to be started.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub speed: Option<u32>,
    /// Over these data; a fresh folder otherwise.
    pub data: Option<PathBuf>,
    /// A port to come back to after a restart.
    pub port: u16,
    pub environment: Vec<(String, String)>,
    /// A file for its log; beside the test's own words otherwise.
    pub log: Option<PathBuf>,
}

impl Gateway {
    /// A fresh demo at the world's pace.
    pub async fn demo() -> Result<Self> {
        Self::start(Plan::default()).await
    }

    /// A fresh demo whose clock runs `speed` times faster.
    pub async fn fast(speed: u32) -> Result<Self> {
        Self::start(Plan { speed: Some(speed), ..Plan::default() }).await
    }

    pub async fn start(plan: Plan) -> Result<Self> {
        let folder = match plan.data {
            Some(_) => None,
            None => Some(tempfile::tempdir()?),
        };
        let data = match (&plan.data, &folder) {
            (Some(data), _) => data.clone(),
            (None, Some(folder)) => folder.path().join("data"),
            (None, None) => bail!("no folder"),
        };
        let speed = plan.speed.map(|speed| vec!["--speed".to_owned(), speed.to_string()]);
        let arguments = speed.unwrap_or_default();
        let listen = format!("127.0.0.1:{}", plan.port);
        let (child, demo) = launch(&data, &listen, &arguments, &plan.environment, plan.log.as_deref()).await?;
        let http = crate::http();
        Ok(Self { child, demo, http, folder, data, listen, arguments, environment: plan.environment, log: plan.log })
    }

    /// SIGKILL, and the process is gone.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("kill")
    }

    /// Sends it a signal: `TERM`, `STOP`, `CONT`.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let id = self.child.id().context("it has ended already")?;
        Command::new("kill").args([format!("-{name}"), id.to_string()]).status().await?;
        Ok(())
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal("TERM").await?;
        tokio::time::timeout(START, self.child.wait()).await?.context("wait")
    }

    /// Waits until it has ended by itself, and says how.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        tokio::time::timeout(START, self.child.wait()).await.context("it does not end")?.context("wait")
    }

    /// Starts again over the same data; the port is the same only if the plan named one.
    pub async fn restart(&mut self) -> Result<()> {
        let log = self.log.as_deref();
        (self.child, self.demo) = launch(&self.data, &self.listen, &self.arguments, &self.environment, log).await?;
        // Connections to the process that is gone are of no use.
        self.http = crate::http();
        Ok(())
    }

    /// As [`Gateway::restart`], in another environment from now on.
    pub async fn restart_with(&mut self, environment: Vec<(String, String)>) -> Result<()> {
        self.environment = environment;
        self.restart().await
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where the process id is needed (memory, descriptors).
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Keeps the folder when the gateway is dropped, for a look after a failure.
    pub fn keep_folder(mut self) -> PathBuf {
        if let Some(folder) = self.folder.take() {
            let _ = folder.keep();
        }
        self.data.clone()
    }

    pub fn base(&self) -> &str {
        self.word("/base")
    }

    /// A text of the demo's object, by JSON pointer.
    pub fn word(&self, pointer: &str) -> &str {
        self.demo.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn account(&self) -> &str {
        self.word("/sandbox/account")
    }

    /// `{base}/waInstance{id}/{method}/{token}`
    pub fn green(&self, method: &str) -> String {
        let id = self.demo["green_api"]["id_instance"].to_string();
        format!("{}/waInstance{id}/{method}/{}", self.base(), self.word("/green_api/api_token"))
    }

    /// A call of the native API with the demo's key: status and JSON.
    pub async fn native(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let mut request =
            self.http.request(method, format!("{}{path}", self.base())).bearer_auth(self.word("/native/key"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// A call of the Wappi API with the demo's token and profile.
    pub async fn wappi(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{mark}profile_id={}", self.base(), self.word("/wappi/profile_id"));
        let mut request = self.http.request(method, url).header("authorization", self.word("/wappi/token"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// Pulls one of the sandbox's levers.
    pub async fn sandbox(&self, lever: &str, body: Value) -> Result<Value> {
        self.sandbox_of(self.account(), lever, body).await
    }

    /// Pulls a lever of this account's sandbox.
    pub async fn sandbox_of(&self, account: &str, lever: &str, body: Value) -> Result<Value> {
        let (status, answer) = self.native(Method::POST, &format!("/v1/sandbox/{account}/{lever}"), Some(body)).await?;
        if status >= 300 {
            bail!("{lever}: {status} {answer}");
        }
        Ok(answer)
    }

    /// The native API's name for the account that its owner called so.
    pub async fn account_called(&self, name: &Value) -> Result<String> {
        let (_, accounts) = self.native(Method::GET, "/v1/accounts", None).await?;
        let accounts = accounts["items"].as_array().context("items")?;
        let found = accounts.iter().find(|account| account["name"] == *name);
        Ok(found.and_then(|account| account["id"].as_str()).context("no such account")?.to_owned())
    }

    /// A customer writes; returns the id at the messenger.
    pub async fn receive(&self, from: &str, text: &str) -> Result<Value> {
        self.sandbox("receive", serde_json::json!({"message": {"from": from, "text": text}})).await
    }
}

/// Sends, and reads status and JSON (`Null` for an empty or foreign body).
pub async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, Value)> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let body = response.bytes().await?;
    Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

async fn launch(
    data: &Path,
    listen: &str,
    arguments: &[String],
    environment: &[(String, String)],
    log: Option<&Path>,
) -> Result<(Child, Value)> {
    let stderr = match log {
        Some(log) => std::fs::File::options().create(true).append(true).open(log)?.into(),
        None => Stdio::inherit(),
    };
    let mut child = Command::new(binary())
        .args(["demo", "--json", "--listen", listen, "--data"])
        .arg(data)
        .args(arguments)
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .kill_on_drop(true)
        .spawn()
        .context("the gateway cannot be started")?;
    let mut lines = BufReader::new(child.stdout.take().context("no standard output")?).lines();
    let first = tokio::time::timeout(START, lines.next_line()).await.context("the gateway said nothing")??;
    let first = first.context("the gateway ended before it was ready")?;
    let demo = serde_json::from_str(&first).with_context(|| format!("not the demo's JSON: {first}"))?;
    Ok((child, demo))
}

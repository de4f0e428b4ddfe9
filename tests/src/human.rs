//! A person at another WhatsApp client: Baileys from npm, in a Node process that speaks JSON lines.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sluice_whatsapp_world::World;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex as Turn, oneshot, watch};

use crate::tools;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// One Baileys. Killed when dropped.
pub struct Human {
    _child: Child,
    input: Turn<ChildStdin>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    events: Mutex<Vec<Value>>,
    count: watch::Sender<usize>,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    calls: Mutex<u64>,
}

impl Human {
    /// Starts Baileys, which then shows QR codes. `None` where Node or Baileys is missing, which has then been said.
    pub async fn start(world: &World) -> Result<Option<Self>> {
        let Some(node) = tools::baileys() else { return Ok(None) };
        let root: String = world.root_key().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut child = Command::new(node)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/whatsapp/human.mjs"))
            .args([world.url(), world.media_url(), root])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = Turn::new(child.stdin.take().context("stdin")?);
        let shared = Arc::new(Shared::default());
        tokio::spawn(listen(child.stdout.take().context("stdout")?, shared.clone()));
        let human = Self { _child: child, input, shared };
        human.call("start", json!([])).await?;
        Ok(Some(human))
    }

    /// As `start`, and links it to a new person's phone by QR code.
    pub async fn link(world: &World, phone: &str, name: &str) -> Result<Option<Self>> {
        world.person(phone, name)?;
        let Some(human) = Self::start(world).await? else { return Ok(None) };
        let qr = human.event("a QR code", |event| event["event"] == "qr").await?;
        world.scan(qr["qr"].as_str().unwrap_or_default(), phone)?;
        human.event("linked", |event| event["event"] == "open").await?;
        Ok(Some(human))
    }

    /// Calls a method of the Baileys socket, or one of the driver's own.
    pub async fn call(&self, method: &str, arguments: Value) -> Result<Value> {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
            *calls += 1;
            self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(*calls, answer);
            *calls
        };
        let line = format!("{}\n", json!({"id": id, "call": method, "args": arguments}));
        self.input.lock().await.write_all(line.as_bytes()).await?;
        let answer =
            tokio::time::timeout(PATIENCE, answered).await.with_context(|| format!("{method}: no answer"))??;
        match answer.get("error") {
            Some(error) => bail!("{method}: {}", error.as_str().unwrap_or_default()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Sends to a number or an address, in Baileys' own words; the message's key.
    pub async fn send(&self, to: &str, content: Value) -> Result<Value> {
        self.send_with(to, content, json!({})).await
    }

    pub async fn send_with(&self, to: &str, content: Value, options: Value) -> Result<Value> {
        Ok(self.call("sendMessage", json!([jid(to), content, options])).await?["key"].clone())
    }

    pub fn events(&self) -> Vec<Value> {
        self.shared.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first event that is as wanted, past or to come.
    pub async fn event(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        self.until(PATIENCE, what, |events| events.iter().find(|event| wanted(event)).cloned()).await
    }

    /// The first message that is as wanted.
    pub async fn message(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        self.event(what, |event| event["event"] == "message" && wanted(event)).await
    }

    /// Waits until all that has happened is as wanted.
    pub async fn until<T>(&self, limit: Duration, what: &str, wanted: impl Fn(&[Value]) -> Option<T>) -> Result<T> {
        let mut count = self.shared.count.subscribe();
        let waiting = async {
            loop {
                count.borrow_and_update();
                if let Some(found) = wanted(&self.events()) {
                    return Ok(found);
                }
                count.changed().await.context("Baileys has ended")?;
            }
        };
        match tokio::time::timeout(limit, waiting).await {
            Ok(found) => found,
            Err(_) => bail!(
                "{what}: not within {limit:?}; so far {:#?}",
                self.events().iter().rev().take(5).collect::<Vec<_>>()
            ),
        }
    }
}

/// A number's address; anything that is one already stays as it is.
pub fn jid(to: &str) -> String {
    if to.contains('@') { to.to_owned() } else { format!("{to}@s.whatsapp.net") }
}

async fn listen(output: ChildStdout, shared: Arc<Shared>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        // libsignal prints remarks of its own among the lines.
        let Ok(told) = serde_json::from_str::<Value>(&line) else { continue };
        if let Some(id) = told["id"].as_u64() {
            let waiting = shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            waiting.map(|waiting| waiting.send(told));
        } else if told.is_object() {
            shared.events.lock().unwrap_or_else(PoisonError::into_inner).push(told);
            shared.count.send_modify(|count| *count += 1);
        }
    }
}

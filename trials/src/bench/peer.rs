//! The limits, each in a process of its own: an axum handler that parses the same JSON and answers, with nothing behind it;
//! and one that besides appends what it was told to a log, the least that a durable accept can do.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

/// The peer's process; killed when dropped.
pub struct Peer {
    _child: Child,
    _folder: TempDir,
    pub address: String,
}

impl Peer {
    /// Starts this program again as the peer, whose log will be in `folder`.
    pub async fn start(folder: TempDir) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--peer")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the peer cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("stdout")?).lines();
        let address = lines.next_line().await?.context("the peer said nothing")?;
        Ok(Self { _child: child, _folder: folder, address })
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    chat_id: String,
    message: String,
}

/// Prints its address and answers until killed.
pub async fn serve(folder: PathBuf) -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let (log, records) = mpsc::channel(4096);
    let file = File::create(folder.join("log"))?;
    std::thread::spawn(move || keep(file, records));
    let router = Router::new().route("/sendMessage", post(answer)).route("/keepMessage", post(append)).with_state(log);
    Ok(axum::serve(listener, router).await?)
}

async fn answer(Json(message): Json<Message>) -> Json<Value> {
    Json(json!({"idMessage": format!("{:X}", message.chat_id.len() + message.message.len())}))
}

struct Record {
    line: Vec<u8>,
    kept: oneshot::Sender<()>,
}

async fn append(
    State(log): State<mpsc::Sender<Record>>,
    Json(message): Json<Message>,
) -> Result<Json<Value>, StatusCode> {
    let lost = StatusCode::INTERNAL_SERVER_ERROR;
    let (kept, is_kept) = oneshot::channel();
    let line = serde_json::to_vec(&message).map_err(|_| lost)?;
    log.send(Record { line, kept }).await.map_err(|_| lost)?;
    is_kept.await.map_err(|_| lost)?;
    Ok(answer(Json(message)).await)
}

/// One sync for all that wait. A record whose sync failed is dropped, and with it the way to its answer.
fn keep(mut file: File, mut records: mpsc::Receiver<Record>) {
    let (mut waiting, mut bytes) = (Vec::new(), Vec::new());
    while let Some(first) = records.blocking_recv() {
        waiting.push(first);
        waiting.extend(std::iter::from_fn(|| records.try_recv().ok()));
        bytes.clear();
        waiting.iter().for_each(|record| bytes.extend_from_slice(&record.line));
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        for record in waiting.drain(..) {
            if written.is_ok() {
                // Who hung up does not wait for it.
                let _ = record.kept.send(());
            }
        }
    }
}

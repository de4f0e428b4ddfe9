//! The limit: an axum handler that parses the same JSON and answers, in a process of its own, with nothing behind it.

use std::process::Stdio;

use anyhow::{Context, Result};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The peer's process; killed when dropped.
pub struct Peer {
    _child: Child,
    pub address: String,
}

impl Peer {
    /// Starts this program again as the peer.
    pub async fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--peer")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the peer cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("stdout")?).lines();
        let address = lines.next_line().await?.context("the peer said nothing")?;
        Ok(Self { _child: child, address })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    chat_id: String,
    message: String,
}

/// Prints its address and answers until killed.
pub async fn serve() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let router = Router::new().route("/sendMessage", post(answer));
    Ok(axum::serve(listener, router).await?)
}

async fn answer(Json(message): Json<Message>) -> Json<Value> {
    Json(json!({"idMessage": format!("{:X}", message.chat_id.len() + message.message.len())}))
}

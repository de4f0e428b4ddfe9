//! A webhook receiver on loopback that answers as it is told and remembers every call.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use bytes::Bytes;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the receiver answers to one call.
pub type Script = dyn Fn(&Call) -> Reply + Send + Sync;

/// No status of HTTP.
const HANG_UP: u16 = 0;

#[derive(Clone, Copy, Debug)]
pub struct Reply {
    pub status: u16,
    pub after: Duration,
}

impl Reply {
    pub const fn status(status: u16) -> Self {
        Self { status, after: Duration::ZERO }
    }

    /// The connection is closed without an answer.
    pub const fn hang_up() -> Self {
        Self::status(HANG_UP)
    }
}

/// One call that came in.
#[derive(Clone, Debug)]
pub struct Call {
    /// Counted from 0.
    pub number: usize,
    pub at: Instant,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

#[derive(Clone)]
pub struct Receiver(Arc<Inner>);

struct Inner {
    url: String,
    script: Box<Script>,
    calls: Mutex<Vec<Call>>,
    count: watch::Sender<usize>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub async fn agreeable() -> Result<Self> {
        Self::new(|_| Reply::status(200)).await
    }

    pub async fn new(script: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let inner = Inner { url, script: Box::new(script), calls: Mutex::default(), count: watch::Sender::new(0) };
        let receiver = Self(Arc::new(inner));
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(receiver)
    }

    /// Without a slash at the end.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    pub fn calls(&self) -> Vec<Call> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many calls have come, and returns all there are.
    pub async fn wait_for(&self, count: usize, limit: Duration) -> Result<Vec<Call>> {
        let mut seen = self.0.count.subscribe();
        if tokio::time::timeout(limit, seen.wait_for(|seen| *seen >= count)).await.is_err() {
            bail!("{} calls of {count} within {limit:?}", self.calls().len());
        }
        Ok(self.calls())
    }
}

async fn take(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    let call = {
        let mut calls = receiver.0.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let call = Call { number: calls.len(), at: Instant::now(), path: uri.to_string(), headers, body };
        calls.push(call.clone());
        call
    };
    let reply = (receiver.0.script)(&call);
    receiver.0.count.send_modify(|count| *count += 1);
    if !reply.after.is_zero() {
        // tidy: real time because a receiver of the world is slow in the world's time
        tokio::time::sleep(reply.after).await;
    }
    if reply.status == HANG_UP {
        // Unwinding drops the connection, whose task this is, and disturbs nothing else.
        std::panic::resume_unwind(Box::new("the receiver hangs up"));
    }
    StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK)
}

//! A server that behaves as the test wants, and a client that may reach it.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method};
use sluice_outside::{Allowed, Client, DownloadLimits, Guard, Limits, Names, Request, Settings};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream};

pub struct Server {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    /// Every request's head and body as text, in order of arrival.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Runs `behave` for every connection; it reads requests through [`Conversation::request`].
    pub async fn start<F, Run>(behave: F) -> io::Result<Self>
    where
        F: Fn(Conversation<TcpStream>) -> Run + Send + 'static,
        Run: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (count, log) = (connections.clone(), requests.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(behave(Conversation { stream, log: log.clone() }));
            }
        });
        Ok(Self { port, connections, requests })
    }

    /// Answers every request of a connection with the same bytes.
    pub async fn saying(answer: impl Into<Vec<u8>>) -> io::Result<Self> {
        let answer = Arc::new(answer.into());
        Self::start(move |mut conversation| {
            let answer = answer.clone();
            async move {
                use tokio::io::AsyncWriteExt;
                while conversation.request().await? {
                    conversation.stream.write_all(&answer).await?;
                }
                Ok(())
            }
        })
        .await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().map(|log| log.clone()).unwrap_or_default()
    }
}

pub struct Conversation<S> {
    pub stream: S,
    pub log: Arc<Mutex<Vec<String>>>,
}

impl<S: AsyncRead + Unpin> Conversation<S> {
    /// Reads one request whole and notes it; false at the end of the connection.
    pub async fn request(&mut self) -> io::Result<bool> {
        let mut read = Vec::new();
        loop {
            if self.stream.read_buf(&mut read).await? == 0 {
                return Ok(false);
            }
            let text = String::from_utf8_lossy(&read).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                if let Ok(mut log) = self.log.lock() {
                    log.push(text);
                }
                return Ok(true);
            }
        }
    }
}

/// Knows `test.example` (this machine) and nothing else.
struct OneName;

#[async_trait]
impl Names for OneName {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        match host {
            "test.example" => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
            "silent.example" => std::future::pending().await,
            "broken.example" => Err(io::Error::other("SERVFAIL")),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Loopback allowed, and patience enough for a busy machine.
pub fn settings() -> Settings {
    let patience = Duration::from_secs(10);
    Settings {
        guard: Guard { allow: vec![Allowed::Loopback], https_only: false },
        connect: patience,
        limits: Limits { headers: patience, total: patience, answer: 1024 },
        download: DownloadLimits { headers: patience, total: patience, patience, ..DownloadLimits::default() },
        names: Arc::new(OneName),
        ..Settings::default()
    }
}

pub fn client() -> Client {
    Client::new(settings()).expect("a client")
}

/// One that waits half a second at most, for servers that never come to an end.
pub fn hurried() -> Client {
    let short = Duration::from_millis(500);
    let limits = Limits { total: short, ..settings().limits };
    let download = DownloadLimits { patience: short, bytes_per_second: 1 << 20, ..settings().download };
    Client::new(Settings { limits, download, ..settings() }).expect("a client")
}

pub fn post(url: &str, body: &'static str) -> Request {
    Request {
        method: Method::POST,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(body.as_bytes()),
        limits: None,
    }
}

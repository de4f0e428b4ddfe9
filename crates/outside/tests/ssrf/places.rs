//! What listens inside, and who lies about where it is.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sluice_outside::{Allowed, Client, Guard, Limits, Names, Request, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Counts connections on every address of this machine, IPv4 and (where there is any) IPv6.
pub struct Canary {
    pub port: u16,
    seen: Arc<AtomicUsize>,
}

impl Canary {
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("0.0.0.0:0").await?;
        let port = listener.local_addr()?.port();
        let seen = Arc::new(AtomicUsize::new(0));
        if let Ok(listener) = TcpListener::bind(("::1", port)).await {
            tokio::spawn(answer_all(listener, seen.clone()));
        }
        tokio::spawn(answer_all(listener, seen.clone()));
        Ok(Self { port, seen })
    }

    /// Connections so far. A last one of our own is answered first: the queue is in order, so whatever was
    /// there before has been counted.
    pub async fn seen(&self) -> io::Result<usize> {
        let mut own = 0;
        for address in
            [SocketAddr::from(([127, 0, 0, 1], self.port)), SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], self.port))]
        {
            let Ok(mut stream) = TcpStream::connect(address).await else {
                continue;
            };
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
            stream.read_to_end(&mut Vec::new()).await?;
            own += 1;
        }
        Ok(self.seen.fetch_sub(own, Ordering::SeqCst) - own)
    }
}

async fn answer_all(listener: TcpListener, seen: Arc<AtomicUsize>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        seen.fetch_add(1, Ordering::SeqCst);
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
    }
}

/// A name server of the test's own: each name has a list of answers, given one after another, the last for ever.
#[derive(Default)]
pub struct Liar {
    pub answers: HashMap<String, Vec<Vec<IpAddr>>>,
    pub asked: AtomicUsize,
}

#[async_trait]
impl Names for Liar {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.get(host).ok_or(io::ErrorKind::NotFound)?;
        Ok(answers[turn.min(answers.len() - 1)].clone())
    }
}

pub fn client(allow: &[&str], names: Liar) -> (Client, Arc<Liar>) {
    let allow = allow.iter().map(|line| line.parse::<Allowed>().expect("a line of the list")).collect();
    let names = Arc::new(names);
    let patience = Duration::from_secs(10);
    let settings = Settings {
        guard: Guard { allow, https_only: false },
        connect: patience,
        limits: Limits { headers: patience, total: patience, answer: 1024 },
        names: names.clone(),
        ..Settings::default()
    };
    (Client::new(settings).expect("a client"), names)
}

pub fn post(url: &str) -> Request {
    Request {
        method: http::Method::POST,
        url: url.to_owned(),
        headers: http::HeaderMap::new(),
        body: "x".into(),
        limits: None,
    }
}

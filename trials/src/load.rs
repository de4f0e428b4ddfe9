//! A load client and a receiver that cost as little as possible, so that what is measured is the gateway: HTTP/1.1 over
//! kept connections, a prepared request, and an answer read by its length.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// `address` is host and port.
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends prepared bytes and reads one answer: its status and body.
    pub async fn call(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.send(request).await?;
        self.answer().await
    }

    /// Sends prepared bytes; [`Connection::answer`] reads what comes back.
    pub async fn send(&mut self, request: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(request).await?)
    }

    /// Waits for one answer: its status and body.
    pub async fn answer(&mut self) -> Result<(u16, &[u8])> {
        self.buffer.clear();
        let (head, length) = loop {
            if let Some(found) = head_of(&self.buffer)? {
                break found;
            }
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the gateway hung up");
        };
        while self.buffer.len() < head + length {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the gateway hung up");
        }
        let status = std::str::from_utf8(self.buffer.get(9..12).context("status")?)?.parse()?;
        Ok((status, &self.buffer[head..head + length]))
    }
}

/// Where the head ends and how long the body is, once the head is whole.
fn head_of(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    for line in bytes[..end].split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        if line.len() > 15 && line[..15].eq_ignore_ascii_case(b"content-length:") {
            let length = std::str::from_utf8(&line[15..])?.trim().parse()?;
            return Ok(Some((end + 4, length)));
        }
    }
    bail!("no content-length")
}

/// A prepared POST of JSON.
pub fn post(address: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A prepared GET.
pub fn get(address: &str, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n").into_bytes()
}

/// What a run of calls took.
#[derive(Clone, Debug)]
pub struct Run {
    pub calls: usize,
    pub took: Duration,
    /// Sorted.
    pub latencies: Vec<Duration>,
}

impl Run {
    pub fn rate(&self) -> f64 {
        self.calls as f64 / self.took.as_secs_f64()
    }

    /// `share` of 0.99 is p99.
    pub fn quantile(&self, share: f64) -> Duration {
        let index = ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(index).copied().unwrap_or_default()
    }
}

/// `calls` calls over `connections` connections, each answered before the next on its connection; `request(n)` prepares
/// the n-th. With `pause`, each connection starts a call so often at most, the connections in turn and not all at once.
/// Fails at the first answer that is not 2xx.
pub async fn run(
    address: &str,
    connections: usize,
    calls: usize,
    pause: Option<Duration>,
    request: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
) -> Result<Run> {
    let (next, request) = (Arc::new(AtomicUsize::new(0)), Arc::new(request));
    let begun = Instant::now();
    let mut clients = Vec::new();
    for place in 0..connections {
        let (next, request, address) = (next.clone(), request.clone(), address.to_owned());
        clients.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut latencies = Vec::new();
            let mut ticks = pause.map(|pause| {
                let first = tokio::time::Instant::now() + pause * place as u32 / connections as u32;
                tokio::time::interval_at(first, pause)
            });
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= calls {
                    return anyhow::Ok(latencies);
                }
                if let Some(ticks) = &mut ticks {
                    ticks.tick().await;
                }
                let bytes = request(number);
                let sent = Instant::now();
                let (status, body) = connection.call(&bytes).await?;
                ensure!((200..300).contains(&status), "{status}: {}", String::from_utf8_lossy(body));
                latencies.push(sent.elapsed());
            }
        }));
    }
    let mut latencies = Vec::with_capacity(calls);
    for client in clients {
        latencies.extend(client.await??);
    }
    let took = begun.elapsed();
    latencies.sort_unstable();
    Ok(Run { calls, took, latencies })
}

/// Answers 200 to every request and hands its body to `heard`. Runs until the process ends.
pub async fn receiver(heard: impl Fn(&[u8]) + Send + Sync + 'static) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let heard = Arc::new(heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, heard.clone()));
        }
    });
    Ok(address)
}

async fn serve(mut stream: TcpStream, heard: Arc<impl Fn(&[u8])>) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(8192);
    loop {
        while let Some((head, length)) = head_of(&buffer)? {
            if buffer.len() < head + length {
                break;
            }
            heard(&buffer[head..head + length]);
            buffer.drain(..head + length);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await?;
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}

//! The nine kinds, each on a port and a thread of its own, so that one can see what each costs the machine. Elsewhere
//! they would burn a processor and a kernel of their own; here they are as cheap as they can be for the same answers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::process::Command;
use tokio::sync::watch;

/// The receivers' side of a connection holds so much that was not sent yet. Left to itself it takes 4 MB of an endless
/// body at once, which a receiver elsewhere would copy on its own machine; what the gateway is sent is the same.
const SEND_BUFFER: u32 = 64 * 1024;

/// What an endless body is made of.
static PIECE: [u8; 64 * 1024] = [b'x'; 64 * 1024];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Stall,
    Drip,
    Endless,
    Reset,
    BadTls,
    Redirect,
    Bomb,
    Gone,
    TooMany,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Stall,
        Self::Drip,
        Self::Endless,
        Self::Reset,
        Self::BadTls,
        Self::Redirect,
        Self::Bomb,
        Self::Gone,
        Self::TooMany,
    ];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Stall => "a stall of 30 s",
            Self::Drip => "a byte a second",
            Self::Endless => "a body of 10 GB",
            Self::Reset => "a reset",
            Self::BadTls => "no TLS where it should be",
            Self::Redirect => "a redirect inwards",
            Self::Bomb => "a gzip bomb",
            Self::Gone => "410",
            Self::TooMany => "429 with Retry-After",
        }
    }
}

/// The calls to one receiver: which event, and when.
#[derive(Clone, Debug, Default)]
pub struct Calls(Vec<(String, Instant)>);

impl Calls {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each two calls for one event that follow each other.
    pub fn repeats(&self) -> Vec<(&str, Instant, Instant)> {
        let (mut last, mut repeats) = (HashMap::new(), Vec::new());
        for (id, at) in self.0.iter().filter(|(id, _)| !id.is_empty()) {
            if let Some(before) = last.insert(id, *at) {
                repeats.push((id.as_str(), before, *at));
            }
        }
        repeats
    }

    pub fn most_of_one(&self) -> usize {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for (id, _) in &self.0 {
            *counts.entry(id).or_default() += 1;
        }
        counts.into_values().max().unwrap_or_default()
    }
}

/// All of them, listening; their threads end with it.
pub struct Hell {
    inner: Arc<Inner>,
    /// What the system knows of each one's thread, in `/proc`.
    threads: HashMap<Kind, PathBuf>,
    _open: watch::Sender<()>,
}

struct Inner {
    ports: HashMap<Kind, u16>,
    calls: Mutex<HashMap<Kind, Calls>>,
    trapped: AtomicUsize,
    trap: String,
    pause: Duration,
    /// The whole answer.
    bomb: Vec<u8>,
}

impl Hell {
    /// `pause` is what the 429 asks for.
    pub async fn open(pause: Duration) -> Result<Self> {
        let trap = TcpListener::bind("127.0.0.1:0").await?;
        let (mut listeners, mut ports) = (Vec::new(), HashMap::new());
        for kind in Kind::ALL {
            let socket = TcpSocket::new_v4()?;
            // Connections have it from the listener.
            socket.set_send_buffer_size(SEND_BUFFER)?;
            socket.bind("127.0.0.1:0".parse()?)?;
            let listener = socket.listen(1024)?.into_std()?;
            ports.insert(kind, listener.local_addr()?.port());
            listeners.push((kind, listener));
        }
        let inner = Arc::new(Inner {
            ports,
            calls: Mutex::default(),
            trapped: AtomicUsize::new(0),
            trap: format!("http://{}/latest/meta-data", trap.local_addr()?),
            pause,
            bomb: bomb().await?,
        });
        let (open, closed) = watch::channel(());
        let mut threads = HashMap::new();
        for (kind, listener) in listeners {
            threads.insert(kind, listen(inner.clone(), kind, listener, closed.clone())?);
        }
        let seen = inner.clone();
        tokio::spawn(async move {
            while trap.accept().await.is_ok() {
                seen.trapped.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Self { inner, threads, _open: open })
    }

    /// The processor time that one of them has had so far.
    pub fn worked(&self, kind: Kind) -> Result<Duration> {
        // Its first field, in nanoseconds (the kernel's Documentation/scheduler/sched-stats.rst).
        let stat = std::fs::read_to_string(self.threads[&kind].join("schedstat"))?;
        Ok(Duration::from_nanos(stat.split_whitespace().next().context("schedstat")?.parse()?))
    }

    pub fn url(&self, kind: Kind) -> String {
        let scheme = if kind == Kind::BadTls { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}/hook", self.inner.ports[&kind])
    }

    pub fn calls(&self, kind: Kind) -> Calls {
        self.inner.calls.lock().unwrap_or_else(PoisonError::into_inner).get(&kind).cloned().unwrap_or_default()
    }

    /// How often somebody went where the redirect leads.
    pub fn trapped(&self) -> usize {
        self.inner.trapped.load(Ordering::SeqCst)
    }
}

/// Receives on a thread of its own until `closed`; where the system tells of that thread.
fn listen(
    inner: Arc<Inner>,
    kind: Kind,
    listener: std::net::TcpListener,
    mut closed: watch::Receiver<()>,
) -> Result<PathBuf> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (say, said) = std::sync::mpsc::channel();
    std::thread::Builder::new().name(format!("hell {kind:?}")).spawn(move || -> Result<()> {
        // A link to this thread's folder: "PID/task/TID".
        say.send(PathBuf::from("/proc").join(std::fs::read_link("/proc/thread-self")?))?;
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            let receive = async {
                while let Ok((stream, _)) = listener.accept().await {
                    let inner = inner.clone();
                    // What breaks here is what the gateway did not wait for.
                    tokio::spawn(async move { inner.receive(kind, stream).await });
                }
            };
            tokio::select! {
                () = receive => {}
                // Only ever an error: that the other end is gone.
                _ = closed.changed() => {}
            }
            Ok(())
        })
    })?;
    said.recv().with_context(|| format!("{kind:?} did not begin"))
}

impl Inner {
    async fn receive(&self, kind: Kind, mut stream: TcpStream) -> Result<()> {
        if kind == Kind::BadTls {
            self.note(kind, String::new());
            return Ok(stream.write_all(b"220 this is no TLS\r\n").await?);
        }
        loop {
            let id = read_call(&mut stream).await?;
            self.note(kind, id);
            match kind {
                Kind::Stall => tokio::time::sleep(Duration::from_secs(30)).await,
                Kind::Drip => drip(&mut stream).await?,
                Kind::Endless => endless(&mut stream).await?,
                // Closed with a zero linger, the connection is reset.
                Kind::Reset => return Ok(stream.set_zero_linger()?),
                Kind::BadTls => {}
                Kind::Redirect => {
                    let answer = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", self.trap);
                    stream.write_all(answer.as_bytes()).await?;
                }
                Kind::Bomb => stream.write_all(&self.bomb).await?,
                Kind::Gone => stream.write_all(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n").await?,
                Kind::TooMany => {
                    let pause = self.pause.as_secs();
                    let answer = format!("HTTP/1.1 429 Too Many\r\nretry-after: {pause}\r\ncontent-length: 0\r\n\r\n");
                    stream.write_all(answer.as_bytes()).await?;
                }
            }
        }
    }

    fn note(&self, kind: Kind, id: String) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.entry(kind).or_default().0.push((id, Instant::now()));
    }
}

/// Reads one request to its end; the event's id.
async fn read_call(stream: &mut TcpStream) -> Result<String> {
    let mut read = Vec::new();
    loop {
        anyhow::ensure!(stream.read_buf(&mut read).await? > 0, "the gateway hung up");
        let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
        let header =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
        let length: usize = header("content-length:").context("content-length")?.parse()?;
        if read.len() >= end + 4 + length {
            return Ok(header("webhook-id:").unwrap_or_default());
        }
    }
}

async fn drip(stream: &mut TcpStream) -> Result<()> {
    for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".iter().chain(&[b'x'; 3600]) {
        stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn endless(stream: &mut TcpStream) -> Result<()> {
    let size = 10_u64 << 30;
    stream.write_all(format!("HTTP/1.1 500 Oh\r\ncontent-length: {size}\r\n\r\n").as_bytes()).await?;
    for _ in 0..size / PIECE.len() as u64 {
        stream.write_all(&PIECE).await?;
    }
    Ok(())
}

/// An answer of a tenth of a megabyte that would become a hundred.
async fn bomb() -> Result<Vec<u8>> {
    let made = Command::new("sh").args(["-c", "head -c 100000000 /dev/zero | gzip -9"]).output().await?;
    anyhow::ensure!(made.status.success() && !made.stdout.is_empty(), "gzip made no bomb");
    let length = made.stdout.len();
    let head = format!("HTTP/1.1 500 Oh\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n");
    Ok([head.into_bytes(), made.stdout].concat())
}

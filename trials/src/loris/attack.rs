//! Half-open connections, opened side by side, and opened again as often as the gateway closes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use sluice_tests::Gateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

/// Half-open connections from one address.
const EACH: usize = 50;
/// On their way to the gateway at a time: more would overrun the queue in which the system holds them for it.
const OPENING: usize = 256;
/// The first of all are opened over so long, so that their deadlines do not come at once.
const SPREAD: Duration = Duration::from_secs(2);
/// Before a place is taken again. Where the gateway hangs up at once, the attack is no flood of connections all the same.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two looks at how many there are.
const LOOK: Duration = Duration::from_millis(10);
/// What the gateway has let in by then is what it lets in.
const GROWING: Duration = Duration::from_secs(20);

/// Connections that an attacker holds until they are let go.
pub struct Attack {
    count: usize,
    field: Arc<Field>,
}

/// What all of them share.
struct Field {
    address: String,
    /// Of the account whose messages are half said.
    path: String,
    key: String,
    open: AtomicUsize,
    opened: AtomicUsize,
    is_over: AtomicBool,
    opening: Semaphore,
}

impl Attack {
    /// Begins to open `count` of them.
    pub fn begin(gateway: &Gateway, count: usize) -> Self {
        let field = Arc::new(Field {
            address: gateway.base().trim_start_matches("http://").to_owned(),
            path: format!("/v1/accounts/{}/messages", gateway.account()),
            key: gateway.word("/native/key").to_owned(),
            open: AtomicUsize::new(0),
            opened: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
            opening: Semaphore::new(OPENING),
        });
        for number in 0..count {
            let field = field.clone();
            tokio::spawn(async move {
                tokio::time::sleep(SPREAD.mul_f64(number as f64 / count as f64)).await;
                field.hold(number).await;
            });
        }
        Self { count, field }
    }

    /// Waits until nearly all of them are open, or no more will be; how many.
    pub async fn grown(&self) -> usize {
        let begun = Instant::now();
        while self.open() < self.count * 19 / 20 && begun.elapsed() < GROWING {
            tokio::time::sleep(LOOK).await;
        }
        self.open()
    }

    /// How many were opened so far, those again included.
    pub fn opened(&self) -> usize {
        self.field.opened.load(Ordering::SeqCst)
    }

    /// What `work` gives, and how many were open at the least while it lasted.
    pub async fn least_during<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let (mut least, mut work) = (self.open(), std::pin::pin!(work));
        loop {
            tokio::select! {
                done = &mut work => return (done, least),
                () = tokio::time::sleep(LOOK) => least = least.min(self.open()),
            }
        }
    }

    /// From now on what the gateway closes stays closed.
    pub fn let_go(&self) {
        self.field.is_over.store(true, Ordering::SeqCst);
    }

    fn open(&self) -> usize {
        self.field.open.load(Ordering::SeqCst)
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Field {
    async fn hold(&self, number: usize) {
        while !self.is_over.load(Ordering::SeqCst) {
            // A gateway that is full may not take all of them; that is what its limit is for.
            if let Ok(stream) = self.half_open(number).await {
                self.open.fetch_add(1, Ordering::SeqCst);
                self.opened.fetch_add(1, Ordering::SeqCst);
                until_closed(stream).await;
                self.open.fetch_sub(1, Ordering::SeqCst);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn half_open(&self, number: usize) -> Result<TcpStream> {
        let _turn = self.opening.acquire().await?;
        // One address has a few places only.
        let attacker = number / EACH;
        let from = [127, 1, (attacker / 250) as u8, (attacker % 250) as u8 + 1];
        let socket = TcpSocket::new_v4()?;
        socket.bind((from, 0).into())?;
        let mut stream = socket.connect(self.address.parse()?).await?;
        let words = match number % 3 {
            0 => String::new(),
            1 => format!("POST {} HTTP/1.1\r\nhost: gateway\r\nx-half: a he", self.path),
            _ => format!(
                "POST {} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {}\r\n\
                 content-type: application/json\r\ncontent-length: 200\r\n\r\n{{\"to\": \"7999",
                self.path, self.key
            ),
        };
        stream.write_all(words.as_bytes()).await?;
        Ok(stream)
    }
}

/// Reads what the gateway has to say until it closes the connection.
async fn until_closed(mut stream: TcpStream) {
    let mut words = [0; 256];
    while stream.read(&mut words).await.is_ok_and(|length| length > 0) {}
}

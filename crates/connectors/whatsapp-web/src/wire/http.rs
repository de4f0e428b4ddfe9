//! HTTP for the WhatsApp library: files, piece by piece and never whole in memory, and the protocol's version.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sluice_clock::Clock;
use sluice_connector::{Home, Vault};
use sluice_outside::{Exchange, Limits, Outgoing, Url};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use whatsapp_rust::anyhow::{self, anyhow};
use whatsapp_rust::http::{HttpClient, HttpRequest, HttpResponse};
use whatsapp_rust::version::parse_sw_js;
use whatsapp_rust::wacore::net::{StreamingHttpResponse, UploadBody};

use super::Way;
use crate::settings::Settings;
use crate::tasks::world;

/// Where WhatsApp's own web page has its version.
const VERSION_URL: &str = "https://web.whatsapp.com/sw.js";

/// Where the vault has the newest version that was seen.
const VERSION: &str = "version";

/// Until an answer's headers are in. An answer to an upload comes when all of it was taken.
const HEADERS: Duration = Duration::from_secs(20);
const UPLOAD: Duration = Duration::from_secs(150);

/// Until the next piece of a body.
const PIECE: Duration = Duration::from_secs(30);

/// Bytes of a file. Its sender says how long it is, and need not tell the truth.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Bytes of an answer that is taken whole.
const WHOLE: usize = 8 * 1024 * 1024;

/// Bytes of one piece of an upload.
const PIECE_SIZE: usize = 64 * 1024;

pub struct Web {
    way: Way,
    vault: Arc<dyn Vault>,
    clock: Clock,
    /// Hears why there is no version, without which nothing can be connected.
    trouble: mpsc::UnboundedSender<String>,
}

impl Web {
    pub fn new(settings: &Arc<Settings>, home: &Home, trouble: mpsc::UnboundedSender<String>) -> Self {
        Self { way: Way::of(settings, home), vault: home.vault.clone(), clock: home.clock.clone(), trouble }
    }

    async fn exchange(&self, request: HttpRequest, body: Outgoing, within: Duration) -> anyhow::Result<Exchange> {
        let method = Method::from_bytes(request.method.as_bytes())?;
        let url = self.place(&request.url)?;
        let limits = Limits { headers: within, total: within, answer: WHOLE };
        let client = self.way.client()?;
        Ok(client.exchange(method, &url, headers(&request.headers)?, body, limits).await?)
    }

    /// A pretend server has the files of all hosts itself.
    fn place(&self, url: &str) -> anyhow::Result<String> {
        let Some(server) = &self.way.settings.server else { return Ok(url.to_owned()) };
        let (mut url, server) = (Url::parse(url)?, Url::parse(server)?);
        let moved = url
            .set_scheme("http")
            .and_then(|()| url.set_host(server.host_str()).map_err(|_| ()))
            .and_then(|()| url.set_port(server.port()));
        moved.map_err(|()| anyhow!("the pretend server's URL is no place for files"))?;
        Ok(url.into())
    }

    async fn piece(&self, exchange: &mut Exchange) -> anyhow::Result<Option<Bytes>> {
        let piece = self.clock.within(world(&self.clock, PIECE), exchange.piece()).await;
        Ok(piece.ok_or_else(|| anyhow!("the server stopped sending"))??)
    }

    async fn whole(&self, mut exchange: Exchange) -> anyhow::Result<HttpResponse> {
        let mut body = Vec::new();
        while let Some(piece) = self.piece(&mut exchange).await? {
            if body.len() + piece.len() > WHOLE {
                return Err(anyhow!("the answer is too large"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(HttpResponse { status_code: exchange.status.as_u16(), body })
    }

    /// The version of WhatsApp's web page; the one that was seen last where it does not say.
    async fn version(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        let asked = async {
            let exchange = self.exchange(request, Outgoing::Whole(Bytes::new()), HEADERS).await?;
            let answer = self.whole(exchange).await?;
            let seen = parse_sw_js(&answer.body_string()?).map(|(_, _, revision)| revision);
            seen.ok_or_else(|| anyhow!("status {} and no version", answer.status_code))
        };
        let revision = match asked.await {
            Ok(revision) => {
                self.vault.write(vec![(VERSION.to_owned(), Some(revision.to_string().into_bytes()))]).await?;
                revision
            }
            Err(error) => {
                let kept = self.vault.read(VERSION).await?;
                let kept = kept.and_then(|bytes| String::from_utf8(bytes).ok()?.parse::<u32>().ok());
                tracing::warn!(%error, kept, "WhatsApp's web page does not tell its version");
                kept.ok_or_else(|| {
                    // Who does not listen any more needs to hear nothing.
                    let _ = self.trouble.send(format!("WhatsApp's web page does not tell its version: {error}."));
                    error
                })?
            }
        };
        Ok(HttpResponse { status_code: 200, body: format!("\"client_revision\":{revision}").into_bytes() })
    }
}

fn headers(given: &HashMap<String, String>) -> anyhow::Result<HeaderMap> {
    let header = |(name, value): (&String, &String)| {
        Ok((HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?))
    };
    given.iter().map(header).collect()
}

#[async_trait]
impl HttpClient for Web {
    async fn execute(&self, request: HttpRequest) -> anyhow::Result<HttpResponse> {
        if request.url == VERSION_URL {
            return self.version(request).await;
        }
        let body = Outgoing::Whole(request.body.clone().unwrap_or_default());
        let exchange = self.exchange(request, body, UPLOAD).await?;
        self.whole(exchange).await
    }

    fn supports_streaming(&self) -> bool {
        true
    }

    fn execute_streaming(&self, request: HttpRequest) -> anyhow::Result<StreamingHttpResponse> {
        let handle = Handle::current();
        let exchange = handle.block_on(self.exchange(request, Outgoing::Whole(Bytes::new()), HEADERS))?;
        let status_code = exchange.status.as_u16();
        let body = Body { exchange, piece: Bytes::new(), left: LARGEST, handle, clock: self.clock.clone() };
        Ok(StreamingHttpResponse { status_code, body: Box::new(body) })
    }

    fn supports_upload_streaming(&self) -> bool {
        true
    }

    fn execute_upload(&self, request: HttpRequest, body: UploadBody, length: u64) -> anyhow::Result<HttpResponse> {
        let (sender, pieces) = mpsc::channel(2);
        // The reader may be read on any thread, but only where waiting is allowed.
        tokio::task::spawn_blocking(move || hand_over(body, length, &sender));
        Handle::current().block_on(async {
            let exchange = self.exchange(request, Outgoing::Pieces { length, pieces }, UPLOAD).await?;
            self.whole(exchange).await
        })
    }
}

/// Reads a body to its end into the channel, or until nobody takes it any more.
fn hand_over(mut body: UploadBody, mut left: u64, pieces: &mpsc::Sender<io::Result<Bytes>>) {
    while left > 0 {
        let mut piece = vec![0; PIECE_SIZE.min(usize::try_from(left).unwrap_or(PIECE_SIZE))];
        let read = match body.read(&mut piece) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                piece.truncate(count);
                left = left.saturating_sub(count as u64);
                Ok(Bytes::from(piece))
            }
            Err(error) => Err(error),
        };
        let broken = read.is_err();
        if pieces.blocking_send(read).is_err() || broken {
            return;
        }
    }
}

/// An answer's body for code that may wait for it.
struct Body {
    exchange: Exchange,
    piece: Bytes,
    /// Bytes that may still come.
    left: u64,
    handle: Handle,
    clock: Clock,
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            let next = self.clock.within(world(&self.clock, PIECE), self.exchange.piece());
            match self.handle.block_on(next) {
                Some(Ok(Some(piece))) => {
                    let left = self.left.checked_sub(piece.len() as u64);
                    self.left = left.ok_or_else(|| io::Error::other("the file is too large"))?;
                    self.piece = piece;
                }
                Some(Ok(None)) => return Ok(0),
                Some(Err(trouble)) => return Err(io::Error::other(trouble)),
                None => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        let count = self.piece.len().min(into.len());
        into[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

//! Sending a request and taking the beginning of the answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode, header};
use reqwest::redirect;
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use crate::guard::{Allowed, Guard, Refused};
use crate::limits::{DownloadLimits, Limits};
use crate::resolve::{Asked, GuardedNames, Names, SystemNames};
use crate::tls;
use crate::trouble::{Stage, Trouble};

/// Headers that say how the message is cut and carried; ours to set, whatever the caller's settings hold.
const OURS: [header::HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What a [`Client`] is made of; [`Settings::default`] is strict and fit for production.
#[derive(Clone)]
pub struct Settings {
    /// What may be reached.
    pub guard: Guard,
    /// Name, TCP and TLS together. 5 s. Fixed for the client, because connections are shared.
    pub connect: Duration,
    /// For requests that bring no limits of their own.
    pub limits: Limits,
    /// For downloads.
    pub download: DownloadLimits,
    /// Certificates of further authorities as PEM text, beside the system's. May be empty.
    pub extra_ca: Vec<u8>,
    /// Who knows the addresses.
    pub names: Arc<dyn Names>,
    /// Sent unless the request has a `User-Agent` of its own.
    pub user_agent: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            guard: Guard::default(),
            connect: Duration::from_secs(5),
            limits: Limits::default(),
            download: DownloadLimits::default(),
            extra_ca: Vec::new(),
            names: Arc::new(SystemNames::default()),
            user_agent: concat!("Sluicegate/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why no client can be made of these settings.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The extra certificates are not PEM text of certificates.
    #[error("the extra certificates cannot be read: PEM text (-----BEGIN CERTIFICATE-----) is expected")]
    Certificates,
    /// The URL of the proxy cannot be used, or its host is not allowed.
    #[error("the proxy cannot be used: {0}")]
    Proxy(Refused),
    /// The HTTP library refused; names no secret.
    #[error("the HTTP client cannot be made: {0}")]
    Build(String),
}

/// What to send. No `Debug`: the URL, the headers and the body may all hold secrets.
#[derive(Clone)]
pub struct Request {
    /// `POST` for webhooks.
    pub method: Method,
    /// Absolute, http or https. It is parsed and checked at each send.
    pub url: String,
    /// `Host`, lengths and connection headers are dropped: they are set here.
    pub headers: HeaderMap,
    /// Sent whole; cheap to clone for the next attempt.
    pub body: Bytes,
    /// None: those of the settings.
    pub limits: Option<Limits>,
}

/// What came back: any status, 3xx, 4xx and 5xx included.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came (never decompressed), at most [`Limits::answer`] bytes; at most [`crate::GLIMPSE`] of one
    /// that says from the start that it is longer than that.
    pub head: Bytes,
    /// True if the body was longer, came too slowly, or broke off.
    pub truncated: bool,
    /// From the start until here.
    pub took: Duration,
}

impl fmt::Debug for Answer {
    /// Without headers and body, which are the other side's to tell.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, truncated, took, .. } = self;
        write!(out, "Answer({status}, {} bytes, truncated: {truncated}, {took:?})", self.head.len())
    }
}

/// The way out. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) settings: Arc<Settings>,
    pub(crate) tls: rustls::ClientConfig,
    /// For every host: its addresses must be public or in an allowed net.
    strict: reqwest::Client,
    /// For hosts that the operator listed by name. Two clients, because the resolver is told the name only,
    /// and `crm.internal:8080` in the list must not open `crm.internal:22`.
    trusting: reqwest::Client,
    /// The addresses that the two of them ask for.
    pub(crate) strict_names: Arc<GuardedNames>,
    pub(crate) trusting_names: Arc<GuardedNames>,
    pub(crate) proxy: Option<Url>,
}

impl Client {
    /// A client that connects directly; proxies in the environment are not looked at.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let tls = tls::config(&settings.extra_ca)?;
        Self::build(Arc::new(settings), tls, None)
    }

    /// The same client through a proxy: `http://`, `socks5://` or `socks5h://`, with or without
    /// `user:password@`. The proxy's own address is subject to the guard, and so is every host asked for:
    /// its name is looked up here first (with `socks5://` the proxy is even given the address we looked at).
    pub fn with_proxy(&self, url: &str) -> Result<Self, Unusable> {
        let url = Url::parse(url).map_err(|_| Unusable::Proxy(Refused::Unreadable))?;
        Self::build(self.settings.clone(), self.tls.clone(), Some(url))
    }

    /// Sends, and reads the answer's beginning.
    ///
    /// # Errors
    /// [`Trouble`] if there is no answer. Once its headers are here it is an [`Answer`], whatever becomes of
    /// the body.
    pub async fn send(&self, request: Request) -> Result<Answer, Trouble> {
        let limits = request.limits.unwrap_or(self.settings.limits);
        let started = Instant::now();
        let url = parse(&request.url)?;
        let outgoing = self.request(request.method, url, request.headers, request.body);
        let response = self.open(outgoing, limits.headers.min(limits.total)).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let announced = response.content_length();
        let (head, truncated) = read_head(response, limits.worth(announced), started + limits.total).await;
        Ok(Answer { status, headers, head, truncated, took: started.elapsed() })
    }

    pub(crate) fn request(&self, method: Method, url: Url, mut headers: HeaderMap, body: Bytes) -> reqwest::Request {
        for name in &OURS {
            headers.remove(name);
        }
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body.into());
        request
    }

    /// Checks the URL, connects, sends, and waits until the answer's headers are in. Every request of this
    /// crate passes here.
    pub(crate) async fn open(&self, request: reqwest::Request, within: Duration) -> Result<reqwest::Response, Trouble> {
        let deadline = Instant::now() + within;
        let url = request.url();
        self.settings.guard.check_url(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let trusted = self.settings.guard.trusts(url);
        // A proxy may ask other name servers than we did, so we look first.
        if let (false, Some(_), Some(Host::Domain(name))) = (trusted, &self.proxy, url.host()) {
            match timeout(self.settings.connect.min(within), self.strict_names.lookup(name)).await {
                Ok(Ok(_)) => {}
                Ok(Err(trouble)) => return Err(Trouble::of_name(host, &trouble)),
                Err(_) => return Err(Trouble::Dns { host, missing: false }),
            }
        }
        let client = if trusted { &self.trusting } else { &self.strict };
        match timeout_at(deadline, client.execute(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Trouble::of(&host, &error)),
            Err(_) => Err(Trouble::Timeout { host, stage: Stage::Headers }),
        }
    }

    fn build(settings: Arc<Settings>, tls: rustls::ClientConfig, proxy: Option<Url>) -> Result<Self, Unusable> {
        let guard = Arc::new(settings.guard.clone());
        let mut own = Vec::new();
        if let Some(proxy) = &proxy {
            guard.check_proxy(proxy).map_err(Unusable::Proxy)?;
            if guard.trusts(proxy) {
                own.extend(proxy.host_str().map(str::to_lowercase));
            }
        }
        let listed = guard.allow.iter().filter_map(|allowed| match allowed {
            Allowed::Host { name, .. } => Some(name.clone()),
            _ => None,
        });
        let names = |trusted| Arc::new(GuardedNames { names: settings.names.clone(), guard: guard.clone(), trusted });
        let trusting = names(listed.chain(own.clone()).collect());
        let strict = names(own);
        Ok(Self {
            strict: connections(&settings, &tls, proxy.as_ref(), strict.clone())?,
            trusting: connections(&settings, &tls, proxy.as_ref(), trusting.clone())?,
            strict_names: strict,
            trusting_names: trusting,
            proxy,
            tls,
            settings,
        })
    }
}

/// A text as a URL; surrounding white space is forgiven, as browsers do.
pub(crate) fn parse(text: &str) -> Result<Url, Trouble> {
    Url::parse(text).map_err(|_| Trouble::BadUrl(Refused::Unreadable))
}

/// A pool of connections that asks `names`, and nobody else, for addresses.
fn connections(
    settings: &Settings,
    tls: &rustls::ClientConfig,
    proxy: Option<&Url>,
    names: Arc<GuardedNames>,
) -> Result<reqwest::Client, Unusable> {
    // an error of the library may quote the proxy's URL with its password
    let failed = |error: reqwest::Error| Unusable::Build(error.without_url().to_string());
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .dns_resolver(Asked(names))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(settings.connect)
        // shorter than the 60 to 75 s after which common servers close: fewer requests meet a dead connection
        .pool_idle_timeout(Duration::from_secs(30))
        // a burst of webhooks keeps its connections: opening one costs more than the request
        .pool_max_idle_per_host(64)
        .tcp_nodelay(true)
        .user_agent(&settings.user_agent)
        .no_proxy();
    if let Some(proxy) = proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy.as_str()).map_err(failed)?);
    }
    builder.build().map_err(failed)
}

/// At most `limit` bytes of the body, and whether that is less than all of it. What is left unread goes with
/// its connection.
pub(crate) async fn read_head(mut response: reqwest::Response, limit: usize, deadline: Instant) -> (Bytes, bool) {
    let is_longer = response.content_length().is_some_and(|length| length > limit as u64);
    let mut head = BytesMut::new();
    loop {
        match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                let room = limit - head.len();
                head.extend_from_slice(&chunk[..chunk.len().min(room)]);
                // What is known to be longer needs no byte more as proof.
                if chunk.len() > room || (is_longer && chunk.len() == room) {
                    return (head.freeze(), true);
                }
            }
            Ok(Ok(None)) => return (head.freeze(), false),
            Ok(Err(_)) | Err(_) => return (head.freeze(), true),
        }
    }
}

//! A connection of plain bytes, for protocols other than HTTP requests (WebSocket): directly or through the client's
//! proxy, with TLS where the URL says so, and behind the same guard.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::Url;

use crate::client::{Client, parse};
use crate::guard::Refused;
use crate::resolve::GuardedNames;
use crate::trouble::{Stage, Trouble};

/// Both directions of a connection.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// An open connection.
pub type Stream = Box<dyn Duplex>;

impl Client {
    /// Connects to the host of a `ws`, `wss`, `http` or `https` URL, within the settings' time to connect.
    ///
    /// # Errors
    /// [`Trouble`]: nothing was sent to the host in any case.
    pub async fn dial(&self, url: &str) -> Result<Stream, Trouble> {
        let mut url = parse(url)?;
        let scheme = match url.scheme() {
            "ws" => "http",
            "wss" => "https",
            other => other,
        };
        let scheme = scheme.to_owned();
        url.set_scheme(&scheme).map_err(|()| Trouble::BadUrl(Refused::Scheme("wss:// or ws://")))?;
        self.settings.guard.check_url(&url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        match timeout(self.settings.connect, self.connect(&url, &host)).await {
            Ok(connected) => connected,
            Err(_) => Err(Trouble::Timeout { host, stage: Stage::Connect }),
        }
    }

    async fn connect(&self, url: &Url, host: &str) -> Result<Stream, Trouble> {
        let names = if self.settings.guard.trusts(url) { &self.trusting_names } else { &self.strict_names };
        let port = url.port_or_known_default().unwrap_or(443);
        let tcp = match &self.proxy {
            None => reach(names, host, port).await?,
            Some(proxy) => {
                let seen = look_up(names, host).await?;
                through(proxy, &self.strict_names, host, port, &seen).await?
            }
        };
        // Small frames are answered at once; an error here changes nothing.
        let _ = tcp.set_nodelay(true);
        if url.scheme() == "http" {
            return Ok(Box::new(tcp));
        }
        let why = |why: String| Trouble::Tls { host: host.to_owned(), why };
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| why("its name cannot be in a certificate".to_owned()))?;
        let secured = TlsConnector::from(Arc::new(self.tls.clone())).connect(name, tcp).await;
        secured.map(|stream| Box::new(stream) as Stream).map_err(|error| Trouble::of_tls(host, &error))
    }
}

async fn look_up(names: &GuardedNames, host: &str) -> Result<Vec<IpAddr>, Trouble> {
    names.lookup(host).await.map_err(|trouble| Trouble::of_name(host.to_owned(), &trouble))
}

/// The first address of the host that answers.
async fn reach(names: &GuardedNames, host: &str, port: u16) -> Result<TcpStream, Trouble> {
    let found = look_up(names, host).await?;
    let places: Vec<_> = found.into_iter().map(|address| SocketAddr::new(address, port)).collect();
    TcpStream::connect(&*places).await.map_err(|error| Trouble::of_connect(host, &error))
}

/// A way through the proxy to `host`, whose addresses were looked at: with `socks5` the proxy is given one of them.
async fn through(
    proxy: &Url,
    names: &Arc<GuardedNames>,
    host: &str,
    port: u16,
    seen: &[IpAddr],
) -> Result<TcpStream, Trouble> {
    let proxy_host = proxy.host_str().unwrap_or_default();
    let socks = proxy.scheme() != "http";
    let at = (proxy_host.to_owned(), proxy.port().unwrap_or(if socks { 1080 } else { 80 }));
    let entrance = reach(names, &at.0, at.1).await?;
    let shut = || Trouble::Connect { host: host.to_owned(), why: "the proxy did not open the way".to_owned() };
    // The handshake takes addresses of IPv6 for names.
    let target = match (proxy.scheme(), seen.iter().find(|address| address.is_ipv4())) {
        ("socks5", Some(address)) => address.to_string(),
        _ => host.to_owned(),
    };
    let target: Uri = format!("https://{target}:{port}").parse().map_err(|_| shut())?;
    let proxy_place: Uri = format!("http://{}:{}", at.0, at.1).parse().map_err(|_| shut())?;
    let (user, password) = (decoded(proxy.username()), decoded(proxy.password().unwrap_or_default()));
    let entrance = Entrance(Some(TokioIo::new(entrance)));
    let opened = if socks {
        let mut service = SocksV5::new(proxy_place, entrance);
        if !user.is_empty() {
            service = service.with_auth(user, password);
        }
        service.call(target).await.map_err(|_| shut())?
    } else {
        let mut service = Tunnel::new(proxy_place, entrance);
        if !user.is_empty() {
            service = service.with_auth(basic(&user, &password).ok_or_else(shut)?);
        }
        service.call(target).await.map_err(|_| shut())?
    };
    Ok(opened.into_inner())
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    use base64::Engine as _;
    let both = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    HeaderValue::try_from(format!("Basic {both}")).ok()
}

/// The open connection to the proxy, in the shape that the library's handshakes ask for one.
struct Entrance(Option<TokioIo<TcpStream>>);

impl Service<Uri> for Entrance {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<TcpStream>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let opened = self.0.take().ok_or_else(|| io::ErrorKind::NotConnected.into());
        Box::pin(std::future::ready(opened))
    }
}

//! Names to addresses, with the guard inside: the connection gets only addresses that were looked at.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use hickory_resolver::TokioResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::OnceCell;

use crate::guard::{Guard, Refused};

/// Asks for the addresses of a name. Tests put their own in [`crate::Settings::names`].
#[async_trait]
pub trait Names: Send + Sync + 'static {
    /// All addresses of the host. [`io::ErrorKind::NotFound`] says that there is no such name.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's name servers and hosts file, asked by hickory.
///
/// Not `getaddrinfo`: that one holds a thread for up to half a minute when a hostile name server is silent,
/// and enough of those would stop everything else that needs a blocking thread. The settings of the system
/// are read once, at the first question.
#[derive(Default)]
pub struct SystemNames(OnceCell<TokioResolver>);

#[async_trait]
impl Names for SystemNames {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let read_settings = async || TokioResolver::builder_tokio().and_then(|builder| builder.build());
        let resolver = self.0.get_or_try_init(read_settings).await.map_err(io::Error::other)?;
        match resolver.lookup_ip(host).await {
            Ok(found) => Ok(found.iter().collect()),
            Err(none) if none.is_no_records_found() => Err(io::Error::new(io::ErrorKind::NotFound, none)),
            Err(other) => Err(io::Error::other(other)),
        }
    }
}

/// Names with a guard in front of the answer; this is what the connection asks.
pub(crate) struct GuardedNames {
    pub names: Arc<dyn Names>,
    pub guard: Arc<Guard>,
    /// Hosts that the operator listed by name: reached wherever they lead.
    pub trusted: Vec<String>,
}

impl GuardedNames {
    /// All addresses of the host, every one of them admitted; never an empty list.
    pub async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, Trouble> {
        // a SOCKS connection asks for numbers, too
        let found = match host.trim_matches(['[', ']']).parse() {
            Ok(address) => vec![address],
            Err(_) => self.names.lookup(host).await.map_err(Trouble::Lookup)?,
        };
        if found.is_empty() {
            return Err(Trouble::Lookup(io::ErrorKind::NotFound.into()));
        }
        if !self.trusted.iter().any(|name| name == host.trim_end_matches('.')) {
            self.guard.check_addresses(host, &found)?;
        }
        Ok(found)
    }
}

/// Why a name gave no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the name could not be looked up")]
    Lookup(#[source] io::Error),
}

/// The shape that reqwest wants.
pub(crate) struct Asked(pub Arc<GuardedNames>);

impl Resolve for Asked {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.0.clone();
        Box::pin(async move {
            let found = names.lookup(name.as_str()).await?;
            // port 0: the connection takes the URL's
            Ok(Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

//! One line of the operator's allow-list.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

/// An exception from "public addresses only", as written in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// `loopback`: 127.0.0.0/8 and `::1`.
    Loopback,
    /// `10.1.0.0/16`, `fd12::/32`, or one address: whatever name leads there.
    Net(IpNet),
    /// `crm.internal`, `crm.internal:8080`, `10.0.0.5:8080`, `[fd12::5]:8080`: this host by this name, wherever
    /// the name leads, on any port or on this one only.
    Host {
        /// As the URL parser writes it: lower-case, punycode, IPv6 in brackets, no dot at the end.
        name: String,
        /// None: any port.
        port: Option<u16>,
    },
}

/// A line of the allow-list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of: loopback, a net (10.1.0.0/16), an address, a host, host:port")]
pub struct NotAllowed(String);

impl Allowed {
    /// True if this line lets every connection to `address` through.
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Net(net) => net.contains(&address),
            Self::Host { .. } => false,
        }
    }

    /// True if this line names the host (spelled as a URL's host) and does not name another port.
    pub(super) fn names(&self, host: &str, port: u16) -> bool {
        match self {
            Self::Host { name, port: only } => {
                name == host.trim_end_matches('.') && only.is_none_or(|only| only == port)
            }
            _ => false,
        }
    }
}

/// This very address with this very port.
impl From<SocketAddr> for Allowed {
    fn from(address: SocketAddr) -> Self {
        let host = match address.ip() {
            IpAddr::V4(address) => Host::<String>::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        };
        Self::Host { name: host.to_string(), port: Some(address.port()) }
    }
}

impl FromStr for Allowed {
    type Err = NotAllowed;

    fn from_str(text: &str) -> Result<Self, NotAllowed> {
        let wrong = || NotAllowed(text.to_owned());
        let line = text.trim();
        if line.eq_ignore_ascii_case("loopback") {
            return Ok(Self::Loopback);
        }
        if let Ok(net) = line.parse::<IpNet>() {
            return Ok(Self::Net(net.trunc()));
        }
        if let Ok(address) = line.parse::<IpAddr>() {
            return Ok(Self::Net(address.into()));
        }
        let (name, port) = match line.rsplit_once(':') {
            // the colon may stand inside of [::1]
            Some((name, port)) if !port.ends_with(']') => (name, Some(port.parse().map_err(|_| wrong())?)),
            _ => (line, None),
        };
        match Host::parse(name.trim_end_matches('.')) {
            // `10.0.0` is a slip, though it stands for 10.0.0.0
            Ok(Host::Ipv4(address)) if address.to_string() != name => Err(wrong()),
            // a wildcard would look as if it worked
            Ok(host) if !name.contains('*') => Ok(Self::Host { name: host.to_string(), port }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => out.write_str("loopback"),
            Self::Net(net) => net.fmt(out),
            Self::Host { name, port: None } => out.write_str(name),
            Self::Host { name, port: Some(port) } => write!(out, "{name}:{port}"),
        }
    }
}

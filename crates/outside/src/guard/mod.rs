//! Which addresses may be reached. Pure: it looks at texts and numbers, never at the network.

mod allowed;
mod public;

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

pub use allowed::{Allowed, NotAllowed};

/// A URL longer than this is a mistake or an attack.
const LONGEST_URL: usize = 8 * 1024;

/// Where a SOCKS proxy listens unless its URL says otherwise.
const SOCKS_PORT: u16 = 1080;

/// Ports of other protocols (mail, chat, databases of old), where an HTTP request could be taken for commands:
/// the "bad ports" of the Fetch standard, <https://fetch.spec.whatwg.org/#port-blocking>.
const PORTS_OF_OTHERS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// What may be reached: every public address, and what the operator has listed.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// Exceptions from "public addresses only" (and from the port rule, if host and port are named).
    pub allow: Vec<Allowed>,
    /// Refuses plain `http`.
    pub https_only: bool,
}

/// Why an address may not be reached. The texts are for the person who typed the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a URL at all.
    #[error("this is not a URL: a URL looks like https://example.com/hook")]
    Unreadable,
    /// Over 8 kB.
    #[error("the URL is longer than 8 kB")]
    TooLong,
    /// Neither http nor https (for a proxy: nor socks5).
    #[error("the URL must begin with {0}")]
    Scheme(&'static str),
    /// `user:password@host`.
    #[error("the URL must not hold a user name or password; send them in a header instead")]
    UserInfo,
    /// A port that belongs to another protocol.
    #[error("port {0} belongs to another protocol than HTTP; use 443, 80 or a port above 1024")]
    Port(u16),
    /// An address, or a name that leads to one, which is not public. What the name leads to is not told:
    /// it would let a tenant map the operator's network.
    #[error("{host} is not on the public internet; only the operator can allow it, in outside.allow")]
    Address {
        /// The host as it was written, lower-case.
        host: String,
    },
}

impl Guard {
    /// Looks at everything that can be judged without asking the name servers.
    ///
    /// An address in numbers is judged here, in any spelling (`0x7f.1`, `017700000001`, `[::ffff:7f00:1]`,
    /// full-width digits): the URL parser has turned it into an address already.
    pub fn check_url(&self, url: &Url) -> Result<(), Refused> {
        if url.as_str().len() > LONGEST_URL {
            return Err(Refused::TooLong);
        }
        match url.scheme() {
            "https" => {}
            "http" if !self.https_only => {}
            "http" => return Err(Refused::Scheme("https://")),
            _ => return Err(Refused::Scheme("https:// or http://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::UserInfo);
        }
        self.check_place(url)
    }

    /// The same for a proxy: `http`, `socks5` or `socks5h`, and credentials are usual in its URL.
    pub fn check_proxy(&self, url: &Url) -> Result<(), Refused> {
        if !["http", "socks5", "socks5h"].contains(&url.scheme()) {
            return Err(Refused::Scheme("http:// or socks5:// or socks5h://"));
        }
        self.check_place(url)
    }

    /// Looks at all addresses of a host; one that is not public refuses the host whole, because we do not
    /// choose which of them gets the connection. The allow-list's nets count, its names do not.
    pub fn check_addresses(&self, host: &str, addresses: &[IpAddr]) -> Result<(), Refused> {
        if addresses.iter().all(|address| self.admits(*address)) {
            return Ok(());
        }
        Err(Refused::Address { host: host.to_owned() })
    }

    /// True if the operator has listed this very host (with this port): it is then reached wherever its
    /// name leads.
    pub fn trusts(&self, url: &Url) -> bool {
        place(url).is_some_and(|(host, port)| self.lists(&host, port))
    }

    /// Port, host in numbers, and the names that mean this machine.
    fn check_place(&self, url: &Url) -> Result<(), Refused> {
        let (host, port) = place(url).ok_or(Refused::Unreadable)?;
        if self.lists(&host, port) {
            return Ok(());
        }
        if PORTS_OF_OTHERS.contains(&port) {
            return Err(Refused::Port(port));
        }
        let address = match &host {
            Host::Ipv4(address) => (*address).into(),
            Host::Ipv6(address) => (*address).into(),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                if name != "localhost" && !name.ends_with(".localhost") {
                    return Ok(());
                }
                Ipv4Addr::LOCALHOST.into()
            }
        };
        self.check_addresses(&host.to_string(), &[address])
    }

    fn lists(&self, host: &Host, port: u16) -> bool {
        let host = host.to_string();
        self.allow.iter().any(|allowed| allowed.names(&host, port))
    }

    fn admits(&self, address: IpAddr) -> bool {
        public::is_public(address) || self.allow.iter().any(|allowed| allowed.holds(address))
    }
}

/// Host and port of a URL. The host is read once more, because the parser leaves numbers as they are written
/// behind schemes that browsers do not know (`socks5://0x7f.1`).
fn place(url: &Url) -> Option<(Host, u16)> {
    let host = Host::parse(url.host_str()?).ok()?;
    let port = url.port_or_known_default().unwrap_or(SOCKS_PORT);
    Some((host, port))
}

#[cfg(test)]
mod tests;

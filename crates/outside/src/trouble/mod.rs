//! Why there is no answer, in words that a support person can pass on.
//!
//! The texts name the host at most: never the path, the query or credentials of a URL.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;

use crate::guard::Refused;
use crate::resolve;

/// How far an exchange had come when its time was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Name, connection and TLS were not ready.
    Connect,
    /// The request was on its way or out, the answer's headers were not in.
    Headers,
    /// The file was still coming, or came too slowly (downloads only).
    Body,
}

/// Why there is no answer. [`Trouble::word`] is the stable name for the store, metrics and filters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The URL cannot be used as it is written. Trying again does not help.
    #[error("the address cannot be used: {0}")]
    BadUrl(Refused),
    /// The host is, or leads to, an address that is not public.
    #[error(
        "the address is not allowed: {host} is not on the public internet; only the operator can allow it, in outside.allow"
    )]
    RefusedAddress {
        /// The host as the URL names it.
        host: String,
    },
    /// The name has no address, or the name servers did not say.
    #[error("{}", if *.missing {
        format!("there is no host named {host}: check the spelling of the address")
    } else {
        format!("the name servers gave no answer about {host}; this usually passes")
    })]
    Dns {
        /// The host as the URL names it.
        host: String,
        /// True: the name surely does not exist. False: we could not find out.
        missing: bool,
    },
    /// No connection: refused, unreachable, or the proxy would not.
    #[error("could not connect to {host}: {why}")]
    Connect {
        /// The host as the URL names it.
        host: String,
        /// One short clause.
        why: String,
    },
    /// A connection, but no trust.
    #[error("no secure connection to {host}: {why}")]
    Tls {
        /// The host as the URL names it.
        host: String,
        /// One short clause.
        why: String,
    },
    /// Too slow.
    #[error("{host} {}", match stage {
        Stage::Connect => "did not take the connection in time",
        Stage::Headers => "took the connection, but did not answer in time",
        Stage::Body => "sent the file too slowly",
    })]
    Timeout {
        /// The host as the URL names it.
        host: String,
        /// What we were waiting for.
        stage: Stage,
    },
    /// The connection broke before the answer (for downloads: before the end).
    #[error("{host} closed the connection before the answer was complete")]
    Reset {
        /// The host as the URL names it.
        host: String,
    },
    /// Something came back that is not HTTP.
    #[error("{host} answered with something that is not HTTP: check the port and http or https")]
    NotHttp {
        /// The host as the URL names it.
        host: String,
    },
    /// The answer's headers, or the file to download, are over the limit.
    #[error("{host} sent more than is accepted")]
    TooLarge {
        /// The host as the URL names it.
        host: String,
    },
    /// Download only: the server answered, but not with the file.
    #[error("{host} answered {status} instead of the file")]
    Status {
        /// The host as the URL names it.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// Download only: redirected once too often.
    #[error("{host} redirects too many times")]
    TooManyRedirects {
        /// The host of the last redirect.
        host: String,
    },
    /// Download only, and ours: the file came, but could not be kept.
    #[error("the file could not be stored here ({0})")]
    Storage(io::ErrorKind),
}

impl Trouble {
    /// The stable word; kept in the store and shown as a metric's label.
    pub fn word(&self) -> &'static str {
        match self {
            Self::BadUrl(_) => "bad_url",
            Self::RefusedAddress { .. } => "refused_address",
            Self::Dns { .. } => "dns",
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Timeout { stage: Stage::Connect, .. } => "timeout_connect",
            Self::Timeout { stage: Stage::Headers, .. } => "timeout_headers",
            Self::Timeout { stage: Stage::Body, .. } => "timeout_body",
            Self::Reset { .. } => "reset",
            Self::NotHttp { .. } => "not_http",
            Self::TooLarge { .. } => "too_large",
            Self::Status { .. } => "status",
            Self::TooManyRedirects { .. } => "too_many_redirects",
            Self::Storage(_) => "storage",
        }
    }

    /// True if the request surely did not reach the other side, so that sending it again cannot double it.
    pub fn surely_not_sent(&self) -> bool {
        match self {
            Self::BadUrl(_) | Self::RefusedAddress { .. } | Self::Dns { .. } => true,
            Self::Connect { .. } | Self::Tls { .. } => true,
            Self::Timeout { stage, .. } => *stage == Stage::Connect,
            _ => false,
        }
    }

    /// What a failed exchange with `host` means.
    pub(crate) fn of(host: &str, error: &reqwest::Error) -> Self {
        let host = host.to_owned();
        if let Some(trouble) = find::<resolve::Trouble>(error) {
            return Self::of_name(host, trouble);
        }
        if let Some(trouble) = find::<rustls::Error>(error) {
            return Self::Tls { host, why: tls_clause(trouble) };
        }
        if error.is_connect() {
            return match find::<io::Error>(error) {
                _ if error.is_timeout() => Self::Timeout { host, stage: Stage::Connect },
                Some(trouble) => Self::Connect { host, why: connect_clause(trouble.kind()).to_owned() },
                None => Self::Connect { host, why: "the proxy did not open the way".to_owned() },
            };
        }
        match find::<hyper::Error>(error) {
            Some(trouble) if trouble.is_parse_too_large() => Self::TooLarge { host },
            Some(trouble) if trouble.is_parse() => Self::NotHttp { host },
            // everything else that hyper tells about a request under way is some way of losing the connection
            _ => Self::Reset { host },
        }
    }

    /// What a connection that did not come about means.
    pub(crate) fn of_connect(host: &str, error: &io::Error) -> Self {
        Self::Connect { host: host.to_owned(), why: connect_clause(error.kind()).to_owned() }
    }

    /// What a failed handshake means.
    pub(crate) fn of_tls(host: &str, error: &io::Error) -> Self {
        match find::<rustls::Error>(error) {
            Some(trouble) => Self::Tls { host: host.to_owned(), why: tls_clause(trouble) },
            None => Self::Reset { host: host.to_owned() },
        }
    }

    /// What a name that gave no address means.
    pub(crate) fn of_name(host: String, trouble: &resolve::Trouble) -> Self {
        match trouble {
            resolve::Trouble::Refused(refused) => refused.clone().into(),
            resolve::Trouble::Lookup(why) => Self::Dns { host, missing: why.kind() == io::ErrorKind::NotFound },
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Address { host } => Self::RefusedAddress { host },
            other => Self::BadUrl(other),
        }
    }
}

/// The first error of this type among the causes. An `io::Error` hides what it wraps from `source()`, so it is
/// opened by hand.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.downcast_ref().or_else(|| wrapped.and_then(|inner| find(inner))).or_else(|| error.source().and_then(find))
}

fn connect_clause(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::ConnectionRefused => "nothing listens on that port",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "there is no way to that network",
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => "the connection was closed at once",
        _ => "the connection failed",
    }
}

fn tls_clause(error: &rustls::Error) -> String {
    let clause = match error {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            CertificateError::UnknownIssuer => {
                "its certificate is self-signed or of an unknown authority, or the chain is incomplete"
            }
            CertificateError::Revoked => "its certificate was revoked",
            _ => "its certificate is not valid",
        },
        rustls::Error::InvalidMessage(_) => "it does not speak TLS on that port",
        rustls::Error::AlertReceived(alert) => return format!("it refused the handshake ({alert:?})"),
        rustls::Error::PeerIncompatible(_) => "it offers only outdated TLS versions or ciphers",
        _ => "the handshake failed",
    };
    clause.to_owned()
}

#[cfg(test)]
mod tests;

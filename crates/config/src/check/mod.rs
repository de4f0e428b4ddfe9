//! What a value alone cannot tell: settings that do not fit together, or that open a door.

#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use crate::{Allowed, Config, MasterKey};

/// Something about a configuration that its owner should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub severity: Severity,
    /// Dotted path of the key to look at.
    pub path: &'static str,
    /// A sentence or two: what is wrong and what to do.
    pub text: String,
}

/// Whether the gateway may start in spite of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `serve` must refuse to start.
    Error,
    /// `serve` says it and starts.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(out, "{severity}: `{}`: {}", self.path, self.text)
    }
}

impl Config {
    /// Everything wrong with these settings taken together. Empty for the defaults.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        self.check_door(&mut found);
        self.check_way_out(&mut found);
        self.check_keys(&mut found);
        self.check_times(&mut found);
        found
    }

    fn check_door(&self, found: &mut Vec<Problem>) {
        let listen = self.server.listen;
        let guessable = self.security.master_key.as_ref().is_some_and(MasterKey::is_made_up);
        if guessable && !is_loopback(listen.ip()) {
            found.push(error(
                "security.master_key",
                format!(
                    "this key is no random one, so anyone may know it, and {listen} can be reached from other machines. \
                     Remove it and have one made, or make one with `openssl rand -hex 32`."
                ),
            ));
        }
        let https = self.server.public_url.as_ref().is_some_and(|base| base.is_https());
        if !is_loopback(listen.ip()) && !https {
            found.push(warning(
                "server.public_url",
                format!(
                    "{listen} can be reached from other machines, and nothing says that a TLS proxy stands before it: \
                     keys and messages may travel in clear. Put one there and set its https:// address here."
                ),
            ));
        }
        if self.server.public_url.is_none() && listen.ip().is_unspecified() {
            found.push(warning(
                "server.public_url",
                format!("links would point to {listen}, which no browser can open. Set the address that users see."),
            ));
        }
        if self.server.trusted_proxies.iter().any(is_everyone) {
            found.push(warning(
                "server.trusted_proxies",
                "every address is trusted, so any caller can pretend to be another. Name your proxies only.".to_owned(),
            ));
        }
        let limits = &self.server.limits;
        if limits.connections_per_address > limits.connections {
            found.push(warning(
                "server.limits.connections_per_address",
                "it is above `server.limits.connections`, so one address can take every connection. Lower it."
                    .to_owned(),
            ));
        }
    }

    fn check_way_out(&self, found: &mut Vec<Problem>) {
        let everything = |allowed: &Allowed| matches!(allowed, Allowed::Network(network) if is_everyone(network));
        if self.outside.allow.iter().any(everything) {
            found.push(warning(
                "outside.allow",
                "every address is allowed, so a webhook can reach your private network. Name what is needed only."
                    .to_owned(),
            ));
        }
        for (path, part) in [
            ("relay.connect_timeout", self.relay.connect_timeout),
            ("relay.headers_timeout", self.relay.headers_timeout),
        ] {
            if part > self.relay.total_timeout {
                found.push(error(
                    path,
                    "it is longer than `relay.total_timeout`, which would always come first. Shorten it.".to_owned(),
                ));
            }
        }
    }

    fn check_keys(&self, found: &mut Vec<Problem>) {
        if self.security.master_key.is_some() && self.security.key_file.is_some() {
            found.push(warning(
                "security.key_file",
                "it is not read, because `security.master_key` is set. Remove one of the two.".to_owned(),
            ));
        }
    }

    fn check_times(&self, found: &mut Vec<Problem>) {
        if self.courier.backoff_first > self.courier.backoff_max {
            found.push(error(
                "courier.backoff_first",
                "it is longer than `courier.backoff_max`. Shorten it.".to_owned(),
            ));
        }
        // GREEN-API's clients may fetch a notification for 24 h (design §8).
        if self.data.journal_keep < Duration::from_hours(24) {
            found.push(warning(
                "data.journal_keep",
                "some APIs promise events for 24 hours, and they will be gone sooner. Keep at least `1d`.".to_owned(),
            ));
        }
    }
}

fn error(path: &'static str, text: String) -> Problem {
    Problem { severity: Severity::Error, path, text }
}

fn warning(path: &'static str, text: String) -> Problem {
    Problem { severity: Severity::Warning, path, text }
}

/// An IPv4 loopback address stays one when written as IPv6.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_everyone(network: &IpNet) -> bool {
    network.prefix_len() == 0
}

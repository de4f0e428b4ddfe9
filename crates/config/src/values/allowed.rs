use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::networks::network;

/// One exception to the refusal of private addresses, as `outside.allow` spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Allowed {
    /// `loopback`: 127.0.0.0/8 and ::1.
    Loopback,
    /// `10.1.0.0/16`, or a bare address.
    Network(IpNet),
    /// `127.0.0.1:9000` or `[::1]:9000`.
    Address(SocketAddr),
    /// `crm.internal` or `crm.internal:8443`, in lower case. Without a port: every port.
    Host { name: String, port: Option<u16> },
}

impl FromStr for Allowed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("loopback") {
            return Ok(Self::Loopback);
        }
        if let Some(network) = network(text) {
            return Ok(Self::Network(network));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(port.parse().map_err(|_| "no port")?)),
            None => (text, None),
        };
        if !is_host(name) {
            return Err("no host");
        }
        Ok(Self::Host { name: name.to_ascii_lowercase(), port })
    }
}

/// A last label without a letter is a mistyped address (`10.0.0`, `10.0.0.1/64`), never a name.
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    name.split('.').all(label)
        && name.rsplit('.').next().is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

impl fmt::Display for Allowed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => write!(out, "loopback"),
            Self::Network(network) => write!(out, "{network}"),
            Self::Address(address) => write!(out, "{address}"),
            Self::Host { name, port: None } => write!(out, "{name}"),
            Self::Host { name, port: Some(port) } => write!(out, "{name}:{port}"),
        }
    }
}

impl TryFrom<String> for Allowed {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Allowed> for String {
    fn from(allowed: Allowed) -> Self {
        allowed.to_string()
    }
}

impl JsonSchema for Allowed {
    fn schema_name() -> Cow<'static, str> {
        "Allowed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "expects": "a network `10.1.0.0/16`, a host `crm.internal`, a host and port `crm.internal:8443`, or `loopback`",
        })
    }
}

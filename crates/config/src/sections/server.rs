use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Limits;
use crate::values::{Networks, Span, WebBase};

/// The door: where the gateway listens and how it is seen from outside.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Server {
    /// Address and port to listen on. Keep it on loopback unless a TLS proxy or a private network stands before it.
    #[schemars(extend("expects" = "an address and port, such as `127.0.0.1:8080` or `[::1]:8080`"))]
    pub listen: SocketAddr,
    /// Base of every link that the gateway prints or sends. Not set: `http://` and the listen address.
    #[schemars(extend("examples" = ["https://sluice.example.org"]))]
    pub public_url: Option<WebBase>,
    /// How long calls under way may take to finish after SIGTERM before they are cut.
    #[serde(with = "Span")]
    pub drain: Duration,
    /// Networks of the proxies in front of the gateway. Only from these is `X-Forwarded-For` believed.
    #[serde(with = "Networks")]
    pub trusted_proxies: Vec<IpNet>,
    pub limits: Limits,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            drain: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
        }
    }
}

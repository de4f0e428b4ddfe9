use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use http::Uri;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// An `http` or `https` address that paths are appended to; kept without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebBase(String);

impl WebBase {
    /// The address, such as `https://sluice.example.org` or `https://example.org/sluice`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether links under it are protected on the way.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for WebBase {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| "no address")?;
        let scheme = match uri.scheme_str() {
            Some(scheme @ ("http" | "https")) => scheme,
            _ => return Err("no web address"),
        };
        // A name and password in a link would be handed to everyone who sees it.
        let host = uri
            .authority()
            .map(http::uri::Authority::as_str)
            .filter(|host| !host.contains('@'))
            .ok_or("no plain host")?;
        if uri.query().is_some() || text.contains('#') {
            return Err("more than a base");
        }
        let path = uri.path().trim_end_matches('/');
        Ok(Self(format!("{scheme}://{host}{path}")))
    }
}

impl fmt::Display for WebBase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for WebBase {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<WebBase> for String {
    fn from(base: WebBase) -> Self {
        base.0
    }
}

impl JsonSchema for WebBase {
    fn schema_name() -> Cow<'static, str> {
        "WebBase".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "expects": "a web address without a query, such as `https://sluice.example.org`",
        })
    }
}

//! Looking at the beginning of what lies at an address: pages that links lead to.

use bytes::Bytes;
use http::header;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::client::{Client, parse, read_head};
use crate::download::host_of;
use crate::limits::{DownloadLimits, Limits};
use crate::trouble::{Stage, Trouble};

/// The beginning of what lies at an address.
#[derive(Debug, Clone)]
pub struct Peeked {
    /// Where it lies, behind all redirects.
    pub url: Url,
    /// The `Content-Type` that the server claims.
    pub content_type: Option<String>,
    /// At most [`Limits::answer`] bytes, as they came.
    pub head: Bytes,
    /// There was more, or it broke off.
    pub truncated: bool,
}

impl Client {
    /// Reads the beginning of what lies at `url`, following redirects (3 by default) with every hop checked anew.
    ///
    /// # Errors
    /// [`Trouble::Status`] for an answer other than 2xx, and the troubles of [`Client::send`].
    pub async fn peek(&self, url: &str, limits: Limits) -> Result<Peeked, Trouble> {
        let deadline = Instant::now() + limits.total;
        let url = parse(url)?;
        let host = host_of(&url);
        let hops = DownloadLimits { headers: limits.headers.min(limits.total), ..self.settings.download };
        let Ok(found) = timeout_at(deadline, self.follow(url, hops)).await else {
            return Err(Trouble::Timeout { host, stage: Stage::Headers });
        };
        let (response, url) = found?;
        if !response.status().is_success() {
            return Err(Trouble::Status { host: host_of(&url), status: response.status().as_u16() });
        }
        let claimed = response.headers().get(header::CONTENT_TYPE);
        let content_type = claimed.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let (head, truncated) = read_head(response, limits.answer, deadline).await;
        Ok(Peeked { url, content_type, head, truncated })
    }
}

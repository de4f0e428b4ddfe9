//! The answer to a call.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use sluice_model::content::Blob;

#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Bytes(Bytes),
    /// A file in our keeping, sent as it is read.
    File(Blob),
    /// A file in our keeping as base64 inside of other text, sent as it is read.
    Base64 {
        before: Bytes,
        file: Blob,
        after: Bytes,
    },
    /// Server-sent events, until the caller hangs up.
    Stream,
    /// The data of the same events as messages over a WebSocket (RFC 6455), which the call must have asked for.
    Socket,
}

impl Reply {
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Content::Bytes(Bytes::new()) }
    }

    pub fn bytes(status: StatusCode, mime: &'static str, body: impl Into<Bytes>) -> Self {
        Self { body: Content::Bytes(body.into()), ..Self::empty(status) }
            .with(CONTENT_TYPE, HeaderValue::from_static(mime))
    }

    /// Compact JSON.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Our own answers are made of strings, numbers, lists and maps with string keys: they always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::bytes(status, "application/json", body)
    }

    pub fn file(blob: Blob, mime: &str) -> Self {
        let mime = HeaderValue::from_str(mime).unwrap_or(HeaderValue::from_static("application/octet-stream"));
        Self { body: Content::File(blob), ..Self::empty(StatusCode::OK) }.with(CONTENT_TYPE, mime)
    }

    pub fn stream() -> Self {
        Self { body: Content::Stream, ..Self::empty(StatusCode::OK) }
            .with(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"))
    }

    pub fn socket() -> Self {
        Self { body: Content::Socket, ..Self::empty(StatusCode::SWITCHING_PROTOCOLS) }
    }

    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

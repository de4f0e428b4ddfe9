//! A request and its answer as streams, for files that should not lie in memory whole.

use std::io;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::sync::mpsc;

use crate::client::{Client, parse};
use crate::limits::Limits;
use crate::trouble::Trouble;

/// A request's body.
pub enum Outgoing {
    Whole(Bytes),
    /// Exactly `length` bytes come through the channel; an error in it breaks the request off.
    Pieces {
        length: u64,
        pieces: mpsc::Receiver<io::Result<Bytes>>,
    },
}

/// An answer of any status whose body is still to come.
pub struct Exchange {
    pub status: StatusCode,
    pub headers: HeaderMap,
    host: String,
    response: reqwest::Response,
}

impl Client {
    /// Sends, and waits until the answer's headers are in, at most for `limits.headers`. Nothing bounds the body: that
    /// is the caller's to do.
    ///
    /// # Errors
    /// [`Trouble`] if there is no answer.
    pub async fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Outgoing,
        limits: Limits,
    ) -> Result<Exchange, Trouble> {
        let url = parse(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let request = match body {
            Outgoing::Whole(bytes) => self.request(method, url, headers, bytes),
            Outgoing::Pieces { length, pieces } => {
                let mut request = self.request(method, url, headers, Bytes::new());
                request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
                let pieces = stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)));
                *request.body_mut() = Some(reqwest::Body::wrap_stream(pieces));
                request
            }
        };
        let response = self.open(request, limits.headers).await?;
        Ok(Exchange { status: response.status(), headers: response.headers().clone(), host, response })
    }
}

impl Exchange {
    /// The body's next piece; `None` at its end.
    ///
    /// # Errors
    /// [`Trouble`] if the connection broke before the end.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Trouble> {
        self.response.chunk().await.map_err(|error| Trouble::of(&self.host, &error))
    }
}

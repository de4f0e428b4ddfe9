//! From a dialect's reply to bytes on their way.

use std::io::SeekFrom;
use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, CACHE_CONTROL, CONNECTION,
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue,
    RANGE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Response, StatusCode};
use sluice_dialect::{Dialect, Reply};
use sluice_model::Refusal;
use sluice_model::content::Blob;
use sluice_store::{Blobs, Fault};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes of a file in one piece.
const PIECE: usize = 64 * 1024;

/// As [`PIECE`], where they are encoded: three bytes become four characters, so that only the last piece is padded.
const ENCODED: usize = 3 * 16 * 1024;

/// A reply without a body of any API.
pub(crate) fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The connection ends with this answer.
pub(crate) fn last(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Adds what every API owes its callers, where the dialect did not say it: the methods that there are, and when to come
/// again.
pub(crate) fn complete(reply: &mut Reply, dialect: &dyn Dialect, refusal: Option<&Refusal>) {
    let headers = &mut reply.headers;
    match refusal {
        Some(Refusal::MethodNotAllowed { allow }) => add(headers, ALLOW, &allow.join(", ")),
        Some(Refusal::Busy { retry_after } | Refusal::TooMany { retry_after }) => {
            add(headers, RETRY_AFTER, &seconds(*retry_after).to_string());
        }
        _ => {}
    }
    if dialect.cors() {
        add(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        add(headers, ACCESS_CONTROL_EXPOSE_HEADERS, "*");
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.entry(name).or_insert(value);
    }
}

/// Rounded up: a caller that comes too early is refused again.
fn seconds(span: Duration) -> u64 {
    u64::try_from(span.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}

/// The body of a file, or the range of it that was asked for, with the headers that go with it. `None` when it is not
/// kept any more.
pub(crate) async fn file(
    blobs: &dyn Blobs,
    blob: &Blob,
    asked: &HeaderMap,
    mut headers: HeaderMap,
    name: Option<&str>,
) -> Result<Option<Response<Body>>, Fault> {
    let Some(path) = blobs.find(blob).await? else { return Ok(None) };
    let mut file = tokio::fs::File::open(path).await.map_err(Fault::other)?;
    let size = file.metadata().await.map_err(Fault::other)?.len();
    let range =
        asked.get(RANGE).and_then(|range| range.to_str().ok()).map_or(Range::Whole, |range| wanted(range, size));
    let (status, from, length) = match range {
        Range::Whole => (StatusCode::OK, 0, size),
        Range::Part { from, length } => {
            add(&mut headers, CONTENT_RANGE, &format!("bytes {from}-{}/{size}", from + length - 1));
            (StatusCode::PARTIAL_CONTENT, from, length)
        }
        Range::Outside => {
            let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE);
            add(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(Some(response));
        }
    };
    if from > 0 {
        file.seek(SeekFrom::Start(from)).await.map_err(Fault::other)?;
    }
    // What somebody sent us must run nowhere, whatever it claims to be.
    add(&mut headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(&mut headers, CONTENT_SECURITY_POLICY, "sandbox");
    add(&mut headers, CACHE_CONTROL, "private, max-age=86400, immutable");
    add(&mut headers, ACCEPT_RANGES, "bytes");
    let mime = headers.get(CONTENT_TYPE).and_then(|mime| mime.to_str().ok()).unwrap_or_default();
    let disposition = disposition(mime, name);
    add(&mut headers, CONTENT_DISPOSITION, &disposition);
    add(&mut headers, CONTENT_LENGTH, &length.to_string());
    let mut response = Response::new(Body::from_stream(ReaderStream::with_capacity(file.take(length), PIECE)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(Some(response))
}

/// A file as base64 between two texts. `None` when it is not kept any more.
pub(crate) async fn base64(
    blobs: &dyn Blobs,
    before: Bytes,
    blob: &Blob,
    after: Bytes,
    mut headers: HeaderMap,
) -> Result<Option<Response<Body>>, Fault> {
    let Some(path) = blobs.find(blob).await? else { return Ok(None) };
    let file = tokio::fs::File::open(path).await.map_err(Fault::other)?;
    let size = file.metadata().await.map_err(Fault::other)?.len();
    let length = before.len() as u64 + size.div_ceil(3) * 4 + after.len() as u64;
    add(&mut headers, CONTENT_LENGTH, &length.to_string());
    // The length is told, so that a file that ends early is seen as an answer that broke off.
    let encoded = stream::try_unfold(file.take(size), async |mut file| {
        let mut piece = Vec::with_capacity(ENCODED);
        let read = (&mut file).take(ENCODED as u64).read_to_end(&mut piece).await?;
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(STANDARD.encode(piece)), file)))
    });
    let text = |text| stream::once(std::future::ready(Ok(text)));
    let body = text(before).chain(encoded).chain(text(after));
    let mut response = Response::new(Body::from_stream(body));
    *response.headers_mut() = headers;
    Ok(Some(response))
}

/// Pictures, sound, films and papers are shown; everything else is saved. `name` is percent-encoded.
fn disposition(mime: &str, name: Option<&str>) -> String {
    let kind = mime.split(';').next().unwrap_or_default().trim();
    let is_shown = matches!(kind.split('/').next(), Some("image" | "audio" | "video")) && kind != "image/svg+xml";
    let how = if is_shown || kind == "application/pdf" { "inline" } else { "attachment" };
    match name {
        Some(name) if name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-%".contains(&b)) => {
            format!("{how}; filename*=UTF-8''{name}")
        }
        _ => how.to_owned(),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part { from: u64, length: u64 },
    Outside,
}

/// One range of bytes (RFC 9110, section 14.1.2); several at once, or another unit, are answered with the whole.
fn wanted(range: &str, size: u64) -> Range {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Range::Whole;
    };
    let (from, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(from), Ok(last)) if from <= last => (from, last.saturating_add(1).min(size)),
        (Ok(from), Err(_)) if last.is_empty() => (from, size),
        (Err(_), Ok(length)) if first.is_empty() => (size.saturating_sub(length), size),
        _ => return Range::Whole,
    };
    if from < end { Range::Part { from, length: end - from } } else { Range::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served_and_what_is_no_range_is_the_whole() {
        let part = |from, length| Range::Part { from, length };
        assert_eq!(wanted("bytes=0-0", 10), part(0, 1));
        assert_eq!(wanted("bytes=2-", 10), part(2, 8));
        assert_eq!(wanted("bytes=-3", 10), part(7, 3));
        assert_eq!(wanted("bytes=-30", 10), part(0, 10));
        assert_eq!(wanted("bytes=5-99", 10), part(5, 5));
        for outside in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(wanted(outside, 10), Range::Outside, "{outside}");
        }
        for whole in ["bytes=0-1,3-4", "lines=1-2", "bytes=3-2", "bytes=", "bytes=-", ""] {
            assert_eq!(wanted(whole, 10), Range::Whole, "{whole}");
        }
    }

    #[test]
    fn only_what_cannot_run_is_shown() {
        assert_eq!(disposition("image/png", Some("a.png")), "inline; filename*=UTF-8''a.png");
        assert_eq!(disposition("application/pdf", None), "inline");
        assert_eq!(disposition("image/svg+xml", None), "attachment");
        assert_eq!(
            disposition("text/html; charset=utf-8", Some("%D0%BA.html")),
            "attachment; filename*=UTF-8''%D0%BA.html"
        );
        assert_eq!(disposition("video/mp4", Some("a\"; x=\"b")), "inline");
    }

    #[test]
    fn a_pause_is_rounded_up_to_whole_seconds() {
        assert_eq!([0, 1, 1000, 1001].map(|millis| seconds(Duration::from_millis(millis))), [1, 1, 1, 2]);
    }
}

//! The few pages that belong to no API: health, figures, files by link.

use axum::body::Body;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, Response, StatusCode};
use sluice_model::content::Blob;

use crate::reply;
use crate::room::Room;

/// One of our own pages; `None` when the path is none of them.
pub(crate) async fn own(room: &Room, method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    match path {
        "/livez" => Some(text(StatusCode::OK, "alive\n".to_owned())),
        "/readyz" => Some(ready(room)),
        "/metrics" => {
            let mut page = text(StatusCode::OK, (room.metrics)());
            let mime = HeaderValue::from_static("text/plain; version=0.0.4");
            page.headers_mut().insert(CONTENT_TYPE, mime);
            Some(page)
        }
        _ => match path.strip_prefix("/files/") {
            Some(rest) => Some(file(room, rest, headers).await),
            None => None,
        },
    }
}

fn ready(room: &Room) -> Response<Body> {
    let mut reasons = Vec::new();
    if room.closing.is_cancelled() {
        reasons.push("the gateway is draining".to_owned());
    }
    if let Some(fault) = &*room.store.broken().borrow() {
        reasons.push(fault.to_string());
    }
    if reasons.is_empty() {
        return text(StatusCode::OK, "ready\n".to_owned());
    }
    text(StatusCode::SERVICE_UNAVAILABLE, reasons.join("\n") + "\n")
}

/// `{end}/{seal}/{hash}/{mime}/{name}`, as [`sluice_dialect::Links::file`] writes it.
async fn file(room: &Room, rest: &str, asked: &HeaderMap) -> Response<Body> {
    let missing = || text(StatusCode::NOT_FOUND, "there is no such file, or its link has ended\n".to_owned());
    let [end, seal, hash, mime, name] = rest.split('/').collect::<Vec<_>>()[..] else { return missing() };
    let mime = percent_encoding::percent_decode_str(mime).decode_utf8_lossy();
    let checked = room.links.check(end, seal, hash, &mime, room.clock.now());
    let Some((hash, mime)) = checked else { return missing() };
    let mut headers = HeaderMap::new();
    if let Ok(mime) = HeaderValue::from_str(&mime) {
        headers.insert(CONTENT_TYPE, mime);
    }
    match reply::file(&*room.blobs, &Blob { hash, size: 0 }, asked, headers, Some(name)).await {
        Ok(Some(response)) => response,
        Ok(None) => missing(),
        Err(fault) => {
            tracing::error!(%fault, "a file cannot be read");
            reply::plain(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let mime = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, mime);
    response
}

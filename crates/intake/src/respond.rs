//! From a dialect's reply to the response that goes out.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ALLOW, CONTENT_TYPE,
    HeaderName, HeaderValue,
};
use http::{Response, StatusCode};
use sluice_dialect::reply::Content;
use sluice_dialect::{Dialect, Reply};
use sluice_model::Refusal;
use sluice_model::refusal::Noun;
use sluice_model::spelling::Kind;
use sluice_store::Fault;

use crate::dispatch::Visit;
use crate::room::Room;
use crate::stream::{self, Feed};
use crate::{reply, socket};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// As much of an answer as the log may keep.
pub(crate) enum Kept {
    Nothing,
    Bytes(Bytes, Option<HeaderValue>),
    File(u64),
    Stream,
}

/// The answer as it goes out, what the log may keep of it, and where its stream is fed.
pub(crate) async fn respond(
    room: &Arc<Room>,
    visit: &Visit,
    mut reply: Reply,
    refusal: Option<&Refusal>,
) -> (Response<Body>, Kept, Option<Feed>) {
    reply::complete(&mut reply, visit.dialect, refusal);
    let (mut response, kept, feed) = match reply.body {
        Content::Bytes(bytes) => {
            let kept = Kept::Bytes(bytes.clone(), reply.headers.get(CONTENT_TYPE).cloned());
            (with(reply.status, reply.headers, Body::from(bytes)), kept, None)
        }
        Content::File(blob) => match reply::file(&*room.blobs, &blob, &visit.call.headers, reply.headers, None).await {
            Ok(Some(response)) => (response, Kept::File(blob.size), None),
            other => (without_file(room, visit, other.err()), Kept::Nothing, None),
        },
        Content::Base64 { before, file, after } => {
            match reply::base64(&*room.blobs, before, &file, after, reply.headers).await {
                Ok(Some(response)) => (response, Kept::File(file.size), None),
                other => (without_file(room, visit, other.err()), Kept::Nothing, None),
            }
        }
        Content::Socket => match (socket::agree(&visit.call), visit.upgrade.clone()) {
            (Some(agreed), Some(upgrade)) => {
                let (feed, messages) = stream::messages();
                tokio::spawn(socket::pump(upgrade, messages));
                reply.headers.extend(agreed);
                (with(reply.status, reply.headers, Body::empty()), Kept::Stream, Some(feed))
            }
            _ => {
                let refusal = Refusal::invalid("Upgrade", "must ask for a WebSocket of version 13");
                (refused(visit, refusal), Kept::Nothing, None)
            }
        },
        Content::Stream => {
            let (feed, body) = stream::body();
            // Nothing follows a stream but the next connection.
            (reply::last(with(reply.status, reply.headers, body)), Kept::Stream, Some(feed))
        }
    };
    if let Some(left) = visit.left {
        left.tell(response.headers_mut());
    }
    let spelled = format!("req_{}", room.spelling.hex16(Kind::Request, visit.call.id.get()));
    if let Ok(spelled) = HeaderValue::from_str(&spelled) {
        response.headers_mut().insert(REQUEST_ID, spelled);
    }
    (response, kept, feed)
}

/// The answer when the file that it was to hold is not kept any more, or cannot be read.
fn without_file(room: &Arc<Room>, visit: &Visit, fault: Option<Fault>) -> Response<Body> {
    refused(visit, fault.map_or(Refusal::NotFound(Noun::Media), |fault| room.own_up(fault, &visit.call)))
}

/// A refusal in place of the answer that was meant.
fn refused(visit: &Visit, refusal: Refusal) -> Response<Body> {
    let reply = visit.dialect.answer(&visit.call, Err(refusal));
    let body = if let Content::Bytes(bytes) = reply.body { bytes } else { Bytes::new() };
    with(reply.status, reply.headers, Body::from(body))
}

fn with(status: StatusCode, headers: http::HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Says which methods there are; where pages of other sites may call, also that they may (contract greenapi.md §1.1).
pub(crate) fn preflight(dialect: &dyn Dialect, allow: &[&'static str]) -> Response<Body> {
    let mut response = reply::plain(StatusCode::NO_CONTENT);
    let methods = [allow, &["OPTIONS"]].concat().join(", ");
    let mut reply = Reply::empty(StatusCode::NO_CONTENT);
    reply::complete(&mut reply, dialect, None);
    let headers = response.headers_mut();
    headers.extend(reply.headers);
    if let Ok(methods) = HeaderValue::from_str(&methods) {
        headers.insert(ALLOW, methods.clone());
        if dialect.cors() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("1728000"));
        }
    }
    response
}

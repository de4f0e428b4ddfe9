//! Streams over a WebSocket (RFC 6455), for callers that ask for one.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, StatusCode};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use sluice_dialect::{Call, Reply};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Bytes of a message from the caller: what it says is of no interest.
const HEARD: usize = 64 * 1024;

/// The headers that agree to the caller's request; `None` when it is no request for a WebSocket of version 13.
pub(crate) fn agree(call: &Call) -> Option<HeaderMap> {
    let says = |name, word: &str| {
        let value = call.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    if !(says(UPGRADE, "websocket") && says(CONNECTION, "upgrade") && says(SEC_WEBSOCKET_VERSION, "13")) {
        return None;
    }
    let accept = derive_accept_key(call.headers.get(SEC_WEBSOCKET_KEY)?.as_bytes());
    let reply = Reply::empty(StatusCode::SWITCHING_PROTOCOLS)
        .with(UPGRADE, HeaderValue::from_static("websocket"))
        .with(CONNECTION, HeaderValue::from_static("Upgrade"))
        .with(SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&accept).ok()?);
    Some(reply.headers)
}

/// Sends the messages as they come, until there are no more or the caller leaves.
pub(crate) async fn pump(upgrade: OnUpgrade, mut messages: mpsc::Receiver<Bytes>) {
    let Ok(upgraded) = upgrade.await else { return };
    let config = WebSocketConfig::default().max_message_size(Some(HEARD)).max_frame_size(Some(HEARD));
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    loop {
        let sent = tokio::select! {
            message = messages.recv() => match message {
                Some(beat) if beat.is_empty() => socket.send(Message::Ping(beat)).await,
                Some(text) => socket.send(Message::Text(Utf8Bytes::try_from(text).unwrap_or_default())).await,
                None => break,
            },
            // Reading is also what answers the caller's pings.
            heard = socket.next() => match heard {
                Some(Ok(message)) if !message.is_close() => Ok(()),
                _ => break,
            },
        };
        if sent.is_err() {
            break;
        }
    }
    // Whoever has left already need not be told.
    let _ = socket.close(None).await;
}

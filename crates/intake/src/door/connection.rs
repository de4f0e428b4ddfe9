//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::seats::Seats;
use super::{Closing, refused};
use crate::Limits;
use crate::room::Room;

/// hyper keeps places for so many headers on the stack; a greater limit costs an allocation for each request.
const HEADERS_AT_HAND: usize = 100;

/// Reads ahead of a body; far above the head's limit, which is checked apart.
const BUFFER: usize = 64 * 1024;

/// Serves the connection until its peer, a deadline or the drain ends it.
pub(super) async fn serve(room: Arc<Room>, stream: TcpStream, peer: IpAddr, closing: Closing) {
    // An answer is written in one piece, so waiting for more to send with it only costs time.
    let _ = stream.set_nodelay(true);
    let spoke = tokio::select! {
        spoke = tokio::time::timeout(room.limits.first_byte, stream.readable()) => spoke,
        () = closing.leaving.cancelled() => return,
    };
    if spoke.is_err() {
        return refused("first_byte");
    }
    let service = service_fn({
        let room = Arc::clone(&room);
        move |request| {
            let room = Arc::clone(&room);
            async move { Ok::<_, Infallible>(room.receive(request, peer).await) }
        }
    });
    let connection = protocol(&room.limits).serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.leaving.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = closing.cut.cancelled() => return,
            }
        }
    };
    if let Err(error) = ended {
        if error.is_timeout() {
            refused("header");
        } else if error.is_parse_too_large() {
            refused("header_bytes");
        }
        tracing::debug!(%error, "a connection ended");
    }
}

fn protocol(limits: &Limits) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_header_size(limits.header_bytes)
        .max_buf_size(BUFFER.max(limits.header_bytes))
        .pipeline_flush(true);
    if limits.header_count > HEADERS_AT_HAND {
        protocol.max_headers(limits.header_count);
    }
    protocol
}

const NO_ROOM: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Tells a connection that there is no room for it, as long as few are being told; the rest are only closed.
pub(super) fn turn_away(seats: &Arc<Seats>, mut stream: TcpStream) {
    let Some(telling) = seats.may_tell() else { return };
    tokio::spawn(async move {
        let told = async {
            stream.write_all(NO_ROOM).await?;
            stream.shutdown().await?;
            // Closing over bytes unread would reset the connection, and the peer would lose the answer.
            let mut unread = [0_u8; 4096];
            while stream.read(&mut unread).await? > 0 {}
            Ok::<_, std::io::Error>(())
        };
        // A peer that does not care to listen has had its chance.
        let _ = tokio::time::timeout(Duration::from_millis(500), told).await;
        drop(telling);
    });
}

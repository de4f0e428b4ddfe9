//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::seats::{Seat, Seats};
use super::{Closing, LINGER, refused, socket};
use crate::Limits;
use crate::room::Room;

/// hyper keeps places for so many headers on the stack; a greater limit costs an allocation for each request.
const HEADERS_AT_HAND: usize = 100;

/// A caller for whom there is no room is told so when it has spoken, within this time.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reads ahead of a body; far above the head's limit, which is checked apart.
const BUFFER: usize = 64 * 1024;

/// Serves the connection until its peer, a deadline or the drain ends it; then its seat is free.
pub(super) async fn serve(room: Arc<Room>, stream: TcpStream, peer: IpAddr, closing: Closing, _seat: Seat) {
    // An answer is written in one piece, so waiting for more to send with it only costs time.
    let _ = stream.set_nodelay(true);
    let spoke = tokio::select! {
        spoke = tokio::time::timeout(room.limits.first_byte, has_spoken(&stream)) => spoke,
        // It came at the last moment, and may have its call on the way.
        () = closing.leaving.cancelled() => match tokio::time::timeout(LINGER, has_spoken(&stream)).await {
            Ok(spoke) => Ok(spoke),
            Err(_) => return,
        },
    };
    if spoke.is_err() {
        return refused("first_byte");
    }
    let service = service_fn({
        let room = Arc::clone(&room);
        move |request| room.receive(request, peer).map(Ok::<_, Infallible>)
    });
    let (stream, back) = socket::lend(stream);
    let ended = {
        let connection = protocol(&room.limits).serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            // hyper would close a connection on which it has read nothing yet, and what the peer has just sent may be on
            // its way through the system: its answer ends the connection too.
            () = closing.leaving.cancelled() => match tokio::time::timeout(LINGER, connection.as_mut()).await {
                Ok(ended) => ended,
                Err(_) => {
                    connection.as_mut().graceful_shutdown();
                    tokio::select! {
                        ended = connection => ended,
                        () = closing.cut.cancelled() => return,
                    }
                }
            },
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
        if error.is_timeout() {
            return refused("header");
        }
        if error.is_parse_too_large() {
            refused("header_bytes");
        }
    }
    if let Ok(stream) = back.await {
        // Boxed, or every connection would keep room for it as long as it lasts.
        Box::pin(socket::close(stream)).await;
    }
}

/// Waits for the first byte. (`readable` says that of a new socket at once.)
async fn has_spoken(stream: &TcpStream) -> std::io::Result<usize> {
    stream.peek(&mut [0]).await
}

fn protocol(limits: &Limits) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_header_size(limits.header_bytes)
        .max_buf_size(BUFFER.max(limits.header_bytes));
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
            has_spoken(&stream).await?;
            stream.write_all(NO_ROOM).await
        };
        if let Ok(Ok(())) = tokio::time::timeout(PATIENCE, told).await {
            socket::close(stream).await;
        }
        drop(telling);
    });
}

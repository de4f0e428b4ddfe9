//! From a listening socket to requests: deadlines and limits per connection, and the drain.

pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod peer;

mod connection;
mod seats;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod shutter;
mod socket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sluice_telemetry::names;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::room::Room;
use seats::Seats;

/// Once all that was begun is finished, kept-alive connections get so long to hear of the drain by a 503 instead of
/// finding their connection closed.
const LINGER: Duration = Duration::from_millis(250);

/// After a failed accept (no descriptors left): long enough not to spin, short enough not to be noticed.
const PAUSE: Duration = Duration::from_millis(50);

/// The stages of closing, each later than the one before. The first of them is [`Room::closing`].
#[derive(Clone, Default)]
struct Closing {
    /// Connections end after the answer they are at.
    leaving: CancellationToken,
    /// Connections end.
    cut: CancellationToken,
}

/// Serves until `shutdown`, then drains.
pub(crate) async fn serve(room: Arc<Room>, listener: TcpListener, shutdown: CancellationToken) {
    let seats = Arc::new(Seats::new(&room.limits));
    let connections = TaskTracker::new();
    let closing = Closing::default();
    let ledger = tokio::spawn(room.ledger.keep(Arc::clone(&room.store)));

    let let_in = |(stream, peer)| seat(&room, &seats, &connections, &closing, stream, peer);
    admit(&listener, drain(&room, &listener, &shutdown), let_in).await;
    // With the port closes the queue before it; who stands there is let in first, and hears 503 as well.
    queued(listener).into_iter().for_each(let_in);

    closing.leaving.cancel();
    connections.close();
    if tokio::time::timeout(LINGER.max(room.limits.drain / 10), connections.wait()).await.is_err() {
        closing.cut.cancel();
        connections.wait().await;
    }
    room.ledger.close();
    // The last lines of the request log are worth a moment, not a hanging exit.
    if tokio::time::timeout(room.limits.drain / 10 + PAUSE, ledger).await.is_err() {
        tracing::warn!("the request log was not written to its end");
    }
}

/// Takes connections until the gateway is drained. While it drains they are still taken: they hear 503 and when to come again.
async fn admit(listener: &TcpListener, drained: impl Future<Output = ()>, let_in: impl Fn((TcpStream, SocketAddr))) {
    let mut drained = std::pin::pin!(drained);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut drained => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(connection) => let_in(connection),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Gives the connection a seat, or says that there is none.
fn seat(
    room: &Arc<Room>,
    seats: &Arc<Seats>,
    connections: &TaskTracker,
    closing: &Closing,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let address = peer.ip().to_canonical();
    match seats.take(address) {
        Ok(seat) => {
            connections.spawn(connection::serve(Arc::clone(room), stream, address, closing.clone(), seat));
        }
        Err(full) => {
            refused(full.reason());
            connection::turn_away(seats, stream);
        }
    }
}

/// The connections that the system took and nobody has accepted yet; then the port is closed.
fn queued(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    // Asked of the system itself: tokio would have to hear of them first.
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let next = || {
        let (stream, peer) = listener.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    };
    std::iter::from_fn(next).collect()
}

/// Waits for the shutdown, then until what was begun is finished, at most as long as the drain may take.
async fn drain(room: &Room, listener: &TcpListener, shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    room.closing.cancel();
    room.begun.close();
    let finished = async {
        room.begun.wait().await;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Err(error) = shutter::pull(listener) {
            tracing::debug!(%error, "the port lets callers in until it closes");
        }
        tokio::time::sleep(LINGER.min(room.limits.drain / 4)).await;
    };
    // What is left of the drain belongs to answers that are still being written.
    if tokio::time::timeout(room.limits.drain * 3 / 4, finished).await.is_err() {
        tracing::warn!("requests are still being worked on at the end of the drain");
    }
}

/// Counts a connection refused or cut, by the limit that was met.
fn refused(reason: &'static str) {
    metrics::counter!(names::INTAKE_CONNECTIONS_REFUSED, names::label::REASON => reason).increment(1);
}

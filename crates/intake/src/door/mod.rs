//! From a listening socket to requests: deadlines and limits per connection, and the drain.

pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod peer;

mod connection;
mod seats;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use sluice_telemetry::names;
use tokio::net::TcpListener;
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

    let mut draining = std::pin::pin!(drain(&room, &shutdown));
    loop {
        // New connections are still taken while the drain goes on: they hear 503 and when to come again.
        let accepted = tokio::select! {
            biased;
            () = &mut draining => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let address = peer.ip().to_canonical();
                match seats.take(address) {
                    Ok(seat) => {
                        let served = connection::serve(Arc::clone(&room), stream, address, closing.clone());
                        connections.spawn(async move {
                            served.await;
                            drop(seat);
                        });
                    }
                    Err(full) => {
                        refused(full.reason());
                        connection::turn_away(&seats, stream);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);

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

/// Waits for the shutdown, then until what was begun is finished, at most as long as the drain may take.
async fn drain(room: &Room, shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    room.closing.cancel();
    room.begun.close();
    let finished = async {
        room.begun.wait().await;
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

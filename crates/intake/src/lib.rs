//! The room where calls come in: an own accept loop with deadlines and limits, the key before anything else, the
//! dialects' tables for routes, idempotency, the carrying out of commands against the shelves, long polls, streams and
//! the request log.
//!
//! The way of a call: [`door`] accepts the connection, [`dispatch`] finds the dialect and its endpoint, [`auth`] checks
//! the key, `door::body` reads what came along, the dialect reads it into a command, [`submit`] carries it out, the
//! dialect puts the outcome into its words, [`respond`] and [`reply`] send it and [`log`] keeps a line of it: as much as
//! [`secrecy`] allows, as [`mask`] leaves it.
//!
//! Architecture invariants: nothing of a call but its head is read before its key was checked; every id that a call
//! names is checked to be in reach of its key; a call that was read is carried out even if its caller hangs up; nothing
//! secret reaches the request log.

mod auth;
mod catalog;
mod dispatch;
mod door;
mod guesses;
mod log;
mod mask;
mod pages;
mod parts;
mod rates;
mod reply;
mod respond;
mod room;
mod secrecy;
mod settings;
mod socket;
mod stream;
mod submit;
mod tell;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use catalog::ConnectorCatalog;
pub use parts::{Parts, Seal, TestCall, seals};
pub use settings::Limits;

/// The room, furnished and not yet open.
pub struct Intake(Arc<room::Room>);

impl Intake {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(room::Room::new(parts)))
    }

    /// Serves `listener` until `shutdown` is cancelled, then finishes what was begun and returns, after
    /// [`Limits::drain`] at the latest. Long polls and streams end at once; new calls are answered 503 meanwhile.
    pub async fn serve(self, listener: TcpListener, shutdown: CancellationToken) {
        door::serve(self.0, listener, shutdown).await;
    }
}

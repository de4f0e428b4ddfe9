//! A pretend WhatsApp: the server side of the protocol and the phones of its users, for tests.
//!
//! A [`World`] listens on loopback, for the WebSocket of linked devices and for plain HTTP of media. Its methods are the hands of
//! the people in it: they get phones, scan QR codes, write, read, and everything can be made to go wrong.

mod answers;
mod groups;
mod handset;
mod keys;
mod line;
mod login;
mod media;
mod node;
mod noise;
mod pairing;
mod relay;
mod state;
mod trouble;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use groups::Role;
pub use handset::{Chat, Heard, Manners, Past, Told};
pub use state::{Passed, Signal};
pub use trouble::Trouble;
pub use wacore::download::MediaType;
pub use wacore_binary::Jid;
pub use waproto::{buffa, whatsapp as proto};
pub use world::{Upload, World};

use keys::Keys;
use state::State;

/// What all connections share.
pub(crate) struct Inner {
    keys: Keys,
    state: Mutex<State>,
    /// Counts the changes, for those who wait for one.
    changes: watch::Sender<u64>,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and wakes who waits for it.
    fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let made = work(&mut self.lock());
        self.changes.send_modify(|count| *count += 1);
        made
    }
}

/// Takes connections until it is dropped; what it took ends with it.
async fn serve(inner: Arc<Inner>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let inner = inner.clone();
                connections.spawn(async move {
                    // A client that speaks nonsense loses its connection; the test sees that from the client.
                    let _ = connection(inner, stream).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A WebSocket at `/ws…`, HTTP anywhere else.
async fn connection(inner: Arc<Inner>, stream: TcpStream) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let mut start = [0; 7];
    while stream.peek(&mut start).await? < start.len() {
        stream.readable().await?;
    }
    if start != *b"GET /ws" {
        return media::serve(inner, stream).await;
    }
    let socket = tokio_tungstenite::accept_async(stream).await?;
    line::speak(&inner, socket).await
}

//! The right to speak for an account: one session's or one login's, for as long as its epoch is the account's.

use std::pin::Pin;
use std::sync::Arc;

use sluice_connector::{Closed, SessionState};
use sluice_model::{AccountId, Address};
use sluice_store::{Epoch, Fault};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::Parts;
use crate::guard::End;
use crate::insist::insist;

/// What the keeper is told from outside its own task, each under the epoch it was said in.
pub type Teller = mpsc::UnboundedSender<(Epoch, Word)>;

#[derive(Debug)]
pub enum Word {
    State(SessionState),
    /// Mark these as read at the messenger; no `remotes` means all of the chat.
    Read {
        chat: Address,
        remotes: Vec<String>,
    },
    /// The session panicked, or cannot get at what it needs.
    Broke,
    /// A lever of the connector was pulled: somebody may be logged in now.
    Levered,
    /// Somebody else speaks for the account now.
    Stale,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Mandate {
    pub parts: Arc<Parts>,
    pub account: AccountId,
    pub epoch: Epoch,
    pub teller: Teller,
    /// Cancelled when it ended: what comes later is not taken any more.
    pub closed: CancellationToken,
}

impl Mandate {
    pub fn new(parts: Arc<Parts>, account: AccountId, epoch: Epoch, teller: Teller) -> Self {
        Self { parts, account, epoch, teller, closed: CancellationToken::new() }
    }

    pub fn tell(&self, word: Word) {
        // A keeper that is gone needs to hear nothing.
        let _ = self.teller.send((self.epoch, word));
    }

    /// Reads what the messenger's side needs, waiting while the store cannot.
    pub async fn read<'a, T>(
        &self,
        verb: impl Fn() -> Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>> + Send,
    ) -> Result<T, Closed> {
        insist(&self.parts.clock, &self.closed, verb).await.map_err(|end| {
            if end == End::Stale {
                self.tell(Word::Stale);
            }
            Closed
        })
    }

    /// Writes what the messenger's side hands in, waiting while the store is full: the messenger waits with us.
    pub async fn write<'a, T>(
        &self,
        verb: impl Fn() -> Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>> + Send,
    ) -> Result<T, Closed> {
        if self.closed.is_cancelled() {
            return Err(Closed);
        }
        self.read(verb).await
    }
}

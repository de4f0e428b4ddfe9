//! What the house remembers of what sessions handed in: a connector need not keep it a second time.

use async_trait::async_trait;
use sluice_model::Address;

use crate::Closed;

#[async_trait]
pub trait Recall: Send + Sync {
    /// What others wrote in `chat`, in any order: of `remotes` those that are known; where it names none, the newest as far
    /// as they are unread. A few hundred at most.
    async fn received(&self, chat: &Address, remotes: &[String]) -> Result<Vec<Received>, Closed>;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The id at the messenger.
    pub remote: String,
    /// Its author, where the messenger said who.
    pub sender: Option<Address>,
}

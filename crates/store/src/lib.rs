//! The shelves: what the house keeps, as traits. Rooms never call each other; they lay things on a shelf and ring the
//! [`Bell`].
//!
//! Every verb takes and returns batches and is one transaction: group commit is part of the type. A verb that has
//! returned `Ok` is on disk.
//!
//! Architecture invariants: every verb takes the workspace or the account from the caller's key, never from a path;
//! what a session causes carries the account's [`Epoch`] and is refused when that is stale; an engine passes the
//! [`conformance`] suite or is not an engine.

pub mod asks;
pub mod bell;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod fault;
pub mod shelf;

pub use bell::{Bell, Ring};
pub use fault::Fault;
pub use shelf::accounts::{self, Accounts, Epoch};
pub use shelf::archive::{self, Archive};
pub use shelf::blobs::{self, Blobs};
pub use shelf::deliveries::{self, Deliveries};
pub use shelf::journal::{self, Journal};
pub use shelf::keys::{self, Keys};
pub use shelf::listeners::{self, Listeners};
pub use shelf::outbox::{self, Outbox};
pub use shelf::requests::{self, Requests};
pub use shelf::templates::{self, Templates};
pub use shelf::vault::{self, Vault};

/// All shelves of one engine.
pub trait Store:
    Outbox + Journal + Archive + Deliveries + Accounts + Keys + Listeners + Templates + Requests + Vault + Health + 'static
{
    fn bell(&self) -> &Bell;
}

/// Whether the engine can still promise what it says.
pub trait Health: Send + Sync {
    /// Turns to `Some` once and for all when a commit could not be made durable: the gateway must stop accepting and
    /// exit.
    fn broken(&self) -> tokio::sync::watch::Receiver<Option<Fault>>;
}

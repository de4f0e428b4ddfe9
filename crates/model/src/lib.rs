//! The nouns of the house: what is said (content, message), what is asked for (order, ask), what happened (event),
//! who is meant (address, account, key, listener) and what can go wrong (refusal, failure).
//!
//! Architecture invariant: nothing here does I/O, waits, reads a clock or rolls dice. Time comes in as a
//! [`Timestamp`], randomness as a key.

pub mod ability;
pub mod account;
pub mod address;
pub mod ask;
pub mod command;
pub mod content;
pub mod delivery;
pub mod device;
pub mod event;
pub mod failure;
pub mod id;
pub mod key;
pub mod listener;
pub mod message;
pub mod order;
pub mod outcome;
pub mod refusal;
pub mod sealed;
pub mod spelling;
pub mod template;
pub mod time;

pub use ability::{Abilities, Ability};
pub use account::{Account, Channel, LoginStep, Workspace};
pub use address::{Address, Party};
pub use ask::{Answer, Ask};
pub use command::Command;
pub use content::Content;
pub use event::{Entry, Event};
pub use failure::Failure;
pub use id::{AccountId, EventId, Id, KeyId, ListenerId, MessageId, Position, RequestId, WorkspaceId};
pub use key::{Key, Scope};
pub use listener::Listener;
pub use message::{Message, State};
pub use order::{Draft, Order};
pub use outcome::Outcome;
pub use refusal::Refusal;
pub use sealed::Sealed;
pub use spelling::Spelling;
pub use template::Template;
pub use time::Timestamp;

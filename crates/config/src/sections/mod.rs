//! One file per section; a field's doc comment is its text in the reference.

mod connectors;
mod courier;
mod data;
mod limits;
mod log;
mod outside;
mod relay;
mod security;
mod server;
mod store;

pub use connectors::{Connectors, Sandbox, WhatsappWeb};
pub use courier::Courier;
pub use data::Data;
pub use limits::Limits;
pub use log::{Format, Level, Log};
pub use outside::Outside;
pub use relay::Relay;
pub use security::{OwnerSetup, Security};
pub use server::Server;
pub use store::{Engine, Sqlite, Store};

//! The rig of the black-box tests and the trials: it starts the built binary and talks to it as users do.

pub mod chat_api;
pub mod devino;
pub mod gateway;
pub mod golden;
pub mod green;
pub mod human;
pub mod phone;
pub mod proxy;
pub mod random;
pub mod receiver;
pub mod sample;
pub mod schema;
pub mod tools;
pub mod wahelp;
pub mod wappi;
pub mod whatsapp;

pub use gateway::Gateway;
pub use human::Human;
pub use receiver::{Call, Receiver, Script};

/// A client without a proxy. Connections are kept.
pub fn http() -> reqwest::Client {
    // The HTTP library asks the process for its cryptography; a second call finds it set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client of defaults can be made")
}

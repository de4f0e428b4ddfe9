//! The only way out: an HTTP client that cannot be talked into calling our own network.
//!
//! Every address that a caller may choose (webhooks, media links, proxies) is reached through [`Client`]:
//!
//! 1. [`Guard::check_url`] looks at the text: scheme, port, user names, and addresses written as numbers;
//! 2. the name is resolved inside the connection's own resolver ([`Names`]) and [`Guard::check_addresses`]
//!    looks at the answer, so nothing can change between the check and the connect (DNS rebinding);
//! 3. no redirect is followed by [`Client::send`], and [`Client::download`] and
//!    [`Client::peek`] check every hop anew;
//! 4. everything is bounded in time and size: [`Limits`].

mod client;
mod dial;
mod download;
mod exchange;
mod guard;
mod limits;
mod peek;
mod resolve;
mod tls;
mod trouble;

pub use client::{Answer, Client, Request, Settings, Unusable};
pub use dial::{Duplex, Stream};
pub use download::Downloaded;
pub use exchange::{Exchange, Outgoing};
pub use guard::{Allowed, Guard, NotAllowed, Refused};
pub use limits::{DownloadLimits, GLIMPSE, Limits};
pub use peek::Peeked;
pub use resolve::{Names, SystemNames};
pub use trouble::{Stage, Trouble};
pub use url::Url;

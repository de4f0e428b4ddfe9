//! The two ways to WhatsApp: the socket that messages go over, and HTTP for files and the protocol's version; and the
//! way to pages that links lead to. All go through `outside`, and through the account's proxy where it has one.

mod http;
mod pages;
mod seals;
mod socket;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use sluice_connector::Home;
use sluice_outside::{Client, Unusable};

use crate::settings::Settings;

pub use self::http::Web;
pub use self::pages::Pages;
pub use self::seals::Seals;
pub use self::socket::Socket;

/// Why nothing may go out.
#[derive(Debug, thiserror::Error)]
enum NoWay {
    #[error("the account's proxy cannot be read any more; set it again")]
    Sealed,
    #[error(transparent)]
    Unusable(#[from] Unusable),
}

/// The way out of one account.
#[derive(Clone)]
struct Way {
    settings: Arc<Settings>,
    proxy: Option<Arc<str>>,
}

impl Way {
    fn of(settings: &Arc<Settings>, home: &Home) -> Self {
        Self { settings: settings.clone(), proxy: home.proxy.clone() }
    }

    /// A client with connections of its own where there is a proxy: it is made for each use, because it is large, and
    /// most sessions are idle most of the time.
    fn client(&self) -> Result<Client, NoWay> {
        match self.proxy.as_deref() {
            Some("") => Err(NoWay::Sealed),
            Some(proxy) => Ok(self.settings.outside.with_proxy(proxy)?),
            None => Ok(self.settings.outside.clone()),
        }
    }
}

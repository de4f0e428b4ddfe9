//! Pages of the web that links lead to, looked at through the account's own way out.

use std::sync::Arc;
use std::time::Duration;

use sluice_connector::Home;
use sluice_outside::{Limits, Peeked};

use super::Way;
use crate::settings::Settings;

pub struct Pages(Way);

impl Pages {
    /// `None` where the operator wants none to be looked at.
    pub fn of(settings: &Arc<Settings>, home: &Home) -> Option<Self> {
        settings.link_previews.then(|| Self(Way::of(settings, home)))
    }

    /// The first `bytes` of what lies at `url`; `None` where nothing can be had.
    pub async fn peek(&self, url: &str, bytes: usize, within: Duration) -> Option<Peeked> {
        let client = self.0.client().ok()?;
        let peeked = client.peek(url, Limits { headers: within, total: within, answer: bytes }).await;
        peeked.inspect_err(|trouble| tracing::debug!(%trouble, "there is no card for a link")).ok()
    }
}

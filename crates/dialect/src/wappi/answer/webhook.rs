//! Webhook settings (contract §2.12).

use sluice_model::{Channel, Outcome};

use crate::wappi::read::webhook::{wanted_types, wanted_url};
use crate::wappi::{platform, profile_of, switches};
use crate::{Call, Reply};

use super::Body;

pub fn url_set(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(told(call, format!("webhook url: {}", wanted_url(call).ok()?)))
}

pub fn url_deleted(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(told(call, "webhook was deleted".to_owned()))
}

/// The types in brackets with blanks between, as Go prints a list.
pub fn types_set(call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(told(call, format!("webhook types: [{}]", wanted_types(call).ok()?.join(" "))))
}

/// The phrase is shown to Telegram's clients only: elsewhere upstream does not show it, and it is a secret.
pub fn url_shown(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Switches { listener, secret, .. } = outcome else {
        return None;
    };
    let url = listener.as_ref().and_then(|listener| switches::url(listener)).unwrap_or_default();
    let telegram = platform::of(call) == Some(Channel::TelegramUser);
    let body = Body::default()
        .and("detail", if url.is_empty() { "webhook is not set".to_owned() } else { format!("webhook url: {url}") })
        .and("status", "done")
        .and("url", url)
        .maybe("auth", telegram.then(|| secret.unwrap_or_default()))
        .and("installed", !url.is_empty());
    Some(body.ok())
}

fn told(call: &Call, detail: String) -> Reply {
    Body::task("done", call.at).and("detail", detail).and("uuid", profile_of(call)).ok()
}

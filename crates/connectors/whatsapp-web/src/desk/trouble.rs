//! What WhatsApp's refusals of a question mean. Nothing was sent, so nothing can have arrived.

use std::error::Error;
use std::time::Duration;

use sluice_connector::Closed;
use sluice_model::Failure;
use sluice_model::failure::{Retry, Why};
use whatsapp_rust::http::HttpStatusError;
use whatsapp_rust::{ErrorChainExt, anyhow};

/// When the server says that it was too much, and not for how long.
const REST: Duration = Duration::from_secs(60);

/// The trouble of a question that `what` names for a person: `the group`, `the picture`.
pub fn of_question<E: Error + 'static>(error: &E, what: &str) -> Failure {
    tracing::debug!(%error, what, "WhatsApp did not answer a question");
    if let Some(said) = error.server_rejection() {
        let rest = said.backoff.map_or(REST, |seconds| Duration::from_secs(seconds.into()));
        let note = |words: &str| format!("WhatsApp {words} {what} ({}).", said.code);
        return match said.code {
            401 | 403 => Failure::refused(Why::NotInGroup, note("does not let the account at")),
            404 | 410 => Failure::refused(Why::NotFound, note("does not know")),
            429 => {
                Failure::not_sent(Why::RateLimited, Retry::After(rest), note("wants a rest before it answers about"))
            }
            500..=599 => Failure::not_sent(Why::Unknown, Retry::BackOff, note("has trouble of its own with")),
            _ => Failure::refused(Why::Unknown, note("refused")),
        };
    }
    if error.is_transport_unavailable() {
        return Failure::not_sent(Why::Disconnected, Retry::Reconnected, "The connection to WhatsApp was lost.");
    }
    if error.is_timeout() {
        return Failure::not_sent(Why::Timeout, Retry::BackOff, format!("WhatsApp gave no answer about {what}."));
    }
    Failure::not_sent(Why::Unknown, Retry::BackOff, format!("WhatsApp could not be asked about {what}."))
}

/// The trouble of bringing a file to the media servers or of getting it from there.
pub fn of_file(error: &anyhow::Error) -> Failure {
    tracing::debug!(%error, "a file did not get through");
    let status = error.chain().find_map(|cause| cause.downcast_ref::<HttpStatusError>());
    match status.map(|refused| refused.status) {
        Some(413) => Failure::refused(Why::MediaTooLarge, "WhatsApp's media servers do not take so large a file."),
        Some(415) => Failure::refused(Why::MediaUnsupported, "WhatsApp's media servers do not take such a file."),
        Some(status @ (403 | 404 | 410)) => {
            Failure::refused(Why::NotFound, format!("WhatsApp's media servers have the file no more ({status})."))
        }
        Some(status) => {
            Failure::not_sent(Why::Unknown, Retry::BackOff, format!("WhatsApp's media servers said {status}."))
        }
        None => Failure::not_sent(Why::Unknown, Retry::BackOff, "WhatsApp's media servers cannot be reached."),
    }
}

/// A file of our own that cannot be read or written.
pub fn of_disk(error: std::io::Error) -> Failure {
    Failure::not_sent(Why::Unknown, Retry::BackOff, format!("A file cannot be used: {}.", error.kind()))
}

/// The account is another session's now.
pub fn gone(_: Closed) -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "This session is over.")
}

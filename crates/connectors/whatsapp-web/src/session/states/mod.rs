//! What the client's fate means to the account, in words for its owner. Pure.

use std::time::Duration;

use sluice_connector::SessionState;
use sluice_model::Timestamp;
use sluice_model::event::LogoutBy;
use sluice_model::failure::Why;
use whatsapp_rust::types::events::{
    ConnectFailure, ConnectFailureReason, Event, LoggedOut, TempBanReason, TemporaryBan,
};

/// When the messenger does not say how long a ban lasts, it is asked again after so long.
const BAN_UNKNOWN: Duration = Duration::from_secs(60 * 60);

/// What becomes of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The client goes on by itself.
    GoesOn(SessionState),
    /// The client has stopped; it may be started again then.
    Rests { state: SessionState, until: Timestamp },
    /// The session is over. `forget` empties the vault, `outdated` asks for the protocol's version anew.
    Over { state: SessionState, forget: bool, outdated: bool },
}

/// `None` for what says nothing about the session.
pub fn fate(event: &Event, now: Timestamp) -> Option<Fate> {
    let ended = |why, note: &str| over(SessionState::Ended { why, note: note.to_owned() });
    Some(match event {
        Event::Disconnected(lost) => Fate::GoesOn(SessionState::Disconnected {
            why: Why::Disconnected,
            note: format!("The connection to WhatsApp was lost ({}); it is being restored.", lost.reason),
        }),
        Event::LoggedOut(out) => logged_out(out),
        Event::StreamReplaced(_) => ended(
            Why::Disconnected,
            "Another program has connected with this login. If a copy of this gateway's data runs elsewhere, stop it.",
        ),
        Event::TemporaryBan(ban) => temporary_ban(ban, now),
        Event::ClientOutdated(_) => Fate::Over {
            state: SessionState::Ended {
                why: Why::Unsupported,
                note:
                    "WhatsApp takes this version of its protocol no more. The newest is being asked for; if this does \
                       not pass, update Sluicegate."
                        .to_owned(),
            },
            forget: false,
            outdated: true,
        },
        Event::ConnectFailure(failure) => connect_failure(failure, now),
        _ => return None,
    })
}

fn over(state: SessionState) -> Fate {
    Fate::Over { state, forget: false, outdated: false }
}

fn logged_out(out: &LoggedOut) -> Fate {
    let (by, note) = match out.reason {
        ConnectFailureReason::AccountLocked => (
            LogoutBy::Ban,
            "WhatsApp has locked this account. Open WhatsApp on the phone to see why and what can be done.",
        ),
        _ if out.on_connect => (
            LogoutBy::Device,
            "This device is linked no more: it was removed on the phone, or WhatsApp has ended the login. Log in again.",
        ),
        _ => (LogoutBy::Device, "This device was removed on the phone. Log in again."),
    };
    Fate::Over { state: SessionState::LoggedOut { by, note: note.to_owned() }, forget: true, outdated: false }
}

fn temporary_ban(ban: &TemporaryBan, now: Timestamp) -> Fate {
    let span = ban.expire.to_std().unwrap_or(BAN_UNKNOWN);
    let until = now.plus(span);
    let why = match ban.code {
        TempBanReason::SentToTooManyPeople => "it wrote to too many people who do not have it in their address books",
        TempBanReason::BlockedByUsers => "too many people have blocked it",
        TempBanReason::CreatedTooManyGroups => {
            "it made too many groups with people who do not have it in their address books"
        }
        TempBanReason::SentTooManySameMessage => "it sent the same message to too many people",
        TempBanReason::BroadcastList => "it sent too much to broadcast lists",
        TempBanReason::Unknown(_) => "WhatsApp's rules were broken",
    };
    let hours = span.as_secs().div_ceil(3600);
    let note = format!("WhatsApp has banned this account for about {hours} h: {why}. Send nothing until then.");
    Fate::Rests { state: SessionState::Blocked { until: Some(until), note }, until }
}

fn connect_failure(failure: &ConnectFailure, now: Timestamp) -> Fate {
    let reason = failure.reason;
    if reason == ConnectFailureReason::TempBanned {
        let note = "WhatsApp has banned this account and does not say for how long.".to_owned();
        return Fate::Rests { state: SessionState::Blocked { until: None, note }, until: now.plus(BAN_UNKNOWN) };
    }
    let said = failure.message.as_deref().map(|said| format!(", \"{said}\"")).unwrap_or_default();
    let code = reason.code();
    if reason.should_reconnect() {
        let note = format!("WhatsApp does not take connections now ({code}{said}); it is being tried again.");
        return Fate::GoesOn(SessionState::Disconnected { why: Why::Disconnected, note });
    }
    let note = format!("WhatsApp refused the connection ({code}{said}); it is tried again with growing pauses.");
    over(SessionState::Ended { why: Why::Disconnected, note })
}

#[cfg(test)]
mod tests;

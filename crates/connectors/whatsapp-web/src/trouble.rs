//! What went wrong with a send, in the house's words: did the message surely not leave, or may it have?

use std::time::Duration;

use sluice_model::Failure;
use sluice_model::failure::{Retry, Why};
use whatsapp_rust::client::ClientError;
use whatsapp_rust::socket::error::EncryptSendErrorKind;
use whatsapp_rust::{ErrorChainExt, IqError, SendError};

/// WhatsApp names no time after which it takes new chats again; a day's cap is over in a day at most.
const NEW_CHATS_REST: Duration = Duration::from_secs(60 * 60);

/// The library could not send.
pub fn of_send(error: &SendError) -> Failure {
    tracing::debug!(%error, "a message could not be sent");
    match error {
        SendError::Client(ClientError::NotConnected) => disconnected(),
        SendError::Client(ClientError::EncryptSend(error)) => match error.kind {
            EncryptSendErrorKind::Crypto | EncryptSendErrorKind::Framing => {
                Failure::not_sent(Why::Unknown, Retry::BackOff, "The message could not be encrypted.")
            }
            // Nothing is written any more once a write has failed.
            EncryptSendErrorKind::Poisoned => disconnected(),
            _ => Failure::unknown("The connection broke while the message was on its way out."),
        },
        SendError::NotLoggedIn => {
            Failure::not_sent(Why::LoggedOut, Retry::Reconnected, "Nobody is logged in to this account.")
        }
        // What is asked before a message is sent: devices, keys, the group's members.
        SendError::Iq(error) => of_iq(error),
        SendError::InvalidRequest(why) => {
            Failure::refused(Why::InvalidRecipient, format!("This cannot be sent: {why}."))
        }
        // It may have failed behind the send as well as before it.
        _ => Failure::unknown("The message could not be sent, and it is not certain how far it came."),
    }
}

fn of_iq(error: &IqError) -> Failure {
    if let Some(said) = error.server_rejection() {
        let note = |words: &str| format!("WhatsApp {words} ({}).", said.code);
        return match said.code {
            401 | 403 => Failure::refused(Why::NotInGroup, note("does not let the account write there")),
            404 | 410 => Failure::refused(Why::NotOnMessenger, note("does not know the recipient")),
            429 => {
                let rest = said.backoff.map_or(Retry::BackOff, |s| Retry::After(Duration::from_secs(s.into())));
                Failure::not_sent(Why::RateLimited, rest, note("wants the account to slow down"))
            }
            _ => Failure::not_sent(Why::Unknown, Retry::BackOff, note("did not say who gets the message")),
        };
    }
    if error.is_timeout() {
        return Failure::not_sent(Why::Timeout, Retry::BackOff, "WhatsApp did not say in time who gets the message.");
    }
    disconnected()
}

/// The server's refusal of a message, by the code in its answer (`wacore::protocol::nack`, and what is seen in use).
pub fn of_refusal(code: &str) -> Failure {
    let note = |words: &str| format!("WhatsApp refused the message: {words} ({code}).");
    match code.parse() {
        Ok(401 | 403) => Failure::refused(Why::NotInGroup, note("the account may not write there")),
        Ok(404) => Failure::refused(Why::NotOnMessenger, note("it does not know the recipient")),
        Ok(405 | 406) => Failure::refused(Why::BlockedByRecipient, note("the recipient does not take it")),
        Ok(421) => Failure::not_sent(Why::Unknown, Retry::BackOff, note("it was made for an older state of the group")),
        Ok(429) => Failure::not_sent(Why::RateLimited, Retry::BackOff, note("too many messages")),
        Ok(463 | 475) => Failure::not_sent(
            Why::RateLimited,
            Retry::After(NEW_CHATS_REST),
            note("the account has begun too many new chats; let people write first"),
        ),
        Ok(413) => Failure::refused(Why::TooLong, note("it is too large")),
        Ok(500..=599) => Failure::not_sent(Why::Unknown, Retry::BackOff, note("the server has trouble of its own")),
        _ => Failure::refused(Why::Unknown, note("it does not say why")),
    }
}

pub fn disconnected() -> Failure {
    Failure::not_sent(Why::Disconnected, Retry::Reconnected, "The account is not connected to WhatsApp.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_surely_did_not_leave_is_called_not_sent() {
        let lost = SendError::Client(ClientError::EncryptSend(broken(EncryptSendErrorKind::Transport)));
        assert!(matches!(of_send(&lost), Failure::Unknown { .. }));
        let early = SendError::Client(ClientError::NotConnected);
        assert!(matches!(of_send(&early), Failure::NotSent { why: Why::Disconnected, retry: Retry::Reconnected, .. }));
        assert!(matches!(of_send(&SendError::Iq(IqError::Timeout)), Failure::NotSent { why: Why::Timeout, .. }));
    }

    #[test]
    fn a_refusal_says_whether_to_try_again() {
        for (code, why, again) in [
            ("403", Why::NotInGroup, false),
            ("404", Why::NotOnMessenger, false),
            ("429", Why::RateLimited, true),
            ("463", Why::RateLimited, true),
            ("479", Why::Unknown, false),
            ("503", Why::Unknown, true),
            ("nonsense", Why::Unknown, false),
        ] {
            let failure = of_refusal(code);
            assert_eq!((failure.why(), matches!(failure, Failure::NotSent { .. })), (why, again), "{code}");
            assert!(failure.note().contains(code));
        }
    }

    fn broken(kind: EncryptSendErrorKind) -> whatsapp_rust::socket::error::EncryptSendError {
        let mut error = whatsapp_rust::socket::error::EncryptSendError::transport(std::io::Error::other("gone"));
        error.kind = kind;
        error
    }
}

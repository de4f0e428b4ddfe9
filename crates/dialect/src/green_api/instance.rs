//! What GREEN-API calls an instance, told of an account.

use sluice_model::account::State;
use sluice_model::{Account, Channel, LoginStep};

/// `typeInstance` (contract greenapi.md §1.1: MAX is `v3`).
pub const fn kind(channel: Channel) -> &'static str {
    match channel {
        Channel::Whatsapp => "whatsapp",
        Channel::TelegramUser | Channel::TelegramBot => "telegram",
        Channel::Max => "v3",
        Channel::Sms => "sms",
    }
}

/// The channel of a `typeInstance`. A Telegram instance is a person's account; bots have tokens.
pub fn channel(kind: &str) -> Option<Channel> {
    match kind {
        "whatsapp" => Some(Channel::Whatsapp),
        "telegram" => Some(Channel::TelegramUser),
        "v3" | "max" => Some(Channel::Max),
        _ => None,
    }
}

/// The account's own chat id; empty when its number is not known.
pub fn wid(account: &Account) -> String {
    account.condition.phone.as_deref().map_or_else(String::new, |phone| format!("{phone}@c.us"))
}

/// `stateInstance`. A logged-in account that has lost its connection stays `authorized`: bots take everything else as
/// a reason to stop or to show a QR, and nothing is to be done about it. Only before its first connection is it
/// `starting`.
pub fn state(account: &Account) -> &'static str {
    let condition = &account.condition;
    match condition.state {
        State::Open => AUTHORIZED,
        State::Connecting if condition.logged_in_at.is_some() => AUTHORIZED,
        State::Connecting => "starting",
        State::Blocked => BLOCKED,
        State::Off => NOT_AUTHORIZED,
        State::LoginNeeded => match &condition.login {
            Some(LoginStep::AskCode { .. }) => "pendingCode",
            Some(LoginStep::AskPassword { .. }) => "pendingPassword",
            _ => NOT_AUTHORIZED,
        },
    }
}

pub const AUTHORIZED: &str = "authorized";
pub const NOT_AUTHORIZED: &str = "notAuthorized";
pub const BLOCKED: &str = "blocked";

#[cfg(test)]
mod tests {
    use sluice_model::Timestamp;

    use super::*;
    use crate::green_api::tests::account;

    #[test]
    fn a_reconnecting_account_stays_authorized() {
        let mut account = account();
        account.condition.state = State::Connecting;
        assert_eq!(state(&account), "authorized");
        account.condition.logged_in_at = None;
        assert_eq!(state(&account), "starting");
    }

    #[test]
    fn every_state_has_its_word() {
        let mut account = account();
        let words = State::ALL.map(|known| {
            account.condition.state = known;
            state(&account)
        });
        assert_eq!(words, ["notAuthorized", "authorized", "authorized", "blocked", "notAuthorized"]);
        account.condition.state = State::LoginNeeded;
        account.condition.login = Some(LoginStep::AskPassword { hint: None });
        assert_eq!(state(&account), "pendingPassword");
        account.condition.login = Some(LoginStep::ShowQr { data: String::new(), expires_at: Timestamp::NEVER });
        assert_eq!(state(&account), "notAuthorized");
    }
}

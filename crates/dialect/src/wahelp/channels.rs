//! Wahelp's words for messengers and for how a channel stands (contract §5).

use serde_json::{Value, json};
use sluice_model::account::State;
use sluice_model::{Account, Channel, LoginStep, Spelling};

use super::ids;

/// The word in `type`. Upstream's are known for WhatsApp only; clients speak of the others so.
pub const fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Whatsapp => "whatsapp",
        Channel::TelegramUser => "telegram",
        Channel::TelegramBot => "telegram_bot",
        Channel::Max => "max",
        Channel::Sms => "sms",
    }
}

pub fn read(word: &str) -> Option<Channel> {
    Some(match word.to_ascii_lowercase().as_str() {
        "whatsapp" | "wa" => Channel::Whatsapp,
        "telegram" | "tg" => Channel::TelegramUser,
        "telegram_bot" | "tg_bot" => Channel::TelegramBot,
        "max" => Channel::Max,
        "sms" => Channel::Sms,
        _ => return None,
    })
}

/// The channel as lists show it.
pub fn shown(spelling: &Spelling, account: &Account) -> Value {
    json!({
        "id": account.id.get(),
        "name": account.name,
        "uuid": ids::channel_uuid(spelling, account.id),
        "active": is_active(account.condition.state),
        "type": word(account.channel),
        "settings": {},
    })
}

/// The channel as messages show it.
pub fn short(spelling: &Spelling, account: &Account) -> Value {
    json!({"id": account.id.get(), "uuid": ids::channel_uuid(spelling, account.id), "name": account.name})
}

/// Somebody has scanned the code.
pub const fn is_active(state: State) -> bool {
    state.is_logged_in()
}

pub const fn status(state: State) -> &'static str {
    match state {
        State::Open => "connected",
        State::Connecting => "connecting",
        State::LoginNeeded => "wait_qr",
        State::Blocked => "blocked",
        State::Off => "off",
    }
}

/// What the person who connects the channel has to do now.
pub const fn step(step: &LoginStep) -> &'static str {
    match step {
        LoginStep::ShowQr { .. } => "wait_qr",
        LoginStep::ShowCode { .. } => "wait_pairing",
        LoginStep::AskPhone => "wait_phone",
        LoginStep::AskCode { .. } => "wait_code",
        LoginStep::AskPassword { .. } => "wait_password",
        LoginStep::Done => "connected",
        LoginStep::Failed { .. } => "failed",
    }
}

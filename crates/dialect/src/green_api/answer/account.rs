//! Account methods (contract greenapi.md §2.1).

use http::StatusCode;
use serde_json::{Value, json};
use sluice_model::account::State;
use sluice_model::{Account, Entry, Event, Listener, LoginStep, Refusal};

use crate::green_api::members::Members;
use crate::green_api::{errors, instance, settings};
use crate::{Call, Reply, qr};

pub fn settings(account: &Account, listener: Option<&Listener>, token: Option<&str>) -> Value {
    settings::show(account, listener, token)
}

pub fn saved() -> Value {
    json!({"saveSettings": true})
}

pub fn state(account: &Account) -> Value {
    json!({"stateInstance": instance::state(account)})
}

/// Newest first; only what changed the state as GREEN-API counts it.
pub fn state_history(account: &Account, entries: &[Entry]) -> Value {
    let own = account.condition.phone.as_deref();
    let states = entries.iter().filter_map(|entry| {
        let (state, phone) = match &entry.event {
            Event::AccountConnected { phone, .. } => (instance::AUTHORIZED, phone.as_deref().or(own)),
            Event::AccountLoggedOut { .. } => (instance::NOT_AUTHORIZED, own),
            Event::AccountBlocked { .. } => (instance::BLOCKED, own),
            _ => return None,
        };
        let told = Members::default().with("stateInstance", state).with("timestamp", entry.at.seconds());
        Some(Value::from(told.with("phoneNumber", phone.unwrap_or_default())))
    });
    Value::Array(states.collect())
}

pub fn status(account: &Account) -> Value {
    json!({"statusInstance": if account.condition.state == State::Open { "online" } else { "offline" }})
}

/// A QR lives some 20 seconds; clients ask again every second.
pub fn qr_code(step: Option<&LoginStep>) -> Value {
    match step {
        Some(LoginStep::ShowQr { data, .. }) => match qr::png_base64(data) {
            Some(picture) => json!({"type": "qrCode", "message": picture}),
            None => json!({"type": "error", "message": "the login has no QR code that can be drawn"}),
        },
        Some(LoginStep::Done) => already_logged(),
        Some(LoginStep::AskPassword { .. }) => {
            json!({"type": "pending_password", "message": "send the password by sendAuthorizationPassword"})
        }
        Some(LoginStep::AskCode { .. }) => {
            json!({"type": "pending_code", "message": "send the code by sendAuthorizationCode"})
        }
        Some(LoginStep::ShowCode { .. }) => {
            json!({"type": "error", "message": "a login by getAuthorizationCode is under way"})
        }
        Some(LoginStep::Failed { note }) => json!({"type": "error", "message": note}),
        Some(LoginStep::AskPhone) | None => {
            json!({"type": "error", "message": "instance in starting process try later"})
        }
    }
}

pub fn already_logged() -> Value {
    json!({"type": "alreadyLogged", "message": "instance account already authorized"})
}

/// Who logged in: the last message of the WebSocket. Its members are the documents'; what it is written as is not known.
pub fn logged_in(account: &Account) -> Value {
    json!({"type": "accountData", "message": {
        "wid": instance::wid(account),
        "pushname": account.condition.push_name.as_deref().unwrap_or_default(),
    }})
}

pub fn nobody_scanned() -> Value {
    json!({"type": "timeout", "message": "The QR code was not scanned in time"})
}

pub fn authorization_code(step: &LoginStep) -> Value {
    match step {
        LoginStep::ShowCode { code, .. } => json!({"status": true, "code": code}),
        _ => json!({"status": false, "code": ""}),
    }
}

/// Telegram and MAX.
pub fn authorization(step: &LoginStep) -> Value {
    match step {
        LoginStep::Failed { note } => json!({"status": false, "data": {"status": "error", "reason": note}}),
        _ => json!({"status": true, "data": {"status": "success", "reason": ""}}),
    }
}

pub fn not_authorized(call: &Call, refusal: &Refusal) -> Value {
    json!({"status": false, "data": {"status": "error", "reason": errors::words(call, refusal)}})
}

pub fn rebooted() -> Value {
    json!({"isReboot": true})
}

pub fn logged_out() -> Value {
    json!({"isLogout": true})
}

pub fn profile_picture(url: Option<String>) -> Value {
    json!({"reason": null, "urlAvatar": url, "setProfilePicture": true})
}

/// getWaSettings, and getAccountSettings of Telegram and MAX.
pub fn wa_settings(account: &Account) -> Value {
    let phone = account.condition.phone.as_deref().unwrap_or_default();
    json!({
        "avatar": "",
        "phone": phone,
        "stateInstance": instance::state(account),
        "deviceId": account.condition.lid.as_deref().unwrap_or_default(),
        "chatId": instance::wid(account),
    })
}

pub fn api_token(token: &str) -> Value {
    json!({"apiTokenInstance": token})
}

/// Deprecated by the vendor, and out of service: there is no phone to speak of.
pub fn device() -> Value {
    json!({
        "platform": "web", "deviceManufacturer": "", "deviceModel": "", "osVersion": "", "waVersion": "", "battery": 0,
    })
}

pub fn system_proxy() -> Value {
    json!({"setSystemProxy": true})
}

/// Some methods tell that a picture was not set with a 200 (contract §1.2).
pub fn picture_refused(call: &Call, refusal: &Refusal, key: &str) -> Option<Reply> {
    matches!(refusal, Refusal::Failed(_) | Refusal::Unsupported(_)).then(|| {
        let told = Members::default().with(key, false).with("reason", errors::words(call, refusal));
        Reply::json(StatusCode::OK, &Value::from(told.with("urlAvatar", Value::Null)))
    })
}

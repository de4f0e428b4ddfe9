//! How the account stands; its settings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Map, Value, json};
use sluice_model::account::State;
use sluice_model::{Account, Answer, LoginStep, Outcome};

use super::ok;
use crate::chat_api::{address, arguments, errors, settings as kept};
use crate::{Call, Reply, qr};

pub fn status(call: &Call, outcome: Outcome) -> Option<Reply> {
    let full = arguments::read(call).ok()?.flag("full") == Some(true);
    Some(match outcome {
        Outcome::Account(view) => standing(&view.account, full),
        Outcome::Answer(Answer::Login { step: LoginStep::ShowQr { data, .. } }) => {
            let image = qr::png_base64(&data)?;
            ok(&json!({
                "accountStatus": "got qr code",
                "qrCode": format!("data:image/png;base64,{image}"),
                "statusData": data_of("normal", "Scan the QR code", "", None),
            }))
        }
        Outcome::Answer(Answer::Login { step: LoginStep::Done }) => authenticated(),
        Outcome::Answer(Answer::Login { .. }) => {
            ok(&json!({"accountStatus": "init", "statusData": data_of("loading", "The login has begun", "", None)}))
        }
        _ => return None,
    })
}

pub fn authenticated() -> Reply {
    ok(&json!({"accountStatus": "authenticated"}))
}

fn standing(account: &Account, full: bool) -> Reply {
    let words = account.condition.reason.as_deref().unwrap_or_default();
    let (status, data) = match account.condition.state {
        State::Open => ("authenticated", data_of("normal", "Connected", words, None)),
        State::Connecting => ("loading", data_of("opening", "Connecting", words, Some("connecting"))),
        State::LoginNeeded => ("init", data_of("loading", "Nobody is logged in", words, None)),
        State::Blocked => ("init", data_of("offline", "The messenger has blocked the account", words, Some("offline"))),
        State::Off => ("init", data_of("offline", "The instance is switched off", words, Some("offline"))),
    };
    if status == "authenticated" && !full {
        return authenticated();
    }
    ok(&json!({"accountStatus": status, "statusData": data}))
}

fn data_of(substatus: &str, title: &str, msg: &str, reason: Option<&str>) -> Value {
    json!({"substatus": substatus, "title": title, "msg": msg, "submsg": "", "actions": {}, "reason": reason})
}

/// A picture, or an error where there is nothing to scan.
pub fn qr_code(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Answer(Answer::Login { step }) = outcome else { return None };
    let LoginStep::ShowQr { data, .. } = step else {
        return Some(errors::error(StatusCode::BAD_REQUEST, "there is no QR code to scan now"));
    };
    let png = STANDARD.decode(qr::png_base64(&data)?).ok()?;
    Some(Reply::bytes(StatusCode::OK, "image/png", png))
}

pub fn me(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else { return None };
    let name = view.account.condition.push_name.as_deref().unwrap_or(&view.account.name);
    Some(ok(&json!({"id": address::own(&view.account), "name": name})))
}

pub fn rebooted(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(ok(&json!({"success": true})))
}

pub fn asked_logout(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(asked("Logout"))
}

pub fn asked_takeover(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(asked("Takeover"))
}

pub fn asked_retry(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(asked("Retry"))
}

pub fn asked_expiry(_call: &Call, _outcome: Outcome) -> Option<Reply> {
    Some(asked("Expiry"))
}

/// Upstream's own sentence, which a client compares with.
fn asked(what: &str) -> Reply {
    ok(&json!({"success": true, "result": format!("{what} request sent to WhatsApp")}))
}

/// All of them, or what the call has changed.
pub fn settings(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Switches { account, listener, .. } = outcome else { return None };
    let (_, given) = kept::read(&arguments::read(call).ok()?).ok()?;
    Some(ok(&match given.is_empty() {
        true => Value::Object(kept::show(&account.account, listener.as_deref())),
        false => json!({ "updated": given }),
    }))
}

pub fn webhook(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Switches { listener, .. } = outcome else { return None };
    let url = kept::webhook(listener.as_deref());
    let mut body = Map::new();
    if kept::url(&arguments::read(call).ok()?).ok()?.is_some() {
        body.insert("set".to_owned(), json!(url.is_some()));
    }
    body.insert("webhookUrl".to_owned(), json!(url.unwrap_or_default()));
    Some(ok(&Value::Object(body)))
}

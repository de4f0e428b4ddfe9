//! Channels and how they stand (contract §5).

use serde_json::{Value, json};
use sluice_model::{Account, Answer, LoginStep, Outcome};

use super::ok;
use crate::wahelp::{channels, errors, hooks, ids};
use crate::{Call, Reply, qr};

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else {
        return None;
    };
    Some(ok(channels::shown(&call.spelling, &view.account)))
}

/// Those of the project in the path.
pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let (Outcome::Accounts(views), Some(project)) = (outcome, ids::read_project(call.param("project"))) else {
        return None;
    };
    let here = views.iter().filter(|view| hooks::has(project, &view.account));
    Some(ok(here.map(|view| channels::shown(&call.spelling, &view.account)).collect()))
}

pub fn status(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else {
        return None;
    };
    Some(ok(Value::Object(standing(&view.account))))
}

fn standing(account: &Account) -> serde_json::Map<String, Value> {
    let state = account.condition.state;
    let mut shown = serde_json::Map::new();
    shown.insert("status".to_owned(), channels::status(state).into());
    shown.insert("active".to_owned(), channels::is_active(state).into());
    if let Some(reason) = &account.condition.reason {
        shown.insert("reason".to_owned(), reason.clone().into());
    }
    shown
}

/// How it stands, who it is, and what its login waits for.
pub fn setup(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Account(view) = outcome else {
        return None;
    };
    let account = &view.account;
    let mut shown = standing(account);
    shown.insert("type".to_owned(), channels::word(account.channel).into());
    shown.insert("phone".to_owned(), account.condition.phone.as_ref().map(|phone| format!("+{phone}")).into());
    shown.insert("step".to_owned(), account.condition.login.as_ref().map(channels::step).into());
    Some(ok(Value::Object(shown)))
}

/// The step of a login that is to be done now.
pub fn step(call: &Call, outcome: Outcome) -> Option<Reply> {
    let step = match outcome {
        Outcome::Answer(Answer::Login { step }) => step,
        Outcome::Login(Some(step)) => step,
        Outcome::Login(None) => return Some(errors::refuse(call, &sluice_model::Refusal::TimedOut)),
        _ => return None,
    };
    let status = channels::step(&step);
    Some(match step {
        LoginStep::ShowQr { data, .. } => {
            let picture = format!("data:image/png;base64,{}", qr::png_base64(&data)?);
            ok(json!({"qr": picture, "status": status, "active": false}))
        }
        LoginStep::ShowCode { code, .. } => ok(json!({"qr": null, "status": status, "active": false, "code": code})),
        LoginStep::Failed { note } => errors::by_messenger(call, sluice_model::failure::Why::Unknown, &note),
        LoginStep::Done => connected(),
        LoginStep::AskPhone | LoginStep::AskCode { .. } | LoginStep::AskPassword { .. } => {
            ok(json!({"qr": null, "status": status, "active": false}))
        }
    })
}

/// Nothing is left to be done.
pub fn connected() -> Reply {
    ok(json!({"qr": null, "status": "connected", "active": true}))
}

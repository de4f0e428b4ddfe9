//! Webhooks (contract §9.1).

use serde_json::{Value, json};
use sluice_model::{Listener, Outcome};

use super::ok;
use crate::wahelp::{hooks, ids, is_webhook_here};
use crate::{Call, Reply};

pub fn one(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Listener(view) = outcome else {
        return None;
    };
    Some(ok(shown(call, &view.listener)))
}

/// Those of the project in the path that are called.
pub fn all(call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Listeners(views) = outcome else {
        return None;
    };
    let here = views.iter().map(|view| &view.listener).filter(|listener| {
        listener.dialect == "wahelp" && is_webhook_here(call, listener) && hooks::url(listener).is_some()
    });
    Some(ok(here.map(|listener| shown(call, listener)).collect()))
}

fn shown(call: &Call, listener: &Listener) -> Value {
    json!({
        "uuid": ids::webhook(&call.spelling, listener.id),
        "url": hooks::url(listener),
        "entities": hooks::entities(listener),
    })
}

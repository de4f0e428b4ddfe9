//! Projects (contract §5).

use serde_json::{Value, json};
use sluice_model::{Listener, Outcome};

use super::ok;
use crate::wahelp::{hooks, times};
use crate::{Call, Reply};

pub fn one(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Listener(view) = outcome else {
        return None;
    };
    Some(ok(shown(&view.listener)))
}

pub fn all(_call: &Call, outcome: Outcome) -> Option<Reply> {
    let Outcome::Listeners(views) = outcome else {
        return None;
    };
    let projects = views.iter().filter(|view| view.listener.dialect == "wahelp" && hooks::is_project(&view.listener));
    Some(ok(projects.map(|view| shown(&view.listener)).collect()))
}

fn shown(project: &Listener) -> Value {
    json!({"id": project.id.get(), "name": project.name, "created_at": times::moscow(project.created_at)})
}

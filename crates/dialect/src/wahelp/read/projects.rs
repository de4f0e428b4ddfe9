//! Projects (contract §5).

use sluice_model::command::{ListenerChange, NewListener};
use sluice_model::listener::Target;
use sluice_model::{Command, Refusal};

use super::body::fields;
use super::project;
use crate::Call;
use crate::wahelp::hooks;

pub fn add(call: &Call) -> Result<Command, Refusal> {
    Ok(Command::AddListener(NewListener {
        account: None,
        name: fields(call)?.name()?.ok_or(Refusal::Missing("name"))?,
        dialect: None,
        target: Target::Pull,
        events: Vec::new(),
        secret: None,
        switches: Some(hooks::of_project()),
    }))
}

pub fn all(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Listeners)
}

pub fn one(call: &Call) -> Result<Command, Refusal> {
    project(call).map(Command::Listener)
}

pub fn change(call: &Call) -> Result<Command, Refusal> {
    let change = ListenerChange { name: fields(call)?.name()?, ..ListenerChange::default() };
    Ok(Command::ChangeListener { id: project(call)?, change })
}

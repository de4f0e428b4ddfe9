//! Webhooks: the project's one default, and others beside it (contract §9.1).

use sluice_model::command::{ListenerChange, NewListener};
use sluice_model::listener::Target;
use sluice_model::refusal::Noun;
use sluice_model::{Command, Refusal};

use super::body::{Fields, fields};
use super::project;
use crate::Call;
use crate::wahelp::{hooks, ids};

/// Replaces the default one; without a URL it is removed. A client may name `events` of its own: it is told of all
/// messages in any case.
pub fn set(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    fields.texts("events")?;
    let change = ListenerChange {
        target: Some(fields.text("url")?.map_or(Target::Pull, |url| Target::Push { url })),
        switches: Some(hooks::with_entities(&[hooks::FIRST.to_owned()])),
        from_now: true,
        ..ListenerChange::default()
    };
    Ok(Command::ChangeListener { id: project(call)?, change })
}

/// All listeners of the workspace; the answer leaves out what is no webhook of the project.
pub fn all(_call: &Call) -> Result<Command, Refusal> {
    Ok(Command::Listeners)
}

pub fn add(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let entities = entities(&fields)?.unwrap_or_else(|| vec![hooks::FIRST.to_owned()]);
    Ok(Command::AddListener(NewListener {
        account: None,
        name: "webhook".to_owned(),
        dialect: None,
        target: Target::Push { url: fields.required("url")? },
        events: Vec::new(),
        secret: None,
        switches: Some(hooks::of_webhook(project(call)?, &entities)),
    }))
}

/// What is left out stays.
pub fn change(call: &Call) -> Result<Command, Refusal> {
    let fields = fields(call)?;
    let change = ListenerChange {
        target: fields.text("url")?.map(|url| Target::Push { url }),
        switches: entities(&fields)?.map(|entities| hooks::with_entities(&entities)),
        from_now: true,
        ..ListenerChange::default()
    };
    Ok(Command::ChangeListener { id: webhook(call)?, change })
}

/// The default one goes without its project.
pub fn remove(call: &Call) -> Result<Command, Refusal> {
    let (webhook, project) = (webhook(call)?, project(call)?);
    if webhook == project {
        let change = ListenerChange { target: Some(Target::Pull), ..ListenerChange::default() };
        return Ok(Command::ChangeListener { id: project, change });
    }
    Ok(Command::RemoveListener(webhook))
}

fn webhook(call: &Call) -> Result<sluice_model::ListenerId, Refusal> {
    ids::read_webhook(&call.spelling, call.param("webhook")).ok_or(Refusal::NotFound(Noun::Listener))
}

fn entities(fields: &Fields) -> Result<Option<Vec<String>>, Refusal> {
    let entities = fields.texts("entities")?.filter(|entities| !entities.is_empty());
    match entities.iter().flatten().find(|entity| !hooks::is_known(entity)) {
        None => Ok(entities),
        Some(unknown) => {
            let known = hooks::KNOWN.join(", ");
            Err(Refusal::invalid("entities", format!("'{unknown}' неизвестно; есть: {known}")))
        }
    }
}

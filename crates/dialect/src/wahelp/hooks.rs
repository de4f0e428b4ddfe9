//! Projects and their webhooks, as listeners of this dialect keep them.
//!
//! A project is a listener of the whole workspace: its number and name are the project's, its URL is the one default
//! webhook (`PUT hook`). Each further webhook (`POST webhooks`) is a listener that names its project. An account that was
//! made elsewhere belongs to no project and is a channel of each.

use serde_json::{Value, json};
use sluice_model::listener::Target;
use sluice_model::{Account, Listener, ListenerId};

const IS_PROJECT: &str = "is_project";
const PROJECT: &str = "project";
const ENTITIES: &str = "entities";

/// What a webhook may be told of; each may be narrowed to one action, as `channel.message.created` (contract §9.2).
pub const KNOWN: [&str; 4] = ["channel.message", "channel.user", "channel", "project"];
const ACTIONS: [&str; 3] = ["created", "updated", "deleted"];

/// What a webhook is told of that does not say.
pub const FIRST: &str = "channel.message";

/// The switches of a listener that is to be a project.
pub fn of_project() -> Value {
    json!({ IS_PROJECT: true, ENTITIES: [FIRST] })
}

/// The switches of a listener that is to be a webhook.
pub fn of_webhook(project: ListenerId, entities: &[String]) -> Value {
    json!({ PROJECT: project.get(), ENTITIES: entities })
}

pub fn with_entities(entities: &[String]) -> Value {
    json!({ ENTITIES: entities })
}

pub fn is_project(listener: &Listener) -> bool {
    listener.settings.get(IS_PROJECT) == Some(&Value::Bool(true))
}

/// The project that the listener is, or is a webhook of; `None` for one that was made through another API.
pub fn project_of(listener: &Listener) -> Option<ListenerId> {
    if is_project(listener) {
        return Some(listener.id);
    }
    listener.settings.get(PROJECT)?.as_u64().and_then(|id| u32::try_from(id).ok()).map(ListenerId)
}

pub fn entities(listener: &Listener) -> Vec<&str> {
    match listener.settings.get(ENTITIES).and_then(Value::as_array) {
        Some(entities) => entities.iter().filter_map(Value::as_str).collect(),
        None => vec![FIRST],
    }
}

pub fn url(listener: &Listener) -> Option<&str> {
    match &listener.target {
        Target::Push { url } => Some(url),
        _ => None,
    }
}

/// Whether the account is a channel of the project.
pub fn has(project: ListenerId, account: &Account) -> bool {
    account.settings.project.is_none_or(|own| own == project)
}

/// Whether the listener is told of what `action` names (`channel.message.created`) and happened to the account.
pub fn wants(listener: &Listener, account: &Account, action: &str) -> bool {
    let here = project_of(listener).is_none_or(|project| has(project, account));
    here && entities(listener).into_iter().any(|entity| {
        let rest = action.strip_prefix(entity);
        // `channel` is no beginning of `channel.message.created`.
        rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.').is_some_and(|rest| !rest.contains('.')))
    })
}

pub fn is_known(entity: &str) -> bool {
    let whole = |entity: &str| KNOWN.contains(&entity);
    whole(entity) || entity.rsplit_once('.').is_some_and(|(of, action)| whole(of) && ACTIONS.contains(&action))
}

#[cfg(test)]
mod tests {
    use sluice_model::Channel;

    use super::*;
    use crate::golden::world;
    use crate::wahelp::Wahelp;

    #[test]
    fn a_webhook_is_told_of_its_projects_channels_and_of_what_it_asked_for() {
        let mut listener = world::listener(
            &Wahelp,
            of_webhook(ListenerId(5), &["channel.message".into(), "channel.user.updated".into()]),
        );
        let mut account = world::account(Channel::Whatsapp);
        for (action, wanted) in [
            ("channel.message.created", true),
            ("channel.user.updated", true),
            ("channel.user.created", false),
            ("channel.updated", false),
        ] {
            assert_eq!(wants(&listener, &account, action), wanted, "{action}");
        }
        account.settings.project = Some(ListenerId(6));
        assert!(!wants(&listener, &account, "channel.message.created"), "another project's");
        account.settings.project = Some(ListenerId(5));
        listener.settings = of_webhook(ListenerId(5), &["channel".into()]);
        assert!(
            wants(&listener, &account, "channel.updated") && !wants(&listener, &account, "channel.message.created")
        );
    }

    #[test]
    fn entities_are_known_with_and_without_an_action() {
        for entity in ["channel.message", "channel.message.created", "project.deleted", "channel"] {
            assert!(is_known(entity), "{entity}");
        }
        for entity in ["", "message", "channel.message.sent", "channel.", "channel.message.created.twice"] {
            assert!(!is_known(entity), "{entity}");
        }
    }
}

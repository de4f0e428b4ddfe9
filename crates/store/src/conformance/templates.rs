//! Templates, and the orders that they spoil.

use sluice_model::failure::Why;
use sluice_model::message::{State, Trouble};
use sluice_model::template::Wording;
use sluice_model::{Template, Timestamp, WorkspaceId};

use super::{START, World, words};
use crate::outbox::{Accepted, Submission};

fn template(workspace: WorkspaceId, name: &str, text: &str, at: Timestamp) -> Template {
    let wording = Wording { language: "ru".into(), text: text.into(), approved: true };
    Template {
        workspace,
        name: name.into(),
        parameter_limit: 100,
        wordings: vec![wording],
        created_at: at,
        changed_at: at,
    }
}

pub async fn templates_are_their_workspaces_own(world: World) {
    let store = &world.store;
    let (ours, theirs) = (world.workspace, world.stranger.workspace);
    let greeting = template(ours, "greeting", "Привет, {{1}}", START);
    assert!(store.add_template(greeting.clone()).await.unwrap());
    assert!(!store.add_template(template(ours, "greeting", "again", START)).await.unwrap(), "one name, one template");
    assert_eq!(store.template(ours, "greeting").await.unwrap().as_deref(), Some(&greeting));
    assert_eq!(store.template(theirs, "greeting").await.unwrap(), None);
    assert!(store.add_template(template(ours, "farewell", "Пока", START)).await.unwrap());
    let names: Vec<_> = store.templates_of(ours).await.unwrap().iter().map(|known| known.name.clone()).collect();
    assert_eq!(names, ["farewell", "greeting"]);
    assert!(store.templates_of(theirs).await.unwrap().is_empty());

    let later = START.plus(std::time::Duration::from_secs(5));
    assert!(store.change_template(template(ours, "greeting", "Hi", later)).await.unwrap());
    let changed = store.template(ours, "greeting").await.unwrap().unwrap();
    assert_eq!((changed.wordings[0].text.as_str(), changed.created_at, changed.changed_at), ("Hi", START, later));
    assert!(!store.change_template(template(theirs, "greeting", "stolen", later)).await.unwrap());
    assert!(!store.remove_template(theirs, "greeting").await.unwrap());
    assert!(store.remove_template(ours, "greeting").await.unwrap());
    assert!(!store.remove_template(ours, "greeting").await.unwrap());
    assert_eq!(store.template(ours, "greeting").await.unwrap(), None);
}

pub async fn what_cannot_be_sent_fails_in_the_commit_that_accepts_it(mut world: World) {
    let orders = [world.order("111", "spoiled"), world.order("111", "good"), world.order("222", "spoiled too")];
    let trouble = Trouble { why: Why::TemplateMismatch, note: "takes 2 parameters, not 1".into() };
    let unsendable = vec![(orders[0].id(), trouble.clone()), (orders[2].id(), trouble.clone())];
    let submission = Submission { orders: orders.to_vec(), unsendable, idempotency: None, at: world.now };
    assert_eq!(world.store.accept(vec![submission]).await.unwrap(), [Accepted::New]);
    for spoiled in [&orders[0], &orders[2]] {
        assert_eq!(world.told(spoiled).await, ["message.failed"]);
        let kept = world.store.message(world.account, spoiled.id()).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.trouble), (State::Failed, Some(trouble.clone())));
    }
    assert_eq!(world.store.count_waiting(world.account).await.unwrap(), 1);
    assert_eq!(words(&world.claim(10).await), ["good"], "it holds up nobody");
}

//! Workspaces, accounts, keys, listeners, requests, vaults.

use serde_json::json;
use sluice_model::account::Condition;
use sluice_model::listener::{Off, Target};
use sluice_model::{RequestId, Scope};

use super::{START, World, new_account};
use crate::accounts::{Change, NewUser};
use crate::keys::NewKey;
use crate::listeners;
use crate::requests::Request;
use crate::shelf::Page;
use crate::{Epoch, Fault, Ring};

pub async fn accounts_belong_to_their_workspace_and_can_be_changed(world: World) {
    let store = &world.store;
    let second = store.add_account(new_account(world.workspace, "second")).await.unwrap();
    let names: Vec<_> = store.accounts_of(world.workspace).await.unwrap().iter().map(|a| a.name.clone()).collect();
    assert_eq!(names, ["first", "second"]);
    assert_eq!(store.all_accounts().await.unwrap().len(), 3);
    let mut bell = store.bell().listen();
    let change = Change { name: Some("renamed".into()), enabled: Some(false), settings: None };
    let changed = store.change_account(second.id, change).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.enabled), ("renamed", false));
    assert_eq!(store.account(second.id).await.unwrap().unwrap(), changed);
    while bell.recv().await.unwrap() != Ring::Account(second.id) {}

    let mut condition = Condition::new(START);
    condition.state = sluice_model::account::State::Open;
    condition.phone = Some("79990000001".into());
    store.set_condition(world.account, Some(world.epoch), condition.clone()).await.unwrap();
    assert_eq!(store.account(world.account).await.unwrap().unwrap().condition, condition);
    let stale = store.set_condition(world.account, Some(Epoch(0)), Condition::new(START)).await;
    assert_eq!(stale, Err(Fault::Stale));
    let next = store.take(world.account).await.unwrap();
    assert!(next > world.epoch);
}

pub async fn a_removed_account_is_gone_with_all_it_had(mut world: World) {
    let message = world.incoming("111", "IN1", "hi");
    world.record(message).await;
    let order = world.order("111", "never sent");
    world.accept(vec![order.clone()]).await;
    world.listener().await;
    let store = &world.store;
    assert!(store.remove_account(world.account, world.now).await.unwrap());
    assert!(!store.remove_account(world.account, world.now).await.unwrap());
    assert!(store.account(world.account).await.unwrap().is_none());
    assert!(store.accounts_of(world.workspace).await.unwrap().is_empty());
    assert!(store.message(world.account, order.id()).await.unwrap().is_none());
    assert!(store.chats(world.account, None, Page::first(10)).await.unwrap().is_empty());
    assert!(store.listeners_of(world.workspace).await.unwrap().is_empty());
    let fresh = store.add_account(new_account(world.workspace, "fresh")).await.unwrap();
    assert!(fresh.id > world.account, "an id is given once");
}

fn new_key(world: &World, hash: u8) -> NewKey {
    NewKey {
        workspace: world.workspace,
        account: None,
        dialect: Some("wappi".into()),
        name: "crm".into(),
        token_hash: [hash; 32],
        prefix: "abc123".into(),
        scopes: vec![Scope::Send, Scope::Read],
        settings: json!({}),
        sealed: None,
        at: START,
        expires_at: None,
    }
}

pub async fn keys_are_found_by_hash_until_revoked(world: World) {
    let store = &world.store;
    assert!(store.key(&[1; 32]).await.unwrap().is_none());
    let key = store.add_key(new_key(&world, 1)).await.unwrap();
    assert_eq!(store.key(&[1; 32]).await.unwrap(), Some(key.clone()));
    assert!(key.may(Scope::Send) && !key.may(Scope::Manage));
    assert!(store.add_key(new_key(&world, 1)).await.is_err(), "one token, one key");
    assert_eq!(store.keys_of(world.workspace).await.unwrap(), std::slice::from_ref(&key));
    assert!(store.set_key_settings(world.workspace, key.id, json!({"a": 1})).await.unwrap());
    assert_eq!(store.key(&[1; 32]).await.unwrap().unwrap().settings, json!({"a": 1}));
    assert!(!store.revoke(world.stranger.workspace, key.id).await.unwrap(), "not theirs");
    assert!(store.revoke(world.workspace, key.id).await.unwrap());
    assert!(store.key(&[1; 32]).await.unwrap().is_none());
    assert!(store.keys_of(world.workspace).await.unwrap().is_empty());
}

pub async fn listeners_are_their_workspaces_own(world: World) {
    let id = world.listener().await;
    let store = &world.store;
    let own = store.listener_of(world.account, "native").await.unwrap().unwrap();
    assert_eq!(own.id, id);
    assert!(store.listener_of(world.account, "wappi").await.unwrap().is_none());
    assert!(store.listeners_of(world.stranger.workspace).await.unwrap().is_empty());
    let change = listeners::Change { target: Some(Target::Pull), enabled: Some(false), ..listeners::Change::default() };
    assert!(store.change_listener(world.stranger.workspace, id, change.clone()).await.unwrap().is_none());
    let changed = store.change_listener(world.workspace, id, change).await.unwrap().unwrap();
    assert_eq!((&changed.target, changed.enabled), (&Target::Pull, false));
    assert_eq!(store.listener(id).await.unwrap().unwrap(), changed);
    assert_eq!(store.all_listeners().await.unwrap().len(), 1);
    let enabled = async |on: bool, off: Option<Off>| {
        let change = listeners::Change { enabled: Some(on), off, ..listeners::Change::default() };
        store.change_listener(world.workspace, id, change).await.unwrap().unwrap().off.clone()
    };
    let gone = Some(Off { since: world.now, reason: "gone".into() });
    assert_eq!(enabled(true, None).await, None);
    assert_eq!(enabled(false, gone.clone()).await, gone);
    assert_eq!(enabled(false, None).await, gone, "it was off already");
    assert_eq!(enabled(true, None).await, None, "a reason does not outlive what it is for");
    assert_eq!(enabled(false, None).await, None, "somebody did it by hand");
    assert!(!store.remove_listener(world.stranger.workspace, id).await.unwrap());
    assert!(store.remove_listener(world.workspace, id).await.unwrap());
    assert!(store.listener(id).await.unwrap().is_none());
}

pub async fn the_request_log_is_by_workspace(mut world: World) {
    let mut request = |status| Request {
        id: RequestId(world.id().0),
        at: START,
        workspace: Some(world.workspace),
        account: Some(world.account),
        key: None,
        dialect: "wappi".into(),
        endpoint: "message/send".into(),
        method: "POST".into(),
        path: "/api/sync/message/send".into(),
        status,
        took_ms: 3,
        address: "127.0.0.1".into(),
        content_type: Some("text/plain".into()),
        body: "{}".into(),
        answer: "{}".into(),
        code: (status >= 400).then(|| "SG-1203".to_owned()),
    };
    let (good, bad) = (request(200), request(404));
    let store = &world.store;
    store.log(vec![good.clone(), bad.clone()]).await.unwrap();
    assert_eq!(store.request(world.workspace, good.id).await.unwrap(), Some(good.clone()));
    assert_eq!(store.request(world.stranger.workspace, good.id).await.unwrap(), None);
    let page = Page::first(10);
    assert_eq!(store.requests(world.workspace, false, page).await.unwrap(), [bad.clone(), good]);
    assert_eq!(store.requests(world.workspace, true, page).await.unwrap(), [bad]);
    assert!(store.requests(world.stranger.workspace, false, page).await.unwrap().is_empty());
    let later = START.plus(std::time::Duration::from_secs(1));
    assert_eq!(store.prune_requests(later, 10).await.unwrap(), 2);
}

pub async fn the_vault_is_by_account_and_fenced(world: World) {
    let store = &world.store;
    let put = |name: &str, value: &[u8]| (name.to_owned(), Some(value.to_vec()));
    let changes = vec![put("key/1", b"one"), put("key/2", b"two"), put("login", b"yes")];
    store.write(world.account, world.epoch, changes).await.unwrap();
    assert_eq!(store.read(world.account, "login").await.unwrap(), Some(b"yes".to_vec()));
    assert_eq!(store.read(world.stranger.id, "login").await.unwrap(), None);
    let keys = store.list(world.account, "key/").await.unwrap();
    assert_eq!(keys, [("key/1".to_owned(), b"one".to_vec()), ("key/2".to_owned(), b"two".to_vec())]);
    assert_eq!(store.names(world.account, "key/").await.unwrap(), ["key/1", "key/2"]);
    store.write(world.account, world.epoch, vec![("key/1".to_owned(), None)]).await.unwrap();
    assert_eq!(store.read(world.account, "key/1").await.unwrap(), None);
    assert_eq!(store.write(world.account, Epoch(0), vec![put("x", b"y")]).await, Err(Fault::Stale));
}

pub async fn users_are_counted(world: World) {
    assert_eq!(world.store.count_users().await.unwrap(), 0);
    let owner =
        NewUser { workspace: world.workspace, login: "ann".into(), password: None, role: "owner".into(), at: START };
    world.store.add_user(owner.clone()).await.unwrap();
    assert!(world.store.add_user(owner).await.is_err(), "a login is given once in a workspace");
    assert_eq!(world.store.count_users().await.unwrap(), 1);
}

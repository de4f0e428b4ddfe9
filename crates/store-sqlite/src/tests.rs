//! Which reads are looks and which are scans.

use std::sync::Arc;
use std::time::Duration;

use sluice_model::delivery::State;
use sluice_model::{EventId, ListenerId, Position, WorkspaceId};
use sluice_store::archive::{Direction, Wanted, WantedChats};
use sluice_store::conformance::{World, phone};
use sluice_store::shelf::Page;
use sluice_store::{Accounts, Archive, Deliveries, Fault, Health, Journal, Outbox, Requests, Templates, Vault};

use crate::readers::tests::{Held, hold};
use crate::{Sqlite, options};

const FIRST: Page = Page::first(50);
const FAR: Page = Page { offset: 100_000, limit: 50 };
const LISTENER: ListenerId = ListenerId(1);

/// Fails instead of waiting for a thread that is held.
async fn answered<T>(what: &str, read: impl Future<Output = Result<T, Fault>>) -> T {
    let bound = tokio::time::timeout(Duration::from_secs(20), read).await;
    bound.unwrap_or_else(|_| panic!("{what} waits for a thread that is held")).unwrap()
}

async fn world() -> (Arc<Sqlite>, World, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(options(folder.path())).unwrap();
    (store.clone(), World::new(store).await, folder)
}

#[tokio::test]
async fn what_everybody_needs_at_once_waits_for_no_scan() {
    let (store, world, _folder) = world().await;
    let mut held: Vec<Held> = Vec::new();
    for number in [901, 902] {
        let store = store.clone();
        let whose = Some(WorkspaceId(number));
        held.push(hold(|look| async move { store.readers.scan(whose, look).await }).await);
    }
    let (account, event) = (world.account, EventId::of(world.account, Position(1)));
    let chat = Wanted { chat: Some(phone("111")), ..Wanted::default() };
    let named = WantedChats { chats: vec![phone("111")], ..WantedChats::default() };
    answered("a message", store.message_by_remote(account, "IN1")).await;
    answered("a chat's messages", store.messages(account, chat, FIRST)).await;
    answered("messages", store.messages(account, Wanted::default(), FIRST)).await;
    answered("chats", store.chats(account, None, FIRST)).await;
    answered("dialogs", store.dialogs(account, WantedChats::default(), FIRST)).await;
    answered("a few dialogs", store.dialogs(account, named, FAR)).await;
    answered("a chat", store.chat(account, &phone("111"))).await;
    answered("a contact", store.contact(account, &phone("111"))).await;
    answered("the journal", store.after(account, Position(0), 10)).await;
    answered("its end", store.last(account)).await;
    answered("its place at a time", store.before(account, world.now)).await;
    answered("an event", store.entry(event)).await;
    answered("how an account stands", store.recent(account, &["account.connected"], 1)).await;
    answered("a cursor", store.cursor(LISTENER, account)).await;
    answered("deliveries that are due", store.due(LISTENER, account, world.now, 10)).await;
    answered("a delivery", store.delivery(LISTENER, event)).await;
    answered("attempts", store.attempts(LISTENER, None, FIRST)).await;
    answered("the queue", store.waiting(account, FIRST)).await;
    answered("the greatest id", store.greatest_id()).await;
    answered("a secret", store.read(account, "session")).await;
    answered("a template", store.template(world.workspace, "hello")).await;
    answered("the request log", store.requests(world.workspace, false, FIRST)).await;
    answered("workspaces", store.workspaces()).await;
    for scan in held {
        scan.let_go().await;
    }
}

#[tokio::test]
async fn what_may_walk_far_is_scanned() {
    let (store, world, _folder) = world().await;
    // There is one thread for looks: what is answered now was scanned.
    let looking = store.clone();
    let held = hold(|look| async move { looking.readers.read(look).await }).await;
    let account = world.account;
    let words = Some("hello".to_owned());
    let said = Wanted { search: words.clone(), ..Wanted::default() };
    let incoming = Wanted { direction: Some(Direction::Incoming), ..Wanted::default() };
    let unread = WantedChats { unread: true, ..WantedChats::default() };
    answered("a search in messages", store.messages(account, said.clone(), FIRST)).await;
    answered("one side's messages", store.messages(account, incoming, FIRST)).await;
    answered("messages far back", store.messages(account, Wanted::default(), FAR)).await;
    answered("their number", store.count_messages(account, Wanted::default())).await;
    answered("a search in chats", store.chats(account, words.clone(), FIRST)).await;
    answered("chats far back", store.chats(account, None, FAR)).await;
    answered("their number", store.count_chats(account)).await;
    answered("unread dialogs", store.dialogs(account, unread.clone(), FIRST)).await;
    answered("their number", store.count_dialogs(account, unread)).await;
    answered("contacts", store.contacts(account, None, FIRST)).await;
    answered("messages of the journal", store.recent(account, &["message.received"], 10)).await;
    answered("attempts far back", store.attempts(LISTENER, None, FAR)).await;
    answered("attempts that went well", store.attempts(LISTENER, Some(State::Delivered), FIRST)).await;
    answered("what is to be told again", store.count_retries(LISTENER)).await;
    answered("the request log far back", store.requests(world.workspace, false, FAR)).await;
    held.let_go().await;
}

#[tokio::test]
async fn a_read_that_the_disk_fails_breaks_the_house() {
    let (store, _world, _folder) = world().await;
    assert_eq!(*store.broken().borrow(), None);
    let fails = |_: &rusqlite::Connection| Err::<(), _>(Fault::Broken("a page cannot be read".into()).into());
    let fault = store.readers.read(fails).await.unwrap_err();
    assert_eq!(*store.broken().borrow(), Some(fault.clone()));
    assert_eq!(store.add_workspace("one more", sluice_store::conformance::START).await, Err(fault));
}

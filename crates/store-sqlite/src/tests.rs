//! Which reads are looks and which are scans.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ffi};
use sluice_model::delivery::State;
use sluice_model::{EventId, ListenerId, Order, Position, WorkspaceId};
use sluice_store::archive::{Direction, Wanted, WantedChats};
use sluice_store::conformance::{World, phone};
use sluice_store::shelf::Page;
use sluice_store::{Accounts, Archive, Deliveries, Fault, Health, Journal, Outbox, Requests, Templates, Vault};

use crate::readers::tests::{Held, hold};
use crate::{Sqlite, open, options};

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
    for number in [901, 902, 903] {
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
async fn what_looks_for_words_holds_up_no_count() {
    let (store, world, _folder) = world().await;
    let mut held: Vec<Held> = Vec::new();
    for number in [901, 902] {
        let store = store.clone();
        let whose = Some(WorkspaceId(number));
        held.push(hold(|look| async move { store.readers.search(whose, look).await }).await);
    }
    let (account, words) = (world.account, Some("hello".to_owned()));
    let said = Wanted { search: words.clone(), ..Wanted::default() };
    let named = WantedChats { search: words.clone(), ..WantedChats::default() };
    let [s1, s2, s3, s4, s5, s6] = [(); 6].map(|()| store.clone());
    let (said_too, named_too, words_too) = (said.clone(), named.clone(), words.clone());
    let searches = [
        tokio::spawn(async move { s1.messages(account, said, FIRST).await.map(drop) }),
        tokio::spawn(async move { s2.count_messages(account, said_too).await.map(drop) }),
        tokio::spawn(async move { s3.chats(account, words, FIRST).await.map(drop) }),
        tokio::spawn(async move { s4.dialogs(account, named, FIRST).await.map(drop) }),
        tokio::spawn(async move { s5.count_dialogs(account, named_too).await.map(drop) }),
        tokio::spawn(async move { s6.contacts(account, words_too, FIRST).await.map(drop) }),
    ];
    tokio::task::yield_now().await;
    for _ in 0..2 {
        answered("the number of messages", store.count_messages(account, Wanted::default())).await;
        answered("of chats", store.count_chats(account)).await;
        answered("of dialogs", store.count_dialogs(account, WantedChats::default())).await;
        answered("of what waits", store.count_waiting(account)).await;
        answered("contacts", store.contacts(account, None, FIRST)).await;
        answered("messages far back", store.messages(account, Wanted::default(), FAR)).await;
    }
    assert!(searches.iter().all(|search| !search.is_finished()), "one took the thread of what is over soon");
    for search in held {
        search.let_go().await;
    }
    for search in searches {
        answered("a search", async { search.await.unwrap() }).await;
    }
}

#[tokio::test]
async fn what_says_that_there_is_no_database_any_more_breaks_the_house() {
    let (store, _world, _folder) = world().await;
    assert_eq!(*store.broken().borrow(), None);
    let cause = ffi::Error::new(ffi::SQLITE_NOTADB);
    let fails = move |_: &Connection| Err::<(), _>(rusqlite::Error::SqliteFailure(cause, None).into());
    let fault = store.readers.read(fails).await.unwrap_err();
    assert_eq!(*store.broken().borrow(), Some(fault.clone()));
    assert_eq!(store.add_workspace("one more", sluice_store::conformance::START).await, Err(fault));
}

/// Writes over the page with the oldest messages, found as <https://sqlite.org/fileformat2.html#b_tree_pages> says: the first
/// entry of a page that is not a leaf begins with the number of the page below it.
fn damage(dir: &Path) {
    const LEAF: u8 = 13;
    let path = open::file(dir);
    let db = Connection::open(&path).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'messages'";
    let mut page: u32 = db.query_row(root, [], |row| row.get(0)).unwrap();
    let size: u32 = db.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    db.close().unwrap();
    let file = File::options().read(true).write(true).open(path).unwrap();
    let mut bytes = vec![0; size as usize];
    let place = |page: u32| u64::from(page - 1) * u64::from(size);
    file.read_exact_at(&mut bytes, place(page)).unwrap();
    assert_ne!(bytes[0], LEAF, "there are too few messages for a page of old ones");
    while bytes[0] != LEAF {
        let first = usize::from(u16::from_be_bytes([bytes[12], bytes[13]]));
        page = u32::from_be_bytes(bytes[first..first + 4].try_into().unwrap());
        file.read_exact_at(&mut bytes, place(page)).unwrap();
    }
    bytes.fill(0xA5);
    file.write_all_at(&bytes, place(page)).unwrap();
}

#[tokio::test]
async fn a_damaged_page_fails_who_reads_it_and_nobody_else() {
    let (store, mut world, folder) = world().await;
    let (stranger, workspace) = (world.stranger.id, world.stranger.workspace);
    let theirs = |order: Order| Order { account: stranger, workspace, ..order };
    let many = (0..200).map(|number| world.order("111", &number.to_string().repeat(100))).collect();
    world.accept(many).await;
    let order = theirs(world.order("222", "a word of theirs"));
    world.accept(vec![order]).await;
    drop(store);
    world.store = Sqlite::open(options(&folder.path().join("elsewhere"))).unwrap();
    damage(folder.path());

    world.store = Sqlite::open(options(folder.path())).unwrap();
    let word = || Wanted { search: Some("word".into()), ..Wanted::default() };
    for _ in 0..2 {
        let searched = world.store.messages(world.account, word(), FIRST).await;
        assert!(matches!(&searched, Err(Fault::Other(why)) if why.contains("damaged")), "{searched:?}");
    }
    assert_eq!(answered("theirs", world.store.messages(stranger, word(), FIRST)).await.len(), 1);
    let newest =
        answered("ours, where it is whole", world.store.messages(world.account, Wanted::default(), Page::first(1)));
    assert_eq!(newest.await.len(), 1);
    let orders = [world.order("111", "ours go on"), theirs(world.order("222", "theirs go on"))];
    for order in orders {
        world.accept(vec![order]).await;
    }
    assert_eq!(*world.store.broken().borrow(), None);
}

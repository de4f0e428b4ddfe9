use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use sluice_model::Position;
use sluice_store::conformance::World;
use sluice_store::conformance::journal::connected;
use sluice_store::{Fault, Journal, Outbox};

use super::connection::prepare_for_writing;
use crate::{Sqlite, options};

fn store(dir: &Path) -> Result<Arc<Sqlite>, Fault> {
    Sqlite::open(options(dir))
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path()).unwrap();
    let refused = store(folder.path()).unwrap_err();
    assert!(refused.to_string().contains("another sluice is running on the data folder"), "{refused}");
    drop(first);
    store(folder.path()).unwrap();
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    drop(store(folder.path()).unwrap());
    let file = super::file(folder.path());
    let db = Connection::open(&file).unwrap();
    let newest = "SELECT max(version) FROM refinery_schema_history";
    let known: i64 = db.query_row(newest, [], |row| row.get(0)).unwrap();
    db.execute("UPDATE refinery_schema_history SET version = 99 WHERE version = ?", [known]).unwrap();
    db.close().unwrap();
    let before = std::fs::read(&file).unwrap();
    assert_eq!(store(folder.path()).unwrap_err(), Fault::Newer { found: 99, known });
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn every_commit_is_synced_or_the_house_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let db = Connection::open(folder.path().join("new.db")).unwrap();
    prepare_for_writing(&db).unwrap();
    let read = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((read("synchronous"), read("foreign_keys"), read("wal_autocheckpoint")), (2, 1, 0));
    // A database in memory cannot keep a log, as a file on some network folders cannot.
    let refused = prepare_for_writing(&Connection::open_in_memory().unwrap()).unwrap_err();
    assert!(refused.to_string().contains("journal_mode=memory"), "{refused}");
}

/// What a power cut at this moment would leave: the files as they are, without anybody closing them.
fn cut_off(from: &Path) -> tempfile::TempDir {
    let left = tempfile::tempdir().unwrap();
    for name in ["sluice.db", "sluice.db-wal"] {
        std::fs::copy(from.join(name), left.path().join(name)).unwrap();
    }
    left
}

#[tokio::test]
async fn what_was_answered_outlives_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(store(folder.path()).unwrap()).await;
    let orders = [world.order("111", "in hand"), world.order("222", "waiting")];
    world.accept(orders.to_vec()).await;
    let claimed = world.claim(1).await;
    world.event(world.account, connected()).await;
    let left = cut_off(folder.path());

    let again = store(left.path()).unwrap();
    let waiting = again.waiting(world.account, sluice_store::shelf::Page::first(10)).await.unwrap();
    assert_eq!(waiting, [claimed[0].clone(), orders[1].clone()]);
    assert_eq!(again.last(world.account).await.unwrap(), Position(1));
    world.store = again;
    assert_eq!(world.event(world.account, connected()).await, [Position(2)]);
    let known = world.store.account(world.account).await.unwrap().unwrap();
    assert_eq!(known.name, "first");
}

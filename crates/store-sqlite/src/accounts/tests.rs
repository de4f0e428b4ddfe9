use rusqlite::Connection;
use sluice_model::Id;
use sluice_store::Outbox;
use sluice_store::conformance::{START, World};

use super::sweep;
use crate::open;
use crate::{Sqlite, options};

fn rows(db: &Connection, table: &str) -> i64 {
    db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

const TABLES: [&str; 12] = [
    "orders",
    "messages",
    "journal",
    "chats",
    "contacts",
    "keys",
    "listeners",
    "switches_past",
    "cursors",
    "deliveries",
    "attempts",
    "vault",
];

/// Two accounts' worth of rows are not swept in one go, and none is left in the end.
#[tokio::test]
async fn a_removed_accounts_rows_are_swept_away_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Sqlite::open(options(folder.path())).unwrap()).await;
    let orders: Vec<_> = (0..1_200).map(|n| world.order(&format!("7{n}"), "hi")).collect();
    let greatest = orders.last().map(|order| order.id().0);
    world.accept(orders).await;
    let message = world.incoming("111", "IN1", "hi");
    world.record(message).await;
    world.listener().await;
    world.store.write(world.account, world.epoch, vec![("login".into(), Some(vec![1]))]).await.unwrap();
    assert!(world.store.remove_account(world.account, START).await.unwrap());
    let account = world.account;
    // Closing breaks the sweep off wherever it is, as a crash would.
    drop(world);

    let (_lock, db) = open::writer(&options(folder.path())).unwrap();
    assert_eq!(rows(&db, "vault") + rows(&db, "listeners"), 0, "secrets and listeners go at once");
    if sweep::begun(&db).unwrap() == [account] {
        while !sweep::some(&db, account).unwrap() {}
    }
    for table in TABLES {
        assert_eq!(rows(&db, table), 0, "{table}");
    }
    assert_eq!(rows(&db, "accounts"), 1, "the stranger's");
    drop((_lock, db));

    let again = Sqlite::open(options(folder.path())).unwrap();
    assert!(again.greatest_id().await.unwrap() >= greatest, "no id is minted again: {greatest:?}");
    assert_ne!(again.greatest_id().await.unwrap(), Id::new(0));
}

/// Others' writing drives the sweep on, so it ends without anybody asking for it.
#[tokio::test]
async fn the_sweep_goes_on_between_the_commits_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Sqlite::open(options(folder.path())).unwrap()).await;
    let orders: Vec<_> = (0..1_200).map(|n| world.order("111", &n.to_string())).collect();
    world.accept(orders).await;
    world.store.remove_account(world.account, START).await.unwrap();
    for _ in 0..20 {
        world.store.add_workspace("another", START).await.unwrap();
    }
    let db = open::reader(&options(folder.path())).unwrap();
    assert_eq!(rows(&db, "orders") + rows(&db, "messages") + rows(&db, "chats"), 0);
    assert_eq!(rows(&db, "accounts"), 1);
}

use sluice_model::event::News;
use sluice_model::{Position, Timestamp};
use sluice_store::Journal;
use sluice_store::conformance::journal::connected;
use sluice_store::conformance::{START, World};
use sluice_store::journal::Record;

use crate::{Sqlite, options};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START.seconds() + seconds)
}

#[tokio::test]
async fn a_clock_that_stepped_back_hides_nothing_from_a_replay() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::new(Sqlite::open(options(folder.path())).unwrap()).await;
    let times = [0, 30, 60, 20, 40, 70, 70, 80];
    for time in times {
        world.now = at(time);
        world.event(world.account, connected()).await;
    }
    for since in 0..=90 {
        let first = times.iter().position(|time| *time >= since).unwrap_or(times.len());
        let before = world.store.before(world.account, at(since)).await.unwrap();
        assert_eq!(before, Position(u32::try_from(first).unwrap()), "since {since}");
    }
    let told = world.store.after(world.account, Position(3), 1).await.unwrap();
    assert_eq!(told[0].at, at(20), "an entry keeps its own time");
}

#[tokio::test]
async fn an_emptied_journal_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(Sqlite::open(options(folder.path())).unwrap()).await;
    for _ in 0..3 {
        world.event(world.account, connected()).await;
    }
    assert_eq!(world.store.prune(at(1), 10).await.unwrap(), 3);
    let account = world.account;
    drop(world);
    let again = Sqlite::open(options(folder.path())).unwrap();
    assert_eq!(again.last(account).await.unwrap(), Position(3));
    let record = Record { account, epoch: None, at: at(1), news: News::Event(Box::new(connected())) };
    assert_eq!(again.record(vec![record]).await.unwrap(), [[Position(4)]]);
}

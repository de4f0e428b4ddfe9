use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Waker};

use rusqlite::Connection;
use rusqlite::wal::CheckpointMode;
use sluice_store::{Bell, Fault};
use tempfile::TempDir;

use super::broken::Broken;
use super::heads::Heads;
use super::log::Mover;
use super::work::After;
use super::{WAITING, Work, Writer};
use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::{open, options};

/// Runs a verb on a connection of the test's own, as the writing thread would.
pub fn directly<T>(db: &Connection, verb: impl FnOnce(&mut Work<'_>) -> Result<T>) -> Result<T> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let answer = verb(&mut Work { db, heads: &mut Heads::default(), after: &mut After::default() })?;
    db.execute_batch("COMMIT")?;
    Ok(answer)
}

fn start() -> (Arc<Writer>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (lock, db) = open::writer(&options(folder.path())).unwrap();
    let directory = Arc::new(Directory::load(&db).unwrap());
    (
        Arc::new(
            Writer::start(db, open::mover(folder.path()).unwrap(), lock, Bell::default(), directory, Vec::new())
                .unwrap(),
        ),
        folder,
    )
}

fn insert(work: &mut Work<'_>) -> Result<()> {
    work.db.execute("INSERT INTO workspaces (name, created_at) VALUES ('w', 0)", [])?;
    Ok(())
}

fn count(db: &Connection) -> i64 {
    db.query_row("SELECT count(*) FROM workspaces", [], |row| row.get(0)).unwrap()
}

/// Polled once: what it asks for waits in the queue now.
fn begun<F: Future>(verb: F) -> Pin<Box<F>> {
    let mut verb = Box::pin(verb);
    assert!(verb.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    verb
}

/// Holds the writing thread up until the sender is dropped. What is written meanwhile waits.
async fn hold(writer: &Arc<Writer>) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let (begun, began) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    tokio::spawn({
        let writer = writer.clone();
        async move {
            let wait = move |_: &mut Work<'_>| {
                if let Some(begun) = begun.take() {
                    begun.send(()).unwrap();
                }
                let _ = held.lock().unwrap().recv();
                Ok(())
            };
            writer.write(1, wait).await.unwrap();
        }
    });
    began.await.unwrap();
    release
}

#[tokio::test]
async fn verbs_that_wait_together_share_one_commit() {
    let (writer, folder) = start();
    let release = hold(&writer).await;
    let reader = Arc::new(Mutex::new(open::reader(&options(folder.path())).unwrap()));
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let reader = reader.clone();
            begun(writer.write(1, move |work| {
                insert(work)?;
                Ok(count(&reader.lock().unwrap()))
            }))
        })
        .collect();
    drop(release);
    for committed_before in waiting {
        assert_eq!(committed_before.await, Ok(0));
    }
    assert_eq!(count(&reader.lock().unwrap()), 100, "answered means committed");
}

#[tokio::test]
async fn a_verb_that_fails_halfway_harms_no_neighbour() {
    let (writer, folder) = start();
    let release = hold(&writer).await;
    let halfway = Fault::Other("halfway".into());
    let verbs = [None, Some(halfway.clone()), None].map(|fault| {
        begun(writer.write(1, move |work| {
            insert(work)?;
            fault.clone().map_or(Ok(()), |fault| Err(Error::Fault(fault)))
        }))
    });
    drop(release);
    let mut answers = Vec::new();
    for verb in verbs {
        answers.push(verb.await);
    }
    assert_eq!(answers, [Ok(()), Err(halfway), Ok(())]);
    assert_eq!(count(&open::reader(&options(folder.path())).unwrap()), 2);
    assert_eq!(*writer.broken().borrow(), None);
}

#[tokio::test]
async fn accepting_is_refused_at_once_when_too_much_waits() {
    let (writer, _folder) = start();
    let release = hold(&writer).await;
    let waiting: Vec<_> = (0..WAITING).map(|_| begun(writer.at_once(1, insert))).collect();
    assert_eq!(writer.at_once(1, insert).await, Err(Fault::Full));
    drop(release);
    for accepted in waiting {
        assert_eq!(accepted.await, Ok(()));
    }
    assert_eq!(writer.at_once(1, insert).await, Ok(()));
}

#[tokio::test]
async fn a_full_disk_refuses_and_is_forgiven() {
    let (writer, _folder) = start();
    let limit = |pages: i64| {
        move |work: &mut Work<'_>| {
            let size: i64 = work.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
            work.db.pragma_update(None, "max_page_count", size + pages)?;
            Ok(())
        }
    };
    let large = |work: &mut Work<'_>| {
        work.db.execute("INSERT INTO workspaces (name, created_at) VALUES (hex(zeroblob(100000)), 0)", [])?;
        Ok(())
    };
    writer.write(1, limit(1)).await.unwrap();
    assert_eq!(writer.write(1, large).await, Err(Fault::Full));
    assert_eq!(*writer.broken().borrow(), None);
    writer.write(1, limit(1_000)).await.unwrap();
    assert_eq!(writer.write(1, large).await, Ok(()));
}

#[tokio::test]
async fn a_disk_that_failed_is_never_trusted_again() {
    let (writer, folder) = start();
    let fault = Fault::Broken("fsync".into());
    let failing = {
        let fault = fault.clone();
        move |work: &mut Work<'_>| {
            insert(work)?;
            Err::<(), _>(Error::Fault(fault.clone()))
        }
    };
    assert_eq!(writer.write(1, failing).await, Err(fault.clone()));
    assert_eq!(*writer.broken().borrow(), Some(fault.clone()));
    assert_eq!(writer.write(1, insert).await, Err(fault));
    assert_eq!(count(&open::reader(&options(folder.path())).unwrap()), 0);
}

#[tokio::test]
async fn a_panic_in_a_verb_breaks_the_store() {
    let (writer, _folder) = start();
    let panics = |_: &mut Work<'_>| -> Result<()> { panic!("as a test of the writing thread") };
    assert!(matches!(writer.write(1, panics).await, Err(Fault::Broken(_))));
    let mut broken = writer.broken();
    let noted = broken.wait_for(Option::is_some).await.unwrap().clone();
    assert!(matches!(noted, Some(Fault::Broken(_))));
}

/// Writes a megabyte.
fn large(work: &mut Work<'_>) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO workspaces (id, name, created_at) VALUES (1, hex(zeroblob(500000)), 0)";
    work.db.execute(sql, [])?;
    Ok(())
}

fn log_of(folder: &TempDir) -> u64 {
    std::fs::metadata(folder.path().join("sluice.db-wal")).unwrap().len()
}

#[tokio::test]
async fn the_log_is_moved_into_the_database_and_does_not_grow_for_ever() {
    let (writer, folder) = start();
    for _ in 0..200 {
        writer.write(1, large).await.unwrap();
    }
    let log = log_of(&folder);
    assert!(log < 100 << 20, "200 MB were written, and {log} bytes are in the log");
}

/// The writer's connection after so many megabytes, and what tends its log.
fn tended(megabytes: usize) -> (Mover, Connection, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (_lock, db) = open::writer(&options(folder.path())).unwrap();
    for _ in 0..megabytes {
        directly(&db, large).unwrap();
    }
    (Mover::start(open::mover(folder.path()).unwrap(), Broken::default()).unwrap(), db, folder)
}

/// Its pages, and those that are not in the database yet.
fn log(db: &Connection) -> (i32, i32) {
    let (pages, moved) = db.wal_checkpoint_v2(None::<&str>, CheckpointMode::NOOP).unwrap();
    (pages, pages - moved)
}

#[test]
fn the_thread_copies_the_log_without_the_writer() {
    let (mut mover, db, _folder) = tended(8);
    assert!(log(&db).1 > 1_500);
    mover.tend(&db);
    mover.stop();
    assert_eq!(log(&db).1, 0);
}

#[test]
fn a_sync_of_the_database_that_fails_breaks_the_store() {
    let (mover, db, folder) = tended(8);
    drop(mover);
    let (copying, _) = open::mover(folder.path()).unwrap();
    // It cannot be synced.
    let null = std::fs::File::open("/dev/null").unwrap();
    let broken = Broken::default();
    let mut mover = Mover::start((copying, null), broken.clone()).unwrap();
    mover.tend(&db);
    mover.stop();
    assert!(matches!(broken.fault(), Some(Fault::Broken(_))));
}

#[test]
fn the_writer_copies_only_the_last_little_of_a_long_log() {
    let (mut mover, db, folder) = tended(40);
    // Who reads keeps the thread from what came later, as one who always writes does.
    let reader = open::reader(&options(folder.path())).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader), 1);
    directly(&db, insert).unwrap();
    let copier = mover.copier();
    let held = copier.hold();
    mover.tend(&db);
    assert!(log(&db).1 > 8_192, "that is the thread's");
    drop(held);
    mover.stop();
    drop(reader);
    assert!(log(&db).1 > 0 && log(&db).1 < 10);
    mover.tend(&db);
    assert_eq!(log(&db).1, 0);
    directly(&db, insert).unwrap();
    assert!(log(&db).0 < 10, "it began anew");
}

#[tokio::test]
async fn without_a_thread_the_log_begins_anew_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (lock, db) = open::writer(&options(folder.path())).unwrap();
    let directory = Arc::new(Directory::load(&db).unwrap());
    let writer = Writer::in_step(db, open::mover(folder.path()).unwrap(), lock, Bell::default(), directory);
    for _ in 0..40 {
        writer.write(1, large).await.unwrap();
    }
    let log = log_of(&folder);
    assert!(log < 8 << 20, "40 MB were written, and {log} bytes are in the log");
}

#[tokio::test]
async fn what_somebody_reads_stays_in_the_log_and_everything_is_there_at_the_end() {
    let (writer, folder) = start();
    let reader = open::reader(&options(folder.path())).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader), 0);
    for _ in 0..50 {
        writer.write(2, |work| large(work).and_then(|()| insert(work))).await.unwrap();
    }
    assert_eq!(count(&reader), 0, "what it began to read it goes on to read");
    assert!(log_of(&folder) > 40 << 20);
    drop(reader);
    drop(writer);
    assert!(!folder.path().join("sluice.db-wal").exists(), "the last one to close moves the rest");
    assert_eq!(count(&open::reader(&options(folder.path())).unwrap()), 51);
}

#[tokio::test]
async fn of_a_disk_that_failed_the_log_is_left_as_it_is() {
    let (writer, folder) = start();
    writer.write(1, insert).await.unwrap();
    let failing = |_: &mut Work<'_>| Err::<(), _>(Error::Fault(Fault::Broken("fsync".into())));
    assert!(writer.write(1, failing).await.is_err());
    drop(writer);
    assert!(log_of(&folder) > 0);
}

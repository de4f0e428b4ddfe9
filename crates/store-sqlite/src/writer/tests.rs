use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Waker};

use rusqlite::Connection;
use sluice_store::{Bell, Fault};
use tempfile::TempDir;

use super::heads::Heads;
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
    (Arc::new(Writer::start(db, lock, Bell::default(), directory, Vec::new()).unwrap()), folder)
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

#[tokio::test]
async fn the_log_is_moved_into_the_database_and_does_not_grow_for_ever() {
    let (writer, folder) = start();
    let large = |work: &mut Work<'_>| {
        work.db.execute(
            "INSERT OR REPLACE INTO workspaces (id, name, created_at) VALUES (1, hex(zeroblob(500000)), 0)",
            [],
        )?;
        Ok(())
    };
    for _ in 0..100 {
        writer.write(1, large).await.unwrap();
    }
    let log = std::fs::metadata(folder.path().join("sluice.db-wal")).unwrap().len();
    assert!(log < 40 << 20, "100 MB were written, and {log} bytes are in the log");
}

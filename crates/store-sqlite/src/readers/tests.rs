use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::{ErrorCode, ffi};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::turns::Turns;
use super::*;
use crate::error::Error;
use crate::{open, options};

const OURS: Option<WorkspaceId> = Some(WorkspaceId(1));
const THEIRS: Option<WorkspaceId> = Some(WorkspaceId(2));
const OTHERS: Option<WorkspaceId> = Some(WorkspaceId(3));

/// Ends after a minute or so: one that nothing cuts shall fail its test, which joins the thread, and not stop it.
const ENDLESS: &str =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT count(*) FROM n";

/// Fails instead of waiting without end for a thread that does not answer.
pub async fn soon<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("a reading thread does not answer")
}

/// A query that goes on until it is cut.
pub struct Held {
    caller: JoinHandle<Result<u64, Fault>>,
    how_it_ended: oneshot::Receiver<Option<ErrorCode>>,
}

impl Held {
    /// Hangs up, and waits until the thread is free again.
    pub async fn let_go(self) {
        self.caller.abort();
        assert_eq!(soon(self.how_it_ended).await.unwrap(), Some(ErrorCode::OperationInterrupted));
    }
}

/// Holds one thread up, with `ask` as the way to it.
pub async fn hold<A, F>(ask: A) -> Held
where
    A: FnOnce(Box<dyn FnOnce(&Connection) -> Result<u64> + Send>) -> F,
    F: Future<Output = Result<u64, Fault>> + Send + 'static,
{
    let ((begin, begun), (end, how_it_ended)) = (oneshot::channel(), oneshot::channel());
    let caller = tokio::spawn(ask(Box::new(move |db| {
        begin.send(()).unwrap();
        let counted = crate::rows::count(db, ENDLESS, []);
        let code = match &counted {
            Err(Error::Sql(error)) => error.sqlite_error_code(),
            _ => None,
        };
        let _ = end.send(code);
        counted
    })));
    soon(begun).await.unwrap();
    Held { caller, how_it_ended }
}

const NO_END: Duration = Duration::from_secs(3600);

struct Stage {
    readers: Arc<Readers>,
    opened: Arc<AtomicUsize>,
    broken: Broken,
    folder: TempDir,
}

/// A database, and one thread that looks things up in it.
fn stage(patience: Patience) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    drop(open::writer(&options).unwrap());
    let (opened, broken) = (Arc::new(AtomicUsize::new(0)), Broken::default());
    let count = opened.clone();
    let open: Open = Arc::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
        open::reader(&options)
    });
    let readers = Arc::new(Readers::start(1, open, broken.clone(), Crowd::default(), patience).unwrap());
    Stage { readers, opened, broken, folder }
}

fn endless() -> Stage {
    stage(Patience { waiting: NO_END, running: NO_END })
}

impl Stage {
    async fn hold_scan(&self, whose: Option<WorkspaceId>) -> Held {
        let readers = self.readers.clone();
        hold(|look| async move { readers.scan(whose, look).await }).await
    }

    async fn hold_search(&self, whose: Option<WorkspaceId>) -> Held {
        let readers = self.readers.clone();
        hold(|look| async move { readers.search(whose, look).await }).await
    }

    async fn hold_look(&self) -> Held {
        let readers = self.readers.clone();
        hold(|look| async move { readers.read(look).await }).await
    }
}

fn seven(db: &Connection) -> Result<u64> {
    crate::rows::count(db, "SELECT 7", [])
}

#[tokio::test]
async fn a_query_ends_when_its_caller_goes_away() {
    let stage = endless();
    stage.hold_scan(OURS).await.let_go().await;
    assert_eq!(soon(stage.readers.scan(OURS, seven)).await, Ok(7));
    stage.hold_look().await.let_go().await;
    assert_eq!(soon(stage.readers.read(seven)).await, Ok(7), "the next one is not cut with it");
}

#[tokio::test]
async fn looks_and_scans_do_not_wait_for_each_other() {
    let stage = endless();
    let scans = [stage.hold_scan(OURS).await, stage.hold_scan(THEIRS).await, stage.hold_scan(OTHERS).await];
    assert_eq!(soon(stage.readers.read(seven)).await, Ok(7));
    for scan in scans {
        scan.let_go().await;
    }
    let look = stage.hold_look().await;
    assert_eq!(soon(stage.readers.scan(OURS, seven)).await, Ok(7));
    look.let_go().await;
}

#[tokio::test]
async fn a_workspace_that_scans_without_end_leaves_a_thread_to_the_others() {
    let stage = endless();
    let held = [stage.hold_scan(OURS).await, stage.hold_search(OURS).await];
    let (one, other) = (stage.readers.clone(), stage.readers.clone());
    let behind = [
        tokio::spawn(async move { one.scan(OURS, seven).await }),
        tokio::spawn(async move { other.search(OURS, seven).await }),
    ];
    for whose in [THEIRS, OTHERS, None] {
        assert_eq!(soon(stage.readers.scan(whose, seven)).await, Ok(7));
        assert_eq!(soon(stage.readers.search(whose, seven)).await, Ok(7));
    }
    assert!(behind.iter().all(|own| !own.is_finished()), "its own wait for it");
    for held in held {
        held.let_go().await;
    }
    for behind in behind {
        assert_eq!(soon(behind).await.unwrap(), Ok(7));
    }
}

#[tokio::test]
async fn a_count_waits_for_no_search() {
    let stage = endless();
    let held = [stage.hold_search(OURS).await, stage.hold_search(THEIRS).await];
    let readers = stage.readers.clone();
    let behind = tokio::spawn(async move { readers.search(OTHERS, seven).await });
    for whose in [OURS, THEIRS, OTHERS, None] {
        assert_eq!(soon(stage.readers.scan(whose, seven)).await, Ok(7));
    }
    assert!(!behind.is_finished(), "searches leave a thread to the others");
    for held in held {
        held.let_go().await;
    }
    assert_eq!(soon(behind).await.unwrap(), Ok(7));
}

#[test]
fn workspaces_take_turns() {
    let mut turns = Turns::default();
    for query in ["a1", "a2", "a3", "b1", "b2", "c1"] {
        turns.push(query.as_bytes()[0], query);
    }
    let begin = |turns: &mut Turns<u8, &'static str>| turns.begin(|_, _| true).map(|(_, query)| query);
    assert_eq!((begin(&mut turns), begin(&mut turns)), (Some("a1"), Some("b1")));
    turns.end(b'a');
    assert_eq!(begin(&mut turns), Some("c1"), "before the second of a");
    turns.end(b'c');
    assert_eq!((begin(&mut turns), begin(&mut turns)), (Some("a2"), None), "b has one running, and so has a");
    turns.end(b'b');
    turns.end(b'a');
    assert_eq!((begin(&mut turns), begin(&mut turns)), (Some("b2"), Some("a3")));
    assert_eq!(begin(&mut turns), None);
}

#[tokio::test]
async fn a_scan_that_takes_too_long_is_given_up() {
    let stage = stage(Patience { waiting: NO_END, running: Duration::ZERO });
    for _ in 0..2 {
        let held = stage.hold_scan(OURS).await;
        assert_eq!(soon(held.caller).await.unwrap(), Err(Fault::Slow));
        assert_eq!(soon(held.how_it_ended).await.unwrap(), Some(ErrorCode::OperationInterrupted));
    }
    assert_eq!(stage.broken.fault(), None, "which says nothing against the disk");
}

#[tokio::test]
async fn a_scan_whose_turn_does_not_come_is_given_up() {
    let stage = stage(Patience { waiting: Duration::ZERO, running: NO_END });
    let Doors::Threads { scans, .. } = &stage.readers.doors else { panic!("it has threads") };
    let (release, released) = mpsc::channel::<()>();
    let waits = move |_: Result<&mut Connection>| released.recv().unwrap();
    scans.push(Line { whose: OURS, is_search: false }, Box::new(waits));
    assert_eq!(soon(stage.readers.scan(OURS, seven)).await, Err(Fault::Slow));
    release.send(()).unwrap();
}

#[tokio::test]
async fn connections_for_scans_are_opened_by_the_first() {
    let stage = endless();
    assert_eq!(soon(stage.readers.read(seven)).await, Ok(7));
    assert_eq!(stage.opened.load(Ordering::Relaxed), 1);
    assert_eq!(soon(stage.readers.scan(OURS, seven)).await, Ok(7));
    assert_eq!(stage.opened.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_connection_that_cannot_be_opened_is_the_scans_trouble_and_tried_again() {
    let Stage { folder, .. } = endless();
    let (options, opened) = (options(folder.path()), AtomicUsize::new(0));
    let open: Open = Arc::new(move || match opened.fetch_add(1, Ordering::Relaxed) {
        1 => Err(Fault::other("too many open files").into()),
        _ => open::reader(&options),
    });
    let readers = Readers::start(1, open, Broken::default(), Crowd::default(), Patience::USUAL).unwrap();
    assert_eq!(soon(readers.scan(OURS, seven)).await, Err(Fault::other("too many open files")));
    assert_eq!(soon(readers.scan(OURS, seven)).await, Ok(7));
}

#[tokio::test]
async fn while_the_log_is_too_long_no_scan_begins() {
    let Stage { folder, .. } = endless();
    let options = options(folder.path());
    let open: Open = Arc::new(move || open::reader(&options));
    let crowd = Crowd::default();
    let readers = Readers::start(1, open, Broken::default(), crowd.clone(), Patience::USUAL).unwrap();
    crowd.set(true);
    assert_eq!(soon(readers.scan(OURS, seven)).await, Err(Fault::Slow));
    assert_eq!(soon(readers.read(seven)).await, Ok(7));
    crowd.set(false);
    assert_eq!(soon(readers.scan(OURS, seven)).await, Ok(7));
}

#[tokio::test]
async fn a_query_that_panics_takes_no_thread_with_it() {
    let stage = endless();
    let panics = |_: &Connection| -> Result<u64> { panic!("as a test of the reading threads") };
    assert!(matches!(soon(stage.readers.read(panics)).await, Err(Fault::Other(_))));
    assert_eq!(soon(stage.readers.read(seven)).await, Ok(7));
    for _ in 0..3 {
        assert!(matches!(soon(stage.readers.scan(OURS, panics)).await, Err(Fault::Other(_))));
    }
    assert_eq!(soon(stage.readers.scan(OURS, seven)).await, Ok(7));
}

fn fails(code: i32) -> impl FnOnce(&Connection) -> Result<u64> {
    move |_| Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into())
}

const DAMAGE: [i32; 3] = [ffi::SQLITE_CORRUPT, ffi::SQLITE_CORRUPT_INDEX, ffi::SQLITE_IOERR_READ];

#[tokio::test]
async fn a_damaged_page_is_the_trouble_of_who_reads_it() {
    let stage = endless();
    for code in DAMAGE {
        let looked = soon(stage.readers.read(fails(code))).await;
        assert!(matches!(looked, Err(Fault::Other(_))), "{code}: {looked:?}");
        let scanned = soon(stage.readers.scan(OURS, fails(code))).await;
        assert!(matches!(scanned, Err(Fault::Other(_))), "{code}: {scanned:?}");
        assert_eq!(stage.broken.fault(), None, "{code}");
    }
    let (db, broken) = (open::reader(&options(stage.folder.path())).unwrap(), Broken::default());
    let in_step = Readers::in_step(db, broken.clone());
    assert!(matches!(soon(in_step.scan(OURS, fails(ffi::SQLITE_CORRUPT))).await, Err(Fault::Other(_))));
    assert_eq!(broken.fault(), None);
}

#[tokio::test]
async fn what_is_wrong_with_all_of_the_database_breaks_the_store() {
    let stages = [endless(), endless()];
    let looked = soon(stages[0].readers.read(fails(ffi::SQLITE_NOTADB))).await;
    let scanned = soon(stages[1].readers.scan(OURS, fails(ffi::SQLITE_IOERR_SHMMAP))).await;
    for (stage, met) in stages.iter().zip([looked, scanned]) {
        assert!(matches!(met, Err(Fault::Broken(_))), "{met:?}");
        assert_eq!(stage.broken.fault(), met.err());
    }
    let (db, broken) = (open::reader(&options(stages[0].folder.path())).unwrap(), Broken::default());
    let in_step = Readers::in_step(db, broken.clone());
    assert_eq!(soon(in_step.scan(OURS, seven)).await, Ok(7));
    assert!(matches!(soon(in_step.scan(OURS, fails(ffi::SQLITE_NOTADB))).await, Err(Fault::Broken(_))));
    assert!(matches!(broken.fault(), Some(Fault::Broken(_))));
}

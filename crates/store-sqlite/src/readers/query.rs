//! One query and whoever waits for its answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::Connection;
use sluice_store::Fault;
use tokio::sync::oneshot;

use crate::error::Result;
use crate::writer::Broken;

/// Takes the connection, or why there is none. It never panics.
pub type Query = Box<dyn FnOnce(Result<&mut Connection, Fault>) + Send>;

/// Steps of SQLite's own machine between two looks at whether somebody still waits: some milliseconds.
const STEPS: i32 = 4_000;

/// The query ends, or is not begun, when the receiver of its answer is gone. A disk that cannot be read is noted, whether
/// somebody hears of it or not.
pub fn new<T, L>(look: L, broken: Broken) -> (Query, oneshot::Receiver<Result<T, Fault>>)
where
    T: Send + 'static,
    L: FnOnce(&Connection) -> Result<T> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let query: Query = Box::new(move |connection| {
        if reply.is_closed() {
            return;
        }
        let reply = Arc::new(reply);
        let caller = reply.clone();
        let found = connection.and_then(|db| until(move || caller.is_closed(), db, look));
        if let Err(fault) = &found {
            broken.note(fault);
        }
        if let Some(reply) = Arc::into_inner(reply) {
            let _ = reply.send(found);
        }
    });
    (query, answer)
}

fn until<T>(
    is_over: impl FnMut() -> bool + Send + 'static,
    db: &mut Connection,
    look: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T, Fault> {
    let watched = |db: &mut Connection, is_over| db.progress_handler(STEPS, is_over).map_err(Fault::other);
    watched(db, Some(is_over))?;
    let found = catch_unwind(AssertUnwindSafe(|| look(db).map_err(Fault::from)));
    watched(db, None)?;
    found.unwrap_or_else(|_| Err(Fault::Other("a query has panicked".into())))
}

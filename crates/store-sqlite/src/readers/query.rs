//! One query and whoever waits for its answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::Connection;
use sluice_store::Fault;
use tokio::sync::oneshot;

use super::trouble::Trouble;
use crate::error::Result;

/// Takes the connection, or why there is none. It never panics.
pub type Query = Box<dyn FnOnce(Result<&mut Connection>) + Send>;

/// Steps of SQLite's own machine between two looks at whether somebody still waits: some milliseconds.
const STEPS: i32 = 4_000;

/// The query ends, or is not begun, when the receiver of its answer is gone. What it met is noted, whether somebody hears
/// of it or not.
pub fn new<T, L>(look: L, trouble: Trouble) -> (Query, oneshot::Receiver<Result<T, Fault>>)
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
        let found = found.map_err(|error| trouble.of(error));
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
) -> Result<T> {
    db.progress_handler(STEPS, Some(is_over))?;
    let found = catch_unwind(AssertUnwindSafe(|| look(db)));
    db.progress_handler(STEPS, None::<fn() -> bool>)?;
    found.unwrap_or_else(|_| Err(Fault::Other("a query has panicked".into()).into()))
}

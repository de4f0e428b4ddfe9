//! A verb on its way to the writing thread, with the way back to who waits for it.

use sluice_store::Fault;
use tokio::sync::oneshot;

use super::Work;
use crate::error::Result;

pub type Job = Box<dyn Verb>;

/// A verb whose answer type is forgotten.
pub trait Verb: Send {
    /// About how many rows it writes.
    fn rows(&self) -> usize;

    /// Writes inside the open transaction and keeps the answer. May be called again after a rollback.
    fn run(&mut self, work: &mut Work<'_>) -> Result<(), Fault>;

    /// Gives the kept answer back after the commit, or says why there was none.
    fn answer(self: Box<Self>, commit: Result<(), Fault>);
}

pub struct Task<T, V> {
    rows: usize,
    verb: V,
    kept: Option<Result<T, Fault>>,
    reply: oneshot::Sender<Result<T, Fault>>,
}

impl<T, V> Task<T, V>
where
    T: Send + 'static,
    V: FnMut(&mut Work<'_>) -> Result<T> + Send + 'static,
{
    pub fn boxed(rows: usize, verb: V) -> (Job, oneshot::Receiver<Result<T, Fault>>) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Self { rows, verb, kept: None, reply }), answer)
    }
}

impl<T, V> Verb for Task<T, V>
where
    T: Send + 'static,
    V: FnMut(&mut Work<'_>) -> Result<T> + Send + 'static,
{
    fn rows(&self) -> usize {
        self.rows
    }

    fn run(&mut self, work: &mut Work<'_>) -> Result<(), Fault> {
        let answer = (self.verb)(work).map_err(Fault::from);
        let done = answer.as_ref().map(|_| ()).map_err(Fault::clone);
        self.kept = Some(answer);
        done
    }

    fn answer(self: Box<Self>, commit: Result<(), Fault>) {
        let answer = match (commit, self.kept) {
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(Fault::Other("the verb was not run".into())),
            (Err(fault), _) => Err(fault),
        };
        // Who no longer waits has no use for it; what was written stays written.
        let _ = self.reply.send(answer);
    }
}

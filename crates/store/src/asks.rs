//! The shelf of live questions. Where one node holds every account it is this desk in memory; an engine for several
//! nodes brings one of its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sluice_model::{AccountId, Answer, Ask, Failure};
use tokio::sync::{Notify, mpsc, oneshot};

/// Where intake puts a question and the courier finds it.
#[async_trait]
pub trait Asks: Send + Sync {
    /// Waits for the answer; the caller brings its own time limit. `None` when no courier holds the account, nor takes it
    /// within the time that a start takes.
    async fn ask(&self, account: AccountId, ask: Ask) -> Option<Result<Answer, Failure>>;

    /// From now on questions to this account come out here; a later call takes over from an earlier one.
    fn answer_for(&self, account: AccountId) -> mpsc::Receiver<Question>;
}

/// A question with the way back to who asked.
#[derive(Debug)]
pub struct Question {
    pub ask: Ask,
    pub reply: oneshot::Sender<Result<Answer, Failure>>,
}

/// All questions in one memory.
#[derive(Debug, Default)]
pub struct Desk {
    couriers: Mutex<HashMap<AccountId, mpsc::Sender<Question>>>,
    /// Rings when an account is taken.
    taken: Notify,
}

/// Questions that may wait for one account before the next asker waits too.
const WAITING: usize = 64;

/// A new account, or one of a gateway that has just started, is taken within moments.
const START: Duration = Duration::from_secs(3);

#[async_trait]
impl Asks for Desk {
    async fn ask(&self, account: AccountId, ask: Ask) -> Option<Result<Answer, Failure>> {
        let courier = tokio::time::timeout(START, self.courier_of(account)).await.ok()?;
        let (reply, answer) = oneshot::channel();
        courier.send(Question { ask, reply }).await.ok()?;
        answer.await.ok()
    }

    fn answer_for(&self, account: AccountId) -> mpsc::Receiver<Question> {
        let (sender, receiver) = mpsc::channel(WAITING);
        self.couriers.lock().unwrap_or_else(PoisonError::into_inner).insert(account, sender);
        self.taken.notify_waiters();
        receiver
    }
}

impl Desk {
    async fn courier_of(&self, account: AccountId) -> mpsc::Sender<Question> {
        loop {
            let taken = self.taken.notified();
            let found = self.couriers.lock().unwrap_or_else(PoisonError::into_inner).get(&account).cloned();
            match found.filter(|courier| !courier.is_closed()) {
                Some(courier) => return courier,
                None => taken.await,
            }
        }
    }
}

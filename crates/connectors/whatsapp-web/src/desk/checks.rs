//! Are these numbers on WhatsApp? Many questions become one, and no more are asked than a person's phone would ask:
//! accounts that look up many numbers are banned.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluice_clock::Clock;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Failure, Timestamp};
use tokio::sync::oneshot;
use whatsapp_rust::{Client, Jid};

use super::{Desk, lock, of_question};

/// Questions that come within this time are asked as one.
const GATHER: Duration = Duration::from_millis(100);

/// Numbers in one question to the server.
pub const AT_ONCE: usize = 500;

const MINUTE: Duration = Duration::from_secs(60);

/// Numbers that may be looked up within a minute.
pub const A_MINUTE: usize = 600;

/// What the server says of one number or LID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub asked: Jid,
    pub exists: bool,
    /// The other addresses of the same person.
    pub phone: Option<Jid>,
    pub lid: Option<Jid>,
}

type Reply = oneshot::Sender<Result<Vec<Found>, Failure>>;

#[derive(Default)]
pub struct Checks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<Vec<(Vec<Jid>, Reply)>>,
    budget: Mutex<Budget>,
}

/// How many were looked up when.
#[derive(Debug, Default)]
pub struct Budget(VecDeque<(Timestamp, usize)>);

impl Budget {
    /// Takes `count` out of the minute's budget, or says how long to wait. More than a minute's budget at once is taken
    /// when nothing else was: it could never be answered otherwise.
    pub fn spend(&mut self, count: usize, now: Timestamp) -> Result<(), Duration> {
        self.0.retain(|(at, _)| now.since(*at) < MINUTE);
        let mut spent: usize = self.0.iter().map(|(_, count)| count).sum();
        if spent == 0 || spent + count <= A_MINUTE {
            self.0.push_back((now, count));
            return Ok(());
        }
        let mut wait = MINUTE;
        for (at, earlier) in &self.0 {
            wait = MINUTE.saturating_sub(now.since(*at));
            spent -= earlier;
            if spent == 0 || spent + count <= A_MINUTE {
                break;
            }
        }
        Err(wait)
    }
}

impl Desk {
    /// As [`Desk::look_up`], within the budget of the minute and together with whoever asks at the same time.
    pub async fn check(&self, jids: Vec<Jid>) -> Result<Vec<Found>, Failure> {
        if jids.is_empty() {
            return Ok(Vec::new());
        }
        let (reply, answer) = oneshot::channel();
        let inner = &self.checks.0;
        let first = {
            let mut waiting = lock(&inner.waiting);
            waiting.push((jids, reply));
            waiting.len() == 1
        };
        if first {
            // A task of its own: who asked first may stop waiting, and the others must not wait for ever.
            let (inner, client, clock) = (inner.clone(), self.client.clone(), self.home.clock.clone());
            tokio::spawn(async move { inner.ask_together(&client, &clock).await });
        }
        answer.await.unwrap_or_else(|_| Err(Failure::not_sent(Why::Timeout, Retry::BackOff, "WhatsApp was not asked.")))
    }

    /// Asks the server about people, in the order of `jids`.
    pub async fn look_up(&self, jids: &[Jid]) -> Result<Vec<Found>, Failure> {
        look_up(&self.client, jids).await
    }
}

impl Inner {
    async fn ask_together(&self, client: &Arc<Client>, clock: &Clock) {
        clock.sleep(GATHER).await;
        let asked = std::mem::take(&mut *lock(&self.waiting));
        let (mut within, mut jids) = (Vec::new(), Vec::new());
        for (some, reply) in asked {
            let spent = lock(&self.budget).spend(some.len(), clock.now());
            match spent {
                Ok(()) => {
                    within.push((some.len(), reply));
                    jids.extend(some);
                }
                Err(wait) => {
                    let note =
                        format!("More than {A_MINUTE} numbers a minute are not looked up: it gets accounts banned.");
                    // Who asked may have gone.
                    let _ = reply.send(Err(Failure::not_sent(Why::RateLimited, Retry::After(wait), note)));
                }
            }
        }
        let mut found = Ok(Vec::with_capacity(jids.len()));
        for some in jids.chunks(AT_ONCE) {
            match (&mut found, look_up(client, some).await) {
                (Ok(found), Ok(more)) => found.extend(more),
                (Ok(_), Err(failure)) => found = Err(failure),
                (Err(_), _) => break,
            }
        }
        let mut from = 0;
        for (count, reply) in within {
            let answer = found.as_ref().map(|found| found[from..from + count].to_vec()).map_err(Clone::clone);
            from += count;
            let _ = reply.send(answer);
        }
    }
}

async fn look_up(client: &Arc<Client>, jids: &[Jid]) -> Result<Vec<Found>, Failure> {
    let answer = Box::pin(async { client.contacts().is_on_whatsapp(jids).await }).await;
    let answer = answer.map_err(|error| of_question(&error, "numbers"))?;
    let found = jids.iter().map(|asked| {
        let same = |other: &Jid| other.server == asked.server && other.user_base() == asked.user_base();
        let about = answer.iter().find(|said| same(&said.jid) || said.pn_jid.as_ref().is_some_and(same));
        let of_kind = |lid: bool| {
            let said = about?;
            let all = [Some(&said.jid), said.pn_jid.as_ref(), said.lid.as_ref()];
            all.into_iter().flatten().find(|jid| jid.is_lid() == lid && (lid || jid.is_pn())).cloned()
        };
        Found {
            asked: asked.clone(),
            exists: about.is_some_and(|said| said.is_registered),
            phone: of_kind(false),
            lid: of_kind(true),
        }
    });
    Ok(found.collect())
}

//! What became of the attempts, on its way back to the shelf.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use sluice_model::event::{News, Receipt};
use sluice_model::failure::{Retry, Why};
use sluice_model::message::Trouble;
use sluice_model::{Failure, Order};
use sluice_store::Fault;
use sluice_store::journal::Record;
use sluice_store::outbox::{Outcome, Settled, Verdict};
use tokio::task::{self, JoinError};

use super::{Claims, InHand};
use crate::insist::PAUSE;
use crate::keeper::perform::Done;
use crate::mandate::Word;
use crate::verdict::verdict;
use crate::{counts, pace};

/// A settle under way, with what it settles.
pub type Settling = BoxFuture<'static, (Vec<Settled>, Result<Vec<Verdict>, Fault>)>;

impl Claims {
    /// An attempt ended, or its task did.
    pub(super) fn finish(&mut self, ended: Result<(task::Id, Done), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(InHand { order, link, handed_over }) = self.in_hand.remove(&id) else {
            return;
        };
        self.busy.remove(order.chat());
        let order = Arc::unwrap_or_clone(order);
        let broken = |note| Done { result: Err(Failure::unknown(note)), sent_at: None, took: Duration::ZERO };
        let done = match ended {
            Ok((_, done)) => done,
            Err(error) if error.is_panic() => {
                tracing::error!("the session panicked while sending and is being reopened");
                self.mandate.tell(Word::Broke);
                broken("the session failed while it was sending this")
            }
            Err(_) if self.may_be_broken_off() || !handed_over.load(Ordering::Relaxed) => return self.put_back(order),
            Err(_) => broken("the session was closed while it was sending this"),
        };
        let parts = self.post.parts.clone();
        let (now, settings, dice) = (parts.clock.now(), &parts.settings, &parts.dice);
        if let Some(sent_at) = done.sent_at {
            self.post.gap.begin(sent_at, self.stage().gap, dice);
        }
        if waits_for_link(&done) && link.up && *self.link.borrow() == link {
            let pause = pace::doubling(settings.backoff_first, settings.backoff_max, order.attempt, dice);
            self.held_until = now.plus(pause);
        }
        let repeats = self.abilities().deduplicates && !self.post.connector.remembers();
        let outcome = verdict(done.result, &order, repeats, settings, now, dice);
        tracing::debug!(message = %order.id(), attempt = order.attempt, outcome = counts::word(&outcome), "attempted");
        counts::attempted(self.post.connector.name(), counts::word(&outcome), done.took);
        self.finished.push(Settled { order, epoch: self.mandate.epoch, at: now, outcome });
    }

    /// Gives up an order that the session was not asked to send, or that may be broken off.
    pub(super) fn put_back(&mut self, order: Order) {
        if self.may_be_broken_off() {
            // It stays in hand, and the next session goes on with it or begins it again: then this claim is not counted.
            return;
        }
        let trouble =
            Trouble { why: Why::Disconnected, note: "the session was closed before this was sent".to_owned() };
        // In its old place, before what waits behind it.
        let outcome = Outcome::Retry { next_at: order.due_at, trouble };
        let at = self.post.parts.clock.now();
        self.finished.push(Settled { order, epoch: self.mandate.epoch, at, outcome });
    }

    fn may_be_broken_off(&self) -> bool {
        self.abilities().deduplicates || self.post.connector.remembers()
    }

    /// Settles everything that is finished, in one commit.
    pub(super) fn settle(&mut self) -> Option<Settling> {
        if self.finished.is_empty() || self.post.parts.clock.now() < self.settle_at {
            return None;
        }
        let finished = std::mem::take(&mut self.finished);
        self.settling = finished.len();
        let store = self.post.parts.store.clone();
        Some(
            async move {
                let verdicts = store.settle(finished.clone()).await;
                (finished, verdicts)
            }
            .boxed(),
        )
    }

    pub(super) async fn settled(&mut self, mut settled: Vec<Settled>, verdicts: Result<Vec<Verdict>, Fault>) {
        self.settling = 0;
        let verdicts = match verdicts {
            Ok(verdicts) => verdicts,
            Err(Fault::Stale) => return self.mandate.tell(Word::Stale),
            Err(fault) if self.given_up || matches!(fault, Fault::Broken(_)) => {
                return tracing::warn!(%fault, "attempts could not be settled; they are recovered at the next opening");
            }
            Err(fault) => {
                tracing::warn!(%fault, "attempts could not be settled; trying again");
                self.settle_at = self.post.parts.clock.now().plus(PAUSE);
                settled.append(&mut self.finished);
                self.finished = settled;
                return;
            }
        };
        // Their chats are free for their next orders.
        self.wanted = true;
        let mut overtaken = Vec::new();
        for (Settled { order, outcome, .. }, verdict) in settled.into_iter().zip(verdicts) {
            let stale = verdict == Verdict::Stale;
            counts::settled(self.post.connector.name(), if stale { "stale" } else { counts::word(&outcome) });
            let remote = match &outcome {
                Outcome::Sent { remote, .. } => remote.as_deref(),
                _ => None,
            };
            if order.message.remote.is_none() {
                overtaken.extend(self.early.end(remote));
            }
            if matches!(outcome, Outcome::Sent { .. }) && self.account().settings.mark_read_on_reply {
                self.mandate.tell(Word::Read { chat: order.message.chat, remotes: Vec::new() });
            }
        }
        self.record(overtaken).await;
    }

    /// Receipts that came before the store knew whose they were.
    async fn record(&self, receipts: Vec<Receipt>) {
        if receipts.is_empty() {
            return;
        }
        let (account, at) = (self.mandate.account, self.post.parts.clock.now());
        let record = |receipt| Record { account, epoch: Some(self.mandate.epoch), at, news: News::Receipt(receipt) };
        let records = receipts.into_iter().map(record).collect();
        if let Err(fault) = self.post.parts.store.record(records).await {
            tracing::warn!(%fault, "early receipts could not be recorded");
        }
    }
}

/// The session said that it is not connected.
fn waits_for_link(done: &Done) -> bool {
    matches!(done.result, Err(Failure::NotSent { retry: Retry::Reconnected, .. }))
}

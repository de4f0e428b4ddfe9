//! From claim to settle, for one open session.
//!
//! One claim and one settle are under way at most, and any number of attempts between them, each of another chat: the
//! store hands out no second order of a chat before the first one is settled.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, OptionFuture};
use sluice_connector::Session;
use sluice_model::ability::Stage;
use sluice_model::{Abilities, Account, Address, Order, Timestamp};
use sluice_store::Fault;
use sluice_store::outbox::{Claim, Claimed, Settled};
use sluice_telemetry::names::span;
use tokio::sync::{oneshot, watch};
use tokio::task::{self, JoinSet};
use tracing::Instrument;

use self::settle::Settling;
use super::Post;
use super::perform::{self, Attempt, Done};
use super::session::Link;
use crate::early::Early;
use crate::mandate::{Mandate, Word};
use crate::{counts, pace};

mod settle;

pub struct Claims {
    post: Post,
    session: Arc<Box<dyn Session>>,
    mandate: Mandate,
    link: watch::Receiver<Link>,
    early: Arc<Early>,
    /// The younger the login, the slower it sends.
    logged_in_at: Option<Timestamp>,

    attempts: JoinSet<Done>,
    in_hand: HashMap<task::Id, InHand>,
    /// Chats that an attempt is under way to.
    busy: HashSet<Address>,
    /// Claimed, but the chat is busy: a receipt has ended the order before it while its attempt is still under way.
    parked: Vec<Order>,
    finished: Vec<Settled>,
    /// Of the settle under way.
    settling: usize,
    /// After a fault of the store.
    settle_at: Timestamp,

    /// There may be something to claim.
    wanted: bool,
    next_due: Option<Timestamp>,
    /// Look without having been called.
    beat_at: Timestamp,
    /// A session that says "not connected" while it counts as connected is not asked again before then.
    held_until: Timestamp,
    /// Told to end: what is still in hand then is given up.
    deadline: Option<Timestamp>,
    given_up: bool,
}

/// An order between claim and settle.
struct InHand {
    order: Arc<Order>,
    /// The link when the attempt began.
    link: Link,
    /// The session was asked to send it.
    handed_over: Arc<AtomicBool>,
}

/// A claim under way, and its limit.
type Claiming = BoxFuture<'static, (usize, Result<Claimed, Fault>)>;

impl Claims {
    pub fn new(
        post: Post,
        session: Arc<Box<dyn Session>>,
        mandate: Mandate,
        link: watch::Receiver<Link>,
        early: Arc<Early>,
        logged_in_at: Option<Timestamp>,
    ) -> Self {
        Self {
            beat_at: post.parts.clock.now(),
            post,
            session,
            mandate,
            link,
            early,
            logged_in_at,
            attempts: JoinSet::new(),
            in_hand: HashMap::new(),
            busy: HashSet::new(),
            parked: Vec::new(),
            finished: Vec::new(),
            settling: 0,
            settle_at: Timestamp::default(),
            wanted: true,
            next_due: None,
            held_until: Timestamp::default(),
            deadline: None,
            given_up: false,
        }
    }

    /// Works until told to hang up, and then until nothing is in hand any more and what is known is written down, as far as
    /// the patience goes.
    pub async fn run(mut self, mut hung_up: oneshot::Receiver<Duration>) {
        let (clock, orders) = (self.post.parts.clock.clone(), self.post.orders.clone());
        let mut claiming: Option<Claiming> = None;
        let mut settling: Option<Settling> = None;
        loop {
            if claiming.is_none() {
                claiming = self.claim();
            }
            if settling.is_none() {
                settling = self.settle();
            }
            let nothing_left = self.in_hand.is_empty() && self.finished.is_empty();
            if self.deadline.is_some() && claiming.is_none() && settling.is_none() && nothing_left {
                return;
            }
            let wakes_at = self.wakes_at();
            tokio::select! {
                patience = &mut hung_up, if self.deadline.is_none() => {
                    self.deadline = Some(clock.now().plus(patience.unwrap_or_default()));
                }
                Some((limit, claimed)) = OptionFuture::from(claiming.as_mut()) => {
                    claiming = None;
                    self.claimed(limit, claimed);
                }
                Some((settled, verdicts)) = OptionFuture::from(settling.as_mut()) => {
                    settling = None;
                    self.settled(settled, verdicts).await;
                }
                Some(ended) = self.attempts.join_next_with_id() => {
                    self.finish(ended);
                    // A burst is settled in one commit.
                    while let Some(ended) = self.attempts.try_join_next_with_id() {
                        self.finish(ended);
                    }
                    let parked = std::mem::take(&mut self.parked);
                    self.begin(parked);
                }
                Ok(()) = self.link.changed() => {
                    self.wanted = true;
                    self.held_until = Timestamp::default();
                }
                () = orders.notified() => self.wanted = true,
                () = clock.sleep_until(wakes_at) => self.woken(),
            }
        }
    }

    /// Takes orders in hand, if there may be some and there is room for them.
    fn claim(&mut self) -> Option<Claiming> {
        let now = self.post.parts.clock.now();
        let limit = self.room(now);
        let idle = !self.wanted || self.deadline.is_some() || !self.link.borrow().up || now < self.held_until;
        if idle || limit == 0 {
            return None;
        }
        // Whoever calls from here on calls for the next claim.
        self.wanted = false;
        let claim = Claim { account: self.mandate.account, epoch: self.mandate.epoch, limit, now };
        let store = self.post.parts.store.clone();
        Some(async move { (limit, store.claim(claim).await) }.boxed())
    }

    /// How many orders may be taken in hand now. With a gap between sends it is one, and only when it can go at once.
    fn room(&self, now: Timestamp) -> usize {
        let in_hand = self.in_hand.len() + self.parked.len() + self.finished.len() + self.settling;
        if self.stage().gap.is_zero() {
            self.post.parts.settings.in_flight.saturating_sub(in_hand)
        } else {
            usize::from(in_hand == 0 && self.post.gap.ends_at() <= now)
        }
    }

    fn claimed(&mut self, limit: usize, claimed: Result<Claimed, Fault>) {
        let Claimed { orders, next_due } = match claimed {
            Ok(claimed) => claimed,
            Err(Fault::Stale) => return self.mandate.tell(Word::Stale),
            // The next beat tries again.
            Err(fault) => return tracing::warn!(%fault, "orders could not be claimed; trying again"),
        };
        self.next_due = next_due;
        if orders.is_empty() {
            return;
        }
        // There may be more than there was room for.
        self.wanted |= orders.len() == limit;
        counts::claimed(self.post.connector.name(), orders.len());
        self.begin(orders);
    }

    pub fn begin(&mut self, orders: Vec<Order>) {
        for order in orders {
            if self.busy.contains(order.chat()) && !self.given_up {
                self.parked.push(order);
                continue;
            }
            if order.message.remote.is_none() {
                self.early.begin();
            }
            if self.given_up {
                self.put_back(order);
            } else {
                self.attempt(Arc::new(order));
            }
        }
    }

    fn attempt(&mut self, order: Arc<Order>) {
        let parts = &self.post.parts;
        let handed_over = Arc::<AtomicBool>::default();
        let attempt = Attempt {
            order: order.clone(),
            session: self.session.clone(),
            abilities: self.abilities(),
            clock: parts.clock.clone(),
            limit: if self.post.connector.remembers() {
                perform::ENDLESS
            } else {
                perform::limit(&order, &parts.settings, &parts.clock)
            },
            typing: perform::typing(&order, &self.account().settings),
            handed_over: handed_over.clone(),
            newcomers: self.stage().new_chats_a_day.map(|cap| (self.post.newcomers.clone(), cap)),
            store: parts.store.clone(),
        };
        let span = tracing::debug_span!(span::COURIER_PERFORM, message = %order.id(), attempt = order.attempt);
        let id = self.attempts.spawn(attempt.run().instrument(span)).id();
        self.busy.insert(order.chat().clone());
        self.in_hand.insert(id, InHand { order, link: *self.link.borrow(), handed_over });
    }

    /// When to look again, if nobody calls before.
    fn wakes_at(&self) -> Timestamp {
        let now = self.post.parts.clock.now();
        // What has passed already blocks nothing and would only wake us again and again.
        let to_come = |until: &Timestamp| *until > now;
        match self.deadline {
            Some(_) if self.given_up => Timestamp::NEVER,
            Some(deadline) => Some(self.settle_at).filter(to_come).map_or(deadline, |again| again.min(deadline)),
            None => {
                let blocks = [self.held_until, self.post.gap.ends_at(), self.settle_at].into_iter().filter(to_come);
                blocks.chain(self.next_due).fold(self.beat_at, Timestamp::min)
            }
        }
    }

    fn woken(&mut self) {
        let now = self.post.parts.clock.now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.given_up = true;
            self.attempts.abort_all();
            // What waits for its next try gets it now.
            self.settle_at = now;
        }
        if self.beat_at <= now {
            self.beat_at = now.plus(pace::beat(&self.post.parts.clock));
            self.wanted = true;
        }
        if self.next_due.is_some_and(|due| due <= now) {
            self.next_due = None;
            self.wanted = true;
        }
    }

    /// How fast the account may send now.
    fn stage(&self) -> Stage {
        let (now, pace) = (self.post.parts.clock.now(), self.abilities().pace);
        pace::stage(&self.account().settings, self.logged_in_at, pace, now)
    }

    fn account(&self) -> Arc<Account> {
        self.post.account.borrow().clone()
    }

    fn abilities(&self) -> &'static Abilities {
        self.post.abilities()
    }
}

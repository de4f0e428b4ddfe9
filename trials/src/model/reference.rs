//! The outbox and the journal as they are meant: no tables, no commits, and nothing that is fast.

use std::collections::BTreeMap;

use sluice_model::order::Step;
use sluice_model::{AccountId, Address, KeyId, MessageId, Order, State, Timestamp};
use sluice_store::Epoch;
use sluice_store::outbox::{Accepted, FAR_OFF, Outcome, Submission, Verdict};

/// Where an open order stands in its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Its hour is far off.
    Apart,
    Behind,
    Front,
    Claimed(Epoch),
}

#[derive(Clone, Debug)]
struct Open {
    account: AccountId,
    chat: Address,
    place: Place,
    due_at: Timestamp,
    expires_at: Timestamp,
    attempt: u32,
}

/// What became of a message so far, whether its order is open or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    pub account: AccountId,
    pub remote: String,
    pub state: State,
    /// Names of its events.
    pub told: Vec<&'static str>,
}

/// What was asked under a key, and what was answered.
type Answered = ([u8; 32], Vec<MessageId>, Timestamp);

#[derive(Clone, Debug, Default)]
pub struct Reference {
    epochs: BTreeMap<AccountId, Epoch>,
    open: BTreeMap<MessageId, Open>,
    pub stories: BTreeMap<MessageId, Story>,
    keys: BTreeMap<(KeyId, String), Answered>,
    /// Entries of each account's journal.
    pub entries: BTreeMap<AccountId, u32>,
}

/// The ids claimed, each with its attempt, and when there is more to claim.
pub type Claimed = (Vec<(MessageId, u32)>, Option<Timestamp>);

/// So many orders enter their lanes at one claim, and so many are found expired on the way.
const AT_ONE_CLAIM: usize = 256;

impl Reference {
    pub fn take(&mut self, account: AccountId) -> Epoch {
        let epoch = self.epochs.entry(account).or_insert(Epoch(0));
        epoch.0 += 1;
        *epoch
    }

    fn is_stale(&self, account: AccountId, epoch: Epoch) -> bool {
        self.epochs.get(&account) != Some(&epoch)
    }

    pub fn accept(&mut self, submission: &Submission) -> Accepted {
        if let Some(key) = &submission.idempotency {
            let name = (key.scope, key.key.clone());
            if let Some((request, ids, at)) = self.keys.get(&name) {
                let same = *request == key.request;
                return if same { Accepted::Before { ids: ids.clone(), at: *at } } else { Accepted::KeyReused };
            }
            let ids = submission.orders.iter().map(Order::id).collect();
            self.keys.insert(name, (key.request, ids, submission.at));
        }
        for order in &submission.orders {
            let far_off = order.due_at > submission.at.plus(FAR_OFF);
            let place = if far_off { Place::Apart } else { self.next_place(order.account, order.chat()) };
            let (account, chat) = (order.account, order.chat().clone());
            let remote = order.message.remote.clone().unwrap_or_default();
            let open = Open {
                account,
                chat,
                place,
                due_at: order.due_at,
                expires_at: order.expires_at,
                attempt: order.attempt,
            };
            self.open.insert(order.id(), open);
            self.stories.insert(order.id(), Story { account, remote, state: State::Waiting, told: Vec::new() });
        }
        Accepted::New
    }

    fn next_place(&self, account: AccountId, chat: &Address) -> Place {
        let taken = self.open.values().any(|o| o.account == account && o.chat == *chat && o.place != Place::Apart);
        if taken { Place::Behind } else { Place::Front }
    }

    /// `None` when the epoch is stale.
    pub fn claim(&mut self, account: AccountId, epoch: Epoch, limit: usize, now: Timestamp) -> Option<Claimed> {
        if self.is_stale(account, epoch) {
            return None;
        }
        for id in self.due(account, Place::Apart, now).into_iter().take(AT_ONE_CLAIM) {
            let Some(chat) = self.open.get(&id).map(|open| open.chat.clone()) else { continue };
            let place = self.next_place(account, &chat);
            self.open.entry(id).and_modify(|open| open.place = place);
        }
        let (mut claimed, mut expired) = (Vec::new(), 0);
        while claimed.len() < limit && expired < AT_ONE_CLAIM {
            let found: Vec<_> = self.due(account, Place::Front, now).into_iter().take(limit - claimed.len()).collect();
            if found.is_empty() {
                break;
            }
            for id in found {
                let Some(open) = self.open.get_mut(&id) else { continue };
                if open.expires_at <= now {
                    self.step(id, Step::Expire);
                    expired += 1;
                } else {
                    open.attempt += 1;
                    open.place = Place::Claimed(epoch);
                    claimed.push((id, open.attempt));
                    self.set(id, State::Claimed);
                }
            }
        }
        let waits = |open: &&Open| open.account == account && matches!(open.place, Place::Apart | Place::Front);
        Some((claimed, self.open.values().filter(waits).map(|open| open.due_at).min()))
    }

    fn due(&self, account: AccountId, place: Place, now: Timestamp) -> Vec<MessageId> {
        let is_due = |open: &Open| open.account == account && open.place == place && open.due_at <= now;
        let mut due: Vec<_> =
            self.open.iter().filter(|(_, open)| is_due(open)).map(|(id, open)| (open.due_at, *id)).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id)| id).collect()
    }

    pub fn settle(&mut self, order: &Order, epoch: Epoch, outcome: &Outcome) -> Verdict {
        let present = self.open.get(&order.id()).is_some_and(|open| {
            open.place == Place::Claimed(epoch) && open.attempt == order.attempt && open.account == order.account
        });
        if !present || self.is_stale(order.account, epoch) {
            return Verdict::Stale;
        }
        match outcome {
            Outcome::Sent { .. } => self.step(order.id(), Step::Send),
            Outcome::Failed { .. } => self.step(order.id(), Step::Fail),
            Outcome::Uncertain { .. } => self.step(order.id(), Step::Doubt),
            Outcome::Retry { next_at, .. } => {
                self.back(order.id(), *next_at);
                self.tell(order.id(), &["message.retried"])
            }
        };
        Verdict::Settled
    }

    /// Back on the shelf, still in front of its lane.
    fn back(&mut self, id: MessageId, due_at: Timestamp) {
        if let Some(open) = self.open.get_mut(&id) {
            (open.place, open.due_at) = (Place::Front, due_at);
        }
        self.set(id, State::Waiting);
    }

    pub fn recover(&mut self, account: AccountId, epoch: Epoch, repeat: bool, now: Timestamp) -> Option<u64> {
        if self.is_stale(account, epoch) {
            return None;
        }
        let left =
            |open: &Open| open.account == account && matches!(open.place, Place::Claimed(earlier) if earlier < epoch);
        let left: Vec<_> = self.open.iter().filter(|(_, open)| left(open)).map(|(id, _)| *id).collect();
        for id in &left {
            match self.open.get_mut(id) {
                // What may have arrived must not be called expired.
                Some(open) if repeat && now < open.expires_at => {
                    open.attempt -= 1;
                    let due_at = open.due_at;
                    self.back(*id, due_at);
                }
                _ => {
                    self.step(*id, Step::Doubt);
                }
            }
        }
        Some(left.len() as u64)
    }

    pub fn cancel(&mut self, account: AccountId, ids: Option<&[MessageId]>) -> Vec<MessageId> {
        let waits = |open: &Open| open.account == account && !matches!(open.place, Place::Claimed(_));
        let all: Vec<_> = self.open.iter().filter(|(_, open)| waits(open)).map(|(id, _)| *id).collect();
        let wanted: Vec<MessageId> = match ids {
            Some(ids) => ids.iter().filter(|id| all.contains(id)).copied().collect(),
            None => all,
        };
        for id in &wanted {
            self.step(*id, Step::Cancel);
        }
        wanted
    }

    pub fn expire(&mut self, now: Timestamp, limit: usize) -> u64 {
        let over = |open: &Open| open.expires_at <= now && !matches!(open.place, Place::Claimed(_));
        let mut over: Vec<_> = self
            .open
            .iter()
            .filter(|(_, open)| over(open))
            .map(|(id, open)| (open.expires_at, open.account, *id))
            .collect();
        over.sort_unstable();
        over.truncate(limit);
        for (_, _, id) in &over {
            self.step(*id, Step::Expire);
        }
        over.len() as u64
    }

    /// How many entries it leads to; `None` when the epoch is stale.
    pub fn receipt(&mut self, account: AccountId, epoch: Epoch, remote: &str, step: Step) -> Option<usize> {
        if self.is_stale(account, epoch) {
            return None;
        }
        let found = self.stories.iter().find(|(_, story)| story.account == account && story.remote == remote);
        let Some((id, state)) = found.map(|(id, story)| (*id, story.state)) else { return Some(0) };
        Some(state.told_by(step).into_iter().map(|step| self.step(id, step)).sum())
    }

    /// Orders of an account that are not closed, in the order of their ids, each with its attempts so far.
    pub fn waiting(&self, account: AccountId) -> Vec<(MessageId, u32)> {
        self.open.iter().filter(|(_, open)| open.account == account).map(|(id, open)| (*id, open.attempt)).collect()
    }

    /// Takes the step if there is one, and tells it; how many entries that is.
    fn step(&mut self, id: MessageId, step: Step) -> usize {
        let Some(state) = self.stories.get(&id).and_then(|story| story.state.after(step)) else { return 0 };
        self.set(id, state);
        if !state.is_open() {
            self.leave(id);
        }
        self.tell(
            id,
            match step {
                Step::Send => &["message.posted", "message.sent"],
                Step::Deliver => &["message.delivered"],
                Step::Read => &["message.read"],
                Step::Fail => &["message.failed"],
                Step::Expire => &["message.expired"],
                Step::Cancel => &["message.cancelled"],
                Step::Doubt => &["message.uncertain"],
                Step::Claim | Step::Retry => &[],
            },
        )
    }

    /// Off the shelf; the oldest behind it steps forward if it stood in front.
    fn leave(&mut self, id: MessageId) {
        let Some(left) = self.open.remove(&id) else { return };
        if matches!(left.place, Place::Apart | Place::Behind) {
            return;
        }
        let next =
            |open: &&mut Open| open.account == left.account && open.chat == left.chat && open.place != Place::Apart;
        if let Some(next) = self.open.values_mut().find(next) {
            next.place = Place::Front;
        }
    }

    fn set(&mut self, id: MessageId, state: State) {
        self.stories.entry(id).and_modify(|story| story.state = state);
    }

    fn tell(&mut self, id: MessageId, names: &[&'static str]) -> usize {
        if let Some(story) = self.stories.get_mut(&id) {
            story.told.extend(names);
            *self.entries.entry(story.account).or_default() += names.len() as u32;
        }
        names.len()
    }
}

//! Events by asking: the long poll, its confirmations, the stream's beginning.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{pending, select_all};
use serde_json::Value;
use sluice_model::command::Queue;
use sluice_model::event::News;
use sluice_model::listener::Target;
use sluice_model::outcome::Told;
use sluice_model::refusal::Noun;
use sluice_model::{Account, Event, EventId, Listener, ListenerId, Outcome, Position, Refusal};
use sluice_store::deliveries::Move;
use sluice_store::journal::Record;
use tokio::sync::Notify;

use super::{Errand, LOOK, Result};
use crate::tell::Teller;

/// Entries read at a time while those at the head are not wanted.
const MOST_AT_ONCE: usize = 256;

/// Entries answered at once at most.
const LIMIT: usize = 1_000;

/// Waiting entries are counted no further than this.
const COUNTED: u64 = 10_000;

/// A listener's place, in the journals that it is about.
struct Place {
    listener: Arc<Listener>,
    accounts: Vec<Arc<Account>>,
}

impl Place {
    /// Refuses a listener that is called: what it is told cannot be asked for besides (contract greenapi.md §5.2).
    fn only_pull(&self) -> Result<&Self> {
        match self.listener.target {
            Target::Pull => Ok(self),
            Target::Push { .. } | Target::PerMessage => {
                Err(Refusal::Conflict("a webhook URL is set; clear it to ask for events".into()).into())
            }
        }
    }
}

impl Errand<'_> {
    async fn place(&self, queue: Queue) -> Result<Place> {
        match queue {
            Queue::Own => {
                let account = self.call.account()?;
                Ok(Place { listener: self.own(account).await?, accounts: vec![Arc::clone(account)] })
            }
            Queue::Listener(id) => {
                let listener = self.listener_in_reach(id).await?;
                let mut accounts = self.accounts_in_reach().await?;
                accounts.retain(|account| listener.account.is_none_or(|own| own == account.id));
                if accounts.is_empty() {
                    return Err(Refusal::NotFound(Noun::Listener).into());
                }
                Ok(Place { listener, accounts })
            }
        }
    }

    pub(super) async fn receive(&self, queue: Queue, wait: Duration, limit: usize) -> Result {
        let place = self.place(queue).await?;
        let teller = Teller::of_listener(self.room, self.dialect, Arc::clone(&place.only_pull()?.listener));
        let bells: Vec<_> = place.accounts.iter().map(|account| self.room.store.bell().journal(account.id)).collect();
        let limit = limit.clamp(1, LIMIT);
        let mut end = std::pin::pin!(tokio::time::sleep(wait));
        loop {
            // Taken before the look, or a ring between look and wait is missed.
            let rung = any(&bells);
            let told = self.look(&teller, &place, limit).await?;
            if !told.is_empty() {
                return Ok(Outcome::Entries(told));
            }
            tokio::select! {
                biased;
                () = self.room.closing.cancelled() => return Ok(Outcome::Entries(told)),
                () = rung => {}
                () = &mut end => return Ok(Outcome::Entries(told)),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn look(&self, teller: &Teller<'_>, place: &Place, limit: usize) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        for account in &place.accounts {
            if told.len() < limit {
                self.look_at(teller, account, limit, &mut told).await?;
            }
        }
        Ok(told)
    }

    /// Tells what stands behind the listener's cursor. What it is not told of moves the cursor as long as nothing that
    /// it is told of stands before.
    async fn look_at(&self, teller: &Teller<'_>, account: &Account, limit: usize, told: &mut Vec<Told>) -> Result<()> {
        let store = &self.room.store;
        let listener = teller.listener.id;
        let mut at = store.cursor(listener, account.id).await?;
        let (before, mut passed, mut batch) = (told.len(), None, (limit - told.len()).min(MOST_AT_ONCE));
        'looking: loop {
            let entries = store.after(account.id, at, batch).await?;
            let more = entries.len() == batch;
            for entry in entries {
                at = entry.position;
                match teller.notice(account, &entry).await? {
                    Some(notice) => {
                        told.push(Told { event: entry.id(), at: entry.at, body: notice.body });
                        if told.len() == limit {
                            break 'looking;
                        }
                    }
                    None if told.len() == before => passed = Some(at),
                    None => {}
                }
            }
            if !more || told.len() > before {
                break;
            }
            batch = (batch * 4).min(MOST_AT_ONCE);
        }
        if let Some(to) = passed {
            store.confirm(vec![Move { listener, account: account.id, to }]).await?;
        }
        Ok(())
    }

    pub(super) async fn confirm(&self, queue: Queue, upto: Position) -> Result {
        let place = self.place(queue).await?;
        let [account] = place.only_pull()?.accounts.as_slice() else {
            return Err(Refusal::Missing("account").into());
        };
        // What is not written yet cannot have been handled.
        if upto > self.room.store.last(account.id).await? {
            return Ok(Outcome::Confirmed(false));
        }
        let moved = self.room.store.confirm(vec![Move { listener: place.listener.id, account: account.id, to: upto }]);
        Ok(Outcome::Confirmed(moved.await?.first() == Some(&true)))
    }

    pub(super) async fn confirm_events(&self, listener: ListenerId, upto: &[EventId]) -> Result {
        let place = self.place(Queue::Listener(listener)).await?;
        let mut moves = Vec::with_capacity(upto.len());
        for event in upto {
            let is_heard = place.only_pull()?.accounts.iter().any(|account| account.id == event.account());
            if !is_heard {
                return Err(Refusal::NotFound(Noun::Event).into());
            }
            // What is not written yet cannot have been handled.
            if event.position() <= self.room.store.last(event.account()).await? {
                moves.push(Move { listener, account: event.account(), to: event.position() });
            }
        }
        let moved = self.room.store.confirm(moves).await?;
        Ok(Outcome::Confirmed(moved.contains(&true)))
    }

    pub(super) async fn count_waiting(&self, queue: Queue) -> Result {
        let place = self.place(queue).await?;
        let store = &self.room.store;
        let teller = Teller::of_listener(self.room, self.dialect, Arc::clone(&place.listener));
        let mut count = 0;
        for account in &place.accounts {
            let mut at = store.cursor(place.listener.id, account.id).await?;
            while count < COUNTED {
                let entries = store.after(account.id, at, MOST_AT_ONCE).await?;
                let Some(last) = entries.last() else { break };
                at = last.position;
                for entry in &entries {
                    count += u64::from(teller.is_told(account, entry).await?);
                }
            }
        }
        Ok(Outcome::Count(count))
    }

    /// A dialect's own queue may be forgotten while it is pushed, as GREEN-API does; a webhook's events may not.
    pub(super) async fn clear(&self, queue: Queue) -> Result {
        let is_own = queue == Queue::Own;
        let place = self.place(queue).await?;
        if !is_own {
            place.only_pull()?;
        }
        let store = &self.room.store;
        for account in &place.accounts {
            let to = store.last(account.id).await?;
            store.confirm(vec![Move { listener: place.listener.id, account: account.id, to }]).await?;
        }
        Ok(Outcome::Done)
    }

    pub(super) async fn publish(&self, body: Value) -> Result {
        let event = Event::DebugPublished { dialect: self.dialect.name().to_owned(), body };
        let record = Record {
            account: self.call.account()?.id,
            epoch: None,
            at: self.call.at,
            news: News::Event(Box::new(event)),
        };
        self.room.store.record(vec![record]).await?;
        Ok(Outcome::Done)
    }

    /// The stream itself is [`crate::stream`]'s.
    pub(super) async fn follow(&self, after: Option<EventId>) -> Result {
        if let Some(after) = after {
            let reached = self.account_in_reach(after.account()).await;
            reached.map_err(|_| Refusal::NotFound(Noun::Event))?;
        }
        Ok(Outcome::EntriesFollow)
    }
}

/// Ends when one of the bells is rung from now on.
pub(crate) fn any(bells: &[Arc<Notify>]) -> impl Future<Output = ()> + use<'_> {
    let rings: Vec<_> = bells.iter().map(|bell| Box::pin(bell.notified())).collect();
    async {
        if rings.is_empty() {
            return pending().await;
        }
        select_all(rings).await;
    }
}

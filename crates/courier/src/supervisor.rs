//! Watches over all accounts: each has one guard with its keeper, for as long as it exists.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sluice_model::{Account, AccountId};
use sluice_store::Ring;
use sluice_telemetry::brief::{NAME, brief};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::guard::guard;
use crate::keeper::Post;
use crate::{Parts, expiry, pace};

pub struct Supervisor {
    parts: Arc<Parts>,
    watched: HashMap<AccountId, Watched>,
    /// Accounts of a kind that this house has no connector for, so that each is complained about once.
    strange: HashSet<AccountId>,
    guards: JoinSet<()>,
}

/// The supervisor's end of a [`Post`].
struct Watched {
    account: watch::Sender<Arc<Account>>,
    orders: Arc<Notify>,
    stop: CancellationToken,
}

/// What the keepers may need beyond [`crate::Settings::drain`] to close their sessions, of the world's time.
const CLOSING: Duration = Duration::from_millis(1500);

impl Supervisor {
    pub fn new(parts: Arc<Parts>) -> Self {
        Self { parts, watched: HashMap::new(), strange: HashSet::new(), guards: JoinSet::new() }
    }

    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut rings = self.parts.store.bell().listen();
        let (seen, mut sweeps) = mpsc::channel(1);
        let mut beside = JoinSet::new();
        beside.spawn(sweep(self.parts.clone(), seen));
        beside.spawn(expiry::sweep(self.parts.clone(), shutdown.clone()));
        loop {
            tokio::select! {
                // Once told to stop, nobody is called any more.
                biased;
                () = shutdown.cancelled() => break,
                ring = rings.recv() => match ring {
                    Ok(Ring::Outbox(id)) => self.call(id),
                    Ok(Ring::Account(id)) => self.look(id).await,
                    Ok(Ring::Journal(_) | Ring::Listeners | Ring::Deliveries) => {}
                    // Some rings were lost: orders are looked for now, accounts by the next sweep.
                    Err(RecvError::Lagged(_)) => self.watched.values().for_each(|watched| watched.orders.notify_one()),
                    // The bell lives as long as the store.
                    Err(RecvError::Closed) => break,
                },
                Some(accounts) = sweeps.recv() => self.compare(accounts).await,
                Some(_) = self.guards.join_next() => {}
            }
        }
        self.drain().await;
    }

    /// Orders of this account were laid on the shelf.
    fn call(&self, id: AccountId) {
        if let Some(watched) = self.watched.get(&id) {
            watched.orders.notify_one();
        }
    }

    /// The account was added, changed or removed.
    async fn look(&mut self, id: AccountId) {
        match self.parts.store.account(id).await {
            Ok(Some(account)) => self.see(account),
            Ok(None) => self.forget(id),
            Err(fault) => {
                let name = self.name_of(id);
                tracing::warn!(account = %id, name, %fault, "the account could not be read; the next sweep will")
            }
        }
    }

    /// As its keeper knows it, for the log.
    fn name_of(&self, id: AccountId) -> Option<String> {
        let account = self.watched.get(&id)?.account.borrow();
        brief(&account.name, NAME).map(str::to_owned)
    }

    /// What a sweep found against what is watched. An account that the sweep missed may be newer than the sweep, so it
    /// is looked at once more before it is forgotten.
    async fn compare(&mut self, accounts: Vec<Arc<Account>>) {
        let found: HashSet<_> = accounts.iter().map(|account| account.id).collect();
        accounts.into_iter().for_each(|account| self.see(account));
        let missing: Vec<_> = self.watched.keys().filter(|id| !found.contains(id)).copied().collect();
        for id in missing {
            self.look(id).await;
        }
    }

    fn see(&mut self, account: Arc<Account>) {
        let id = account.id;
        if let Some(watched) = self.watched.get(&id) {
            // The condition is the keeper's own word and no news to it.
            watched.account.send_if_modified(|known| {
                let changed = known.enabled != account.enabled
                    || known.settings != account.settings
                    || known.name != account.name;
                if changed {
                    *known = account;
                }
                changed
            });
            return;
        }
        let Some(connector) = self.parts.connector(&account.connector).cloned() else {
            if self.strange.insert(id) {
                let name = brief(&account.name, NAME);
                tracing::warn!(account = %id, name, connector = account.connector, "no such connector here: the account is left alone");
            }
            return;
        };
        tracing::debug!(account = %id, connector = account.connector, "the account is being kept");
        let (sender, receiver) = watch::channel(account);
        let watched = Watched { account: sender, orders: Arc::default(), stop: CancellationToken::new() };
        self.guards.spawn(guard(Post {
            parts: self.parts.clone(),
            connector,
            account: receiver,
            orders: watched.orders.clone(),
            gap: Arc::default(),
            newcomers: Arc::default(),
            stop: watched.stop.clone(),
        }));
        self.watched.insert(id, watched);
    }

    fn forget(&mut self, id: AccountId) {
        if let Some(watched) = self.watched.remove(&id) {
            tracing::debug!(account = %id, "the account was removed");
            watched.stop.cancel();
        }
    }

    async fn drain(mut self) {
        tracing::info!(accounts = self.watched.len(), "closing the sessions");
        self.watched.values().for_each(|watched| watched.stop.cancel());
        let clock = &self.parts.clock;
        let patience = pace::world(clock, self.parts.settings.drain + CLOSING);
        let closed = clock.within(patience, async { while self.guards.join_next().await.is_some() {} }).await;
        if closed.is_none() {
            tracing::warn!(accounts = self.guards.len(), "sessions did not close in time and are dropped");
            self.guards.shutdown().await;
        }
    }
}

/// Reads all accounts, now and with each beat, so that a lost ring costs a second.
async fn sweep(parts: Arc<Parts>, seen: mpsc::Sender<Vec<Arc<Account>>>) {
    loop {
        match parts.store.all_accounts().await {
            Ok(accounts) => {
                if seen.send(accounts).await.is_err() {
                    return;
                }
            }
            Err(fault) => tracing::warn!(%fault, "the accounts could not be read; trying again"),
        }
        parts.clock.sleep(pace::beat(&parts.clock)).await;
    }
}

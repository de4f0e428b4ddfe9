//! The bell that wakes whoever waits for a shelf. A lost ring costs a second, never a message: everyone who waits also
//! looks once in a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sluice_model::AccountId;
use tokio::sync::{Notify, broadcast};

/// What was laid where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ring {
    /// Orders of this account can be claimed.
    Outbox(AccountId),
    /// Entries were added to this account's journal.
    Journal(AccountId),
    /// The account was added, changed or removed, or its condition changed.
    Account(AccountId),
    /// A listener was added, changed, removed or rewound.
    Listeners,
    /// Deliveries were put up for another attempt.
    Deliveries,
}

/// Cheap to clone; all clones are one bell.
#[derive(Clone, Debug)]
pub struct Bell(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    everyone: broadcast::Sender<Ring>,
    /// Long polls wait here by the thousand, so each account has its own.
    journals: Mutex<HashMap<AccountId, Weak<Notify>>>,
    accounts: Mutex<HashMap<AccountId, Weak<Notify>>>,
}

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(Inner {
            everyone: broadcast::Sender::new(8192),
            journals: Mutex::default(),
            accounts: Mutex::default(),
        }))
    }
}

impl Bell {
    pub fn ring(&self, ring: Ring) {
        match ring {
            Ring::Journal(account) => wake(&self.0.journals, account),
            Ring::Account(account) => wake(&self.0.accounts, account),
            Ring::Outbox(_) | Ring::Listeners | Ring::Deliveries => {}
        }
        // Nobody listening is no trouble.
        let _ = self.0.everyone.send(ring);
    }

    /// Every ring from now on. A receiver that lags has lost some and must look at everything.
    pub fn listen(&self) -> broadcast::Receiver<Ring> {
        self.0.everyone.subscribe()
    }

    /// Wakes at each addition to this account's journal. Take the `notified()` future before looking at the journal,
    /// or a ring between look and wait is missed.
    pub fn journal(&self, account: AccountId) -> Arc<Notify> {
        entry(&self.0.journals, account)
    }

    /// Wakes at each change of the account or its condition.
    pub fn account(&self, account: AccountId) -> Arc<Notify> {
        entry(&self.0.accounts, account)
    }
}

fn wake(waiting: &Mutex<HashMap<AccountId, Weak<Notify>>>, account: AccountId) {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(notify) = waiting.get(&account) {
        match notify.upgrade() {
            Some(notify) => notify.notify_waiters(),
            None => {
                waiting.remove(&account);
            }
        }
    }
}

fn entry(waiting: &Mutex<HashMap<AccountId, Weak<Notify>>>, account: AccountId) -> Arc<Notify> {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(notify) = waiting.get(&account).and_then(Weak::upgrade) {
        return notify;
    }
    let notify = Arc::new(Notify::new());
    waiting.insert(account, Arc::downgrade(&notify));
    notify
}

//! Accounts, keys and listeners in memory: every call of the API asks for them, and no other process can change them.
//! Changed by the writing thread alone, after each commit and before its verbs are answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use rusqlite::Connection;
use serde_json::Value;
use sluice_model::{Account, AccountId, Key, KeyId, Listener, ListenerId, Position, WorkspaceId};

use crate::error::Result;
use crate::{accounts, keys, listeners};

#[derive(Debug, Default)]
pub struct Directory(RwLock<Books>);

#[derive(Debug, Default)]
pub struct Books {
    pub accounts: BTreeMap<AccountId, Arc<Account>>,
    /// By the hash of the token.
    pub keys: HashMap<[u8; 32], Arc<Key>>,
    pub listeners: BTreeMap<ListenerId, Arc<Listener>>,
    /// Those of one account only.
    own: HashMap<AccountId, BTreeSet<ListenerId>>,
    /// Switches that were in force up to and including a position.
    pub past: HashMap<(ListenerId, AccountId), BTreeMap<Position, Value>>,
}

/// What a commit changed.
#[derive(Debug)]
pub enum Change {
    Account(Arc<Account>),
    /// Its keys and listeners go with it.
    NoAccount(AccountId),
    Key([u8; 32], Arc<Key>),
    NoKey(KeyId),
    Listener(Arc<Listener>),
    NoListener(ListenerId),
    Past {
        listener: ListenerId,
        account: AccountId,
        until: Position,
        settings: Value,
    },
    /// Entries up to here are kept no more, so nobody asks what was in force then.
    Pruned(AccountId, Position),
}

impl Directory {
    pub fn load(db: &Connection) -> Result<Self> {
        let mut books = Books::default();
        for account in accounts::all(db)? {
            books.change(Change::Account(Arc::new(account)));
        }
        for (hash, key) in keys::all(db)? {
            books.change(Change::Key(hash, Arc::new(key)));
        }
        for listener in listeners::all(db)? {
            books.change(Change::Listener(Arc::new(listener)));
        }
        listeners::past(db)?.into_iter().for_each(|change| books.change(change));
        Ok(Self(RwLock::new(books)))
    }

    pub fn read(&self) -> RwLockReadGuard<'_, Books> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn has(&self, account: AccountId) -> bool {
        self.read().accounts.contains_key(&account)
    }

    pub fn workspace_of(&self, account: AccountId) -> Option<WorkspaceId> {
        self.read().accounts.get(&account).map(|account| account.workspace)
    }

    /// Whose listener it is.
    pub fn owner_of(&self, listener: ListenerId) -> Option<WorkspaceId> {
        self.read().listeners.get(&listener).map(|listener| listener.workspace)
    }

    pub fn apply(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut books = self.0.write().unwrap_or_else(PoisonError::into_inner);
        changes.into_iter().for_each(|change| books.change(change));
    }
}

impl Books {
    /// The listeners of this one account, not those of its whole workspace.
    pub fn own_listeners(&self, account: AccountId) -> impl Iterator<Item = &Arc<Listener>> {
        self.own.get(&account).into_iter().flatten().filter_map(|id| self.listeners.get(id))
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Account(account) => {
                self.accounts.insert(account.id, account);
            }
            Change::NoAccount(id) => {
                self.accounts.remove(&id);
                self.keys.retain(|_, key| key.account != Some(id));
                for listener in self.own.remove(&id).unwrap_or_default() {
                    self.listeners.remove(&listener);
                }
                self.past.retain(|(_, account), _| *account != id);
            }
            Change::Key(hash, key) => {
                self.keys.insert(hash, key);
            }
            Change::NoKey(id) => self.keys.retain(|_, key| key.id != id),
            Change::Listener(listener) => {
                if let Some(account) = listener.account {
                    self.own.entry(account).or_default().insert(listener.id);
                }
                self.listeners.insert(listener.id, listener);
            }
            Change::NoListener(id) => {
                let listener = self.listeners.remove(&id);
                if let Some(own) = listener.and_then(|gone| self.own.get_mut(&gone.account?)) {
                    own.remove(&id);
                }
                self.past.retain(|(listener, _), _| *listener != id);
            }
            Change::Past { listener, account, until, settings } => {
                self.past.entry((listener, account)).or_default().insert(until, settings);
            }
            Change::Pruned(id, end) => self.past.retain(|(_, account), past| {
                if *account == id {
                    past.retain(|until, _| *until > end);
                }
                !past.is_empty()
            }),
        }
    }
}

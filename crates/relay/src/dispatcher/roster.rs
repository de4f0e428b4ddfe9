//! Who listens to what: the lanes that there can be.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sluice_model::listener::Target;
use sluice_model::{AccountId, Listener, ListenerId, WorkspaceId};
use sluice_store::Fault;
use tokio::sync::Semaphore;

use crate::lane::Key;
use crate::parts::Tools;
use crate::share::Share;

#[derive(Default)]
pub struct Roster {
    listeners: BTreeMap<ListenerId, Row>,
    accounts: HashMap<AccountId, WorkspaceId>,
    /// The listeners that are told of an account.
    of_account: HashMap<AccountId, Vec<ListenerId>>,
    /// All lanes, sorted.
    lanes: Vec<Key>,
    /// Each workspace's part of the requests under way. Kept for good: what is under way still counts when its listener is
    /// off or gone.
    workspaces: HashMap<WorkspaceId, Arc<Semaphore>>,
}

#[derive(Clone)]
pub struct Row {
    pub listener: Arc<Listener>,
    /// Its part of the requests under way; it stays the same when the listener is changed.
    pub share: Arc<Share>,
}

impl Roster {
    /// Reads all listeners that are to be called.
    pub async fn read(&self, tools: &Tools) -> Result<Self, Fault> {
        let accounts = tools.store().all_accounts().await?;
        let mut next = Self {
            accounts: accounts.iter().map(|account| (account.id, account.workspace)).collect(),
            workspaces: self.workspaces.clone(),
            ..Self::default()
        };
        let mut of_workspace: HashMap<WorkspaceId, Vec<AccountId>> = HashMap::new();
        for account in &accounts {
            of_workspace.entry(account.workspace).or_default().push(account.id);
        }
        for listener in tools.store().all_listeners().await? {
            if !listener.enabled || listener.target == Target::Pull {
                continue;
            }
            if tools.dialect(&listener.dialect).is_none() {
                tracing::error!(listener = %listener.id, dialect = %listener.dialect, "this dialect is not known");
                continue;
            }
            let covered = match listener.account {
                Some(account) => vec![account],
                None => of_workspace.get(&listener.workspace).cloned().unwrap_or_default(),
            };
            for account in covered.into_iter().filter(|account| next.accounts.contains_key(account)) {
                next.of_account.entry(account).or_default().push(listener.id);
                next.lanes.push(Key { listener: listener.id, account });
            }
            let share = match self.listeners.get(&listener.id) {
                Some(row) => row.share.clone(),
                None => {
                    let settings = &tools.parts.settings;
                    let most = settings.workspace_concurrency.min(settings.total_concurrency).max(1);
                    let workspace = next.workspaces.entry(listener.workspace);
                    let workspace = workspace.or_insert_with(|| Arc::new(Semaphore::new(most)));
                    Arc::new(Share::new(settings.concurrency, workspace.clone()))
                }
            };
            next.listeners.insert(listener.id, Row { listener, share });
        }
        next.lanes.sort_unstable();
        Ok(next)
    }

    pub fn knows(&self, account: AccountId) -> bool {
        self.accounts.contains_key(&account)
    }

    /// The lanes of an account.
    pub fn lanes_of(&self, account: AccountId) -> impl Iterator<Item = Key> + use<'_> {
        self.of_account.get(&account).into_iter().flatten().map(move |listener| Key { listener: *listener, account })
    }

    pub fn lanes(&self) -> &[Key] {
        &self.lanes
    }

    /// The listener of a lane, if there can be such a lane.
    pub fn row(&self, key: Key) -> Option<&Row> {
        self.lanes.binary_search(&key).ok().and_then(|_| self.listeners.get(&key.listener))
    }

    /// `limit` lanes from the `from`th on, around the end.
    pub fn slice(&self, from: usize, limit: usize) -> Vec<Key> {
        let limit = limit.min(self.lanes.len());
        self.lanes.iter().cycle().skip(from % self.lanes.len().max(1)).take(limit).copied().collect()
    }

    /// The listeners of these lanes.
    pub fn listeners_of(keys: impl Iterator<Item = Key>) -> BTreeSet<ListenerId> {
        keys.map(|key| key.listener).collect()
    }
}

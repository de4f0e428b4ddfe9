//! The worlds of all accounts, each opened when it is first needed.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use sluice_model::{Account, AccountId};
use tokio::sync::OnceCell;

use crate::people::People;
use crate::settings::Settings;
use crate::world::World;

#[derive(Default)]
pub(crate) struct Worlds {
    settings: Settings,
    worlds: Mutex<HashMap<AccountId, Arc<OnceCell<Arc<World>>>>>,
}

impl Worlds {
    pub fn new(settings: Settings) -> Self {
        Self { settings, worlds: Mutex::default() }
    }

    /// The account's world, read from its files if this is the first time.
    pub async fn of(&self, account: &Account) -> io::Result<Arc<World>> {
        let place = self.worlds.lock().unwrap_or_else(PoisonError::into_inner).entry(account.id).or_default().clone();
        let world = place.get_or_try_init(|| self.open(account)).await?;
        Ok(world.clone())
    }

    /// Everybody, as the account sees them.
    pub fn people(&self, account: &Account) -> People {
        People { seed: self.settings.seed, account: account.id, channel: account.channel }
    }

    async fn open(&self, account: &Account) -> io::Result<Arc<World>> {
        let Settings { dir, instant, .. } = self.settings.clone();
        let people = self.people(account);
        let path = dir.map(|dir| dir.join(format!("{}.jsonl", account.id)));
        let read = move || World::open(people, instant, path.as_deref()).map(Arc::new);
        // A long ledger takes a while, and other accounts must not wait for it.
        tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
    }
}

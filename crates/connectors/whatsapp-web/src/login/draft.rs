//! A vault in memory: what a login has so far. It becomes the account's when the phone has taken the device in, all at
//! once; a login that is given up leaves nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sluice_connector::{Closed, Vault};

#[derive(Default)]
pub struct Draft(Mutex<BTreeMap<String, Vec<u8>>>);

impl Draft {
    /// Puts all of it in the place of what `vault` has.
    pub async fn become_of(&self, vault: &dyn Vault) -> Result<(), Closed> {
        let old = vault.names("").await?;
        let mut changes: BTreeMap<_, _> = old.into_iter().map(|name| (name, None)).collect();
        changes.extend(self.lock().iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
        vault.write(changes.into_iter().collect()).await
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Vault for Draft {
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Closed> {
        Ok(self.lock().get(name).cloned())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, Closed> {
        let kept = self.lock();
        let with_prefix = kept.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(with_prefix.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    async fn write(&self, changes: Vec<(String, Option<Vec<u8>>)>) -> Result<(), Closed> {
        let mut kept = self.lock();
        for (name, value) in changes {
            match value {
                Some(value) => drop(kept.insert(name, value)),
                None => drop(kept.remove(&name)),
            }
        }
        Ok(())
    }
}

//! What one session needs to speak with WhatsApp: the client, the account's home, and a little memory of both.
//!
//! Little is remembered between sessions, all of it in the vault under `words/` and all of it bounded: what polls are
//! about, which chats have a timer and a name, who saw a story, whom the account has saved and whom it watches.

pub mod addresses;
mod audience;
mod cards;
mod chats;
pub mod checks;
pub mod pairs;
#[cfg(test)]
pub mod plain;
pub mod polls;
pub mod ringing;
pub mod stored;
mod stories;
#[cfg(test)]
mod tests;
mod trouble;
pub mod unread;
pub mod watched;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sluice_connector::{Closed, Home};
use tokio::sync::OnceCell;
use whatsapp_rust::lid_pn_cache::LearningSource;
use whatsapp_rust::{Client, Jid};

use self::cards::Cards;
use self::chats::Chats;
use self::checks::Checks;
use self::ringing::Ringing;
use self::unread::Unread;
use self::watched::Watched;
use crate::wire::Pages;

pub use self::cards::Card;
pub use self::chats::Chat;
pub use self::pairs::{Own, Pairs};
pub use self::stored::Stored;
pub use self::trouble::{gone, of_disk, of_file, of_question};

/// Bytes of one file, either way.
pub const FILE_LIMIT: u64 = 100 * 1024 * 1024;

/// One for each client.
pub struct Desk {
    pub client: Arc<Client>,
    pub home: Home,
    pub pages: Option<Pages>,
    checks: Checks,
    chats: Mutex<Chats>,
    unread: Mutex<Unread>,
    cards: Mutex<Cards>,
    ringing: Mutex<Ringing>,
    watched: OnceCell<tokio::sync::Mutex<Watched>>,
}

impl Desk {
    pub fn new(client: Arc<Client>, home: Home, pages: Option<Pages>) -> Self {
        Self {
            client,
            home,
            pages,
            checks: Checks::default(),
            chats: Mutex::default(),
            unread: Mutex::default(),
            cards: Mutex::default(),
            ringing: Mutex::default(),
            watched: OnceCell::new(),
        }
    }

    /// Who the account is.
    pub fn own(&self) -> Own {
        Own { phone: self.client.pn(), lid: self.client.lid() }
    }

    /// What is known of the other address of each of `jids`. Asks nobody.
    pub fn pairs(&self, jids: impl IntoIterator<Item = Jid>) -> BoxFuture<'_, Pairs> {
        // An iterator with a closure in it must not live over a wait: the future would not be `Send` for the compiler.
        let jids: Vec<Jid> = jids.into_iter().collect();
        Box::pin(self.pairs_of(jids))
    }

    async fn pairs_of(&self, jids: Vec<Jid>) -> Pairs {
        let mut pairs = Pairs::default();
        let own = self.own();
        if let (Some(phone), Some(lid)) = (&own.phone, &own.lid) {
            pairs.learn(phone, lid);
        }
        let mut seen = HashMap::new();
        for jid in jids {
            let jid = jid.to_non_ad();
            if !addresses::is_person(&jid) || seen.insert(jid.to_string(), ()).is_some() {
                continue;
            }
            // A store that cannot be read makes a person with one address, and no trouble.
            if let Ok(Some(entry)) = Box::pin(self.client.get_lid_pn_entry(&jid)).await {
                pairs.learn(&Jid::pn(&*entry.phone_number), &Jid::lid(&*entry.lid));
            }
        }
        pairs
    }

    /// Keeps a pair that WhatsApp said once and may not say again.
    pub async fn keep_pair(&self, one: &Jid, other: &Jid) {
        let (lid, phone) = if one.is_lid() { (one, other) } else { (other, one) };
        if !lid.is_lid() || !phone.is_pn() {
            return;
        }
        let kept = Box::pin(self.client.add_lid_pn_mapping(&lid.user, &phone.user, LearningSource::Other)).await;
        if let Err(error) = kept {
            tracing::debug!(%error, "who is who could not be kept");
        }
    }

    async fn recall<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Closed> {
        let bytes = self.home.vault.read(name).await?;
        // What an older version wrote otherwise is as good as forgotten.
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    async fn remember<T: Serialize + Sync>(&self, name: String, value: &T) -> Result<(), Closed> {
        let Ok(bytes) = serde_json::to_vec(value) else {
            return Ok(());
        };
        self.home.vault.write(vec![(name, Some(bytes))]).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

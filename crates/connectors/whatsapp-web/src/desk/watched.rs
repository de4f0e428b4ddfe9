//! Whose presence the account asked for: kept, because WhatsApp forgets it with the connection.

use std::collections::{BTreeSet, HashMap};

use sluice_connector::Closed;
use sluice_model::event::{Presence, PresenceState};
use sluice_model::{Address, Party, Timestamp};
use tokio::sync::{Mutex, MutexGuard};

use super::Desk;

const NAME: &str = "words/watched";

/// So many people can be watched at once.
pub const MOST: usize = 256;

#[derive(Debug, Default)]
pub struct Watched {
    people: BTreeSet<Address>,
    /// What was told of each of them last: WhatsApp repeats itself with every connection.
    told: HashMap<Address, (PresenceState, Option<Timestamp>)>,
    /// This session has asked WhatsApp for all of them.
    resumed: bool,
}

impl Watched {
    pub fn new(people: BTreeSet<Address>) -> Self {
        Self { people, ..Self::default() }
    }

    /// From now on. False when there are too many already.
    pub fn add(&mut self, who: &Party) -> bool {
        self.has(who) || (self.people.len() < MOST && self.people.insert(who.address.clone()))
    }

    /// No more.
    pub fn remove(&mut self, who: &Party) {
        for name in names(who) {
            self.people.remove(name);
            self.told.remove(name);
        }
    }

    /// What is to be told; `None` of people whom nobody asked for, and of what was told already.
    pub fn hear(&mut self, presence: Presence) -> Option<Presence> {
        if !self.has(&presence.who) {
            return None;
        }
        let now = (presence.state, presence.last_seen);
        let before = self.told.insert(presence.who.address.clone(), now);
        // Who types is told again and again as long as it goes on, and stops without a word where the line breaks.
        let stays = matches!(presence.state, PresenceState::Online | PresenceState::Offline);
        (!stays || before != Some(now)).then_some(presence)
    }

    fn has(&self, who: &Party) -> bool {
        names(who).any(|name| self.people.contains(name))
    }
}

fn names(who: &Party) -> impl Iterator<Item = &Address> {
    std::iter::once(&who.address).chain(&who.alias)
}

impl Desk {
    pub async fn watch(&self, who: &Party) -> Result<bool, Closed> {
        let mut watched = self.watched().await?;
        let added = watched.add(who);
        self.remember(NAME.to_owned(), &watched.people).await?;
        Ok(added)
    }

    pub async fn watch_no_more(&self, who: &Party) -> Result<(), Closed> {
        let mut watched = self.watched().await?;
        watched.remove(who);
        self.remember(NAME.to_owned(), &watched.people).await
    }

    /// Everybody, the first time in a session; the library asks for them again with each new connection.
    pub async fn watched_before(&self) -> Result<BTreeSet<Address>, Closed> {
        let mut watched = self.watched().await?;
        let resumed = std::mem::replace(&mut watched.resumed, true);
        Ok(if resumed { BTreeSet::new() } else { watched.people.clone() })
    }

    pub async fn hear(&self, presence: Presence) -> Option<Presence> {
        // A vault that is closed ends the session by itself.
        self.watched().await.ok()?.hear(presence)
    }

    /// As the vault has them, read once.
    async fn watched(&self) -> Result<MutexGuard<'_, Watched>, Closed> {
        let read = async || Ok(Mutex::new(Watched::new(self.recall(NAME).await?.unwrap_or_default())));
        Ok(self.watched.get_or_try_init(read).await?.lock().await)
    }
}

//! Whom the account has saved: these see its stories.

use sluice_connector::Closed;
use sluice_model::{Address, Failure};
use whatsapp_rust::Jid;

use super::addresses::{address_of, jid_of};
use super::checks::AT_ONCE;
use super::{Desk, Pairs, gone};

const PREFIX: &str = "words/saved/";

/// Saved, and not on WhatsApp.
const ABSENT: &[u8] = b"absent";

impl Desk {
    pub async fn save_person(&self, who: &Address, saved: bool) -> Result<(), Closed> {
        self.home.vault.write(vec![(format!("{PREFIX}{who}"), saved.then(Vec::new))]).await
    }

    /// Everybody saved who is on WhatsApp, and the account itself: a story is never for nobody. Stories go by LIDs, so
    /// those whose LID is not known are looked up first.
    ///
    /// # Errors
    /// `NotSent` when nobody can be looked up now.
    pub async fn audience(&self) -> Result<Vec<Jid>, Failure> {
        let saved = self.home.vault.list(PREFIX).await.map_err(gone)?;
        let saved = saved.iter().filter(|(_, mark)| mark != ABSENT);
        let named = saved.filter_map(|(name, _)| name.strip_prefix(PREFIX)?.parse::<Address>().ok());
        let named: Vec<Address> = named.collect();
        let people: Vec<Jid> = named.iter().filter_map(|who| jid_of(who).ok()).collect();
        let pairs = self.pairs(people.clone()).await;
        let unknown: Vec<Jid> = people.iter().filter(|jid| jid.is_pn() && is_alone(&pairs, jid)).cloned().collect();
        let mut absent = Vec::new();
        for some in unknown.chunks(AT_ONCE) {
            absent.extend(self.look_up(some).await?.into_iter().filter(|found| !found.exists).map(|found| found.asked));
        }
        // They are not looked up again before the owner saves them anew.
        let marks =
            absent.iter().filter_map(|jid| Some((format!("{PREFIX}{}", address_of(jid)?), Some(ABSENT.to_vec()))));
        let marks: Vec<_> = marks.collect();
        if !marks.is_empty() {
            self.home.vault.write(marks).await.map_err(gone)?;
        }
        Ok(people.into_iter().filter(|jid| !absent.contains(jid)).chain(self.own().jid(false)).collect())
    }
}

fn is_alone(pairs: &Pairs, jid: &Jid) -> bool {
    pairs.both(jid).is_none_or(|(_, alias)| alias.is_none())
}

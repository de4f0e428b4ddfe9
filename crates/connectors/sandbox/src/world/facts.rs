//! What changes seldom: groups, the address book, a ban. Kept in a file of its own, written whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sluice_model::ask::Group;
use sluice_model::{Address, Timestamp};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    /// Groups that were made or changed; any other looks as it was made up.
    pub groups: BTreeMap<Address, Group>,
    pub left: BTreeSet<Address>,
    pub contacts: BTreeMap<Address, String>,
    pub blocked: BTreeSet<Address>,
    pub archived: BTreeSet<Address>,
    /// People whose presence the account asked for.
    pub watched: BTreeSet<Address>,
    pub about: Option<String>,
    /// Until when the account is banned; [`Timestamp::NEVER`] for good.
    pub banned_until: Option<Timestamp>,
    #[serde(skip)]
    path: Option<PathBuf>,
}

impl Facts {
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut facts: Self = match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(error),
        };
        facts.path = Some(path.to_owned());
        Ok(facts)
    }

    /// Writes all of it, whole or not at all.
    pub fn save(&self) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let draft = path.with_extension("draft");
        std::fs::write(&draft, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(draft, path)
    }
}

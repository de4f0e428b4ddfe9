//! What the pretend messenger took, as its own ledger tells: it outlives the gateway, as a real messenger would.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

/// One message that reached the messenger.
#[derive(Clone, Debug)]
pub struct Taken {
    pub chat: String,
    pub words: String,
    /// The message's id at the messenger, by which it knows repeats.
    pub remote: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// It was here before, and was dropped.
    pub repeated: bool,
}

/// All that one messenger took, account by account, in the order of its coming.
#[derive(Clone, Debug, Default)]
pub struct Ledger(pub Vec<Taken>);

/// A message that came once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat<'a> {
    pub words: &'a str,
    /// Which kill was the last before it, where the message had come before that kill.
    pub kill: Option<usize>,
}

impl Ledger {
    /// Reads the ledgers below a gateway's data folder; there are none before anything was sent.
    pub fn read(data: &Path) -> Result<Self> {
        let mut taken = Vec::new();
        let folder = data.join("sandbox");
        if !folder.exists() {
            return Ok(Self::default());
        }
        for file in std::fs::read_dir(folder)? {
            for line in std::fs::read_to_string(file?.path())?.lines() {
                // The last line of a killed process may be half a line: what it was about came again.
                let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
                let word = |name: &str| line[name].as_str().map(str::to_owned);
                if let (Some(chat), Some(words), Some(remote)) = (word("chat"), word("words"), word("remote")) {
                    let (at, repeated) = (line["at"].as_i64().unwrap_or_default(), line["dup"] == true);
                    taken.push(Taken { chat, words, remote, at, repeated });
                }
            }
        }
        Ok(Self(taken))
    }

    /// By words, each id with how often it came.
    pub fn by_words(&self) -> BTreeMap<&str, BTreeMap<&str, usize>> {
        let mut words: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for taken in &self.0 {
            *words.entry(&taken.words).or_default().entry(&taken.remote).or_default() += 1;
        }
        words
    }

    /// Every coming of a message after its first. `kills` are times as [`Taken::at`] has them, in order.
    pub fn repeats(&self, kills: &[i64]) -> Vec<Repeat<'_>> {
        let (mut before, mut repeats) = (BTreeMap::new(), Vec::new());
        for Taken { words, at, .. } in &self.0 {
            if let Some(came) = before.insert(words.as_str(), *at) {
                let last = kills.partition_point(|kill| kill <= at).checked_sub(1);
                repeats.push(Repeat { words, kill: last.filter(|last| came <= kills[*last]) });
            }
        }
        repeats
    }
}

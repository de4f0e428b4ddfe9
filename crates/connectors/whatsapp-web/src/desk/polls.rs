//! What polls are about. A vote comes as hashes sealed with the poll's secret: without the poll it says nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sluice_connector::Closed;
use sluice_model::content::{Poll, Tally, Target, Vote};
use sluice_model::{Address, Timestamp};
use whatsapp_rust::wacore::poll::compute_option_hash;

use super::Desk;

const PREFIX: &str = "words/poll/";

/// So many polls of an account are remembered; a vote in an older one is told as unreadable.
const KEPT: usize = 300;

/// A poll with its votes so far. No Debug: it holds the secret of the poll.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ballot {
    pub poll: Poll,
    /// The author's jid, as the votes are sealed with it.
    pub creator: String,
    secret: String,
    at: Timestamp,
    /// Who stands for which options, by their places.
    votes: Vec<(Address, Vec<usize>)>,
}

impl Ballot {
    pub fn new(poll: Poll, creator: String, secret: &[u8], at: Timestamp) -> Self {
        Self { poll, creator, secret: STANDARD.encode(secret), at, votes: Vec::new() }
    }

    pub fn secret(&self) -> Vec<u8> {
        STANDARD.decode(&self.secret).unwrap_or_default()
    }

    /// What `voter` stands for now, told with the tally so far. Options that the poll does not have are left out.
    pub fn count(&mut self, target: Target, voter: Address, hashes: &[Vec<u8>]) -> Vote {
        let is_chosen = |option: &String| hashes.iter().any(|hash| *hash == compute_option_hash(option));
        let options = &self.poll.options;
        let places: Vec<usize> = (0..options.len()).filter(|place| is_chosen(&options[*place])).collect();
        let chosen = places.iter().map(|place| options[*place].clone()).collect();
        self.votes.retain(|(known, _)| *known != voter);
        self.votes.push((voter, places));
        let voters = |place: usize| {
            let stand = self.votes.iter().filter(|(_, places)| places.contains(&place));
            stand.map(|(voter, _)| voter.clone()).collect()
        };
        let tally =
            options.iter().enumerate().map(|(place, option)| Tally { option: option.clone(), voters: voters(place) });
        let tally = tally.collect();
        Vote { target, question: self.poll.question.clone(), chosen, tally, choices: self.poll.choices }
    }
}

impl Desk {
    pub async fn ballot(&self, remote: &str) -> Result<Option<Ballot>, Closed> {
        self.recall(&format!("{PREFIX}{remote}")).await
    }

    pub async fn keep_ballot(&self, remote: &str, ballot: &Ballot) -> Result<(), Closed> {
        self.remember(format!("{PREFIX}{remote}"), ballot).await
    }

    /// A poll was sent or came in. One that is known already keeps its votes; the oldest are forgotten.
    pub async fn open_ballot(&self, remote: &str, ballot: &Ballot) -> Result<(), Closed> {
        if self.ballot(remote).await?.is_some() {
            return Ok(());
        }
        let mut known: Vec<(Timestamp, String)> = Vec::new();
        for (name, bytes) in self.home.vault.list(PREFIX).await? {
            let at = serde_json::from_slice::<Ballot>(&bytes).map_or(Timestamp::default(), |ballot| ballot.at);
            known.push((at, name));
        }
        if known.len() >= KEPT {
            known.sort_unstable();
            let old = known.drain(..=known.len() - KEPT);
            self.home.vault.write(old.map(|(_, name)| (name, None)).collect()).await?;
        }
        self.keep_ballot(remote, ballot).await
    }
}

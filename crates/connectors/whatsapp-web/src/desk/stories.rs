//! Who saw the stories that were told here.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_connector::Closed;
use sluice_model::{Address, Timestamp};

use super::Desk;

const PREFIX: &str = "words/story/";

/// A story is shown for a day; its viewers are kept a day longer.
const KEPT: Duration = Duration::from_secs(48 * 60 * 60);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Story {
    told_at: Timestamp,
    pub viewers: Vec<(Address, Timestamp)>,
}

impl Desk {
    pub async fn story(&self, remote: &str) -> Result<Option<Story>, Closed> {
        self.recall(&format!("{PREFIX}{remote}")).await
    }

    /// A story was told: from now on it is written down who saw it. The old ones are forgotten.
    pub async fn told_story(&self, remote: &str) -> Result<(), Closed> {
        let now = self.home.clock.now();
        let old = self.home.vault.list(PREFIX).await?.into_iter().filter(|(_, bytes)| {
            serde_json::from_slice::<Story>(bytes).map_or(true, |story| now.since(story.told_at) > KEPT)
        });
        let gone: Vec<_> = old.map(|(name, _)| (name, None)).collect();
        if !gone.is_empty() {
            self.home.vault.write(gone).await?;
        }
        self.remember(format!("{PREFIX}{remote}"), &Story { told_at: now, viewers: Vec::new() }).await
    }

    pub async fn saw_story(&self, remote: &str, viewer: Address, at: Timestamp) -> Result<(), Closed> {
        let Some(mut story) = self.story(remote).await? else {
            return Ok(());
        };
        if story.viewers.iter().any(|(known, _)| *known == viewer) {
            return Ok(());
        }
        story.viewers.push((viewer, at));
        self.remember(format!("{PREFIX}{remote}"), &story).await
    }
}

//! Which connectors this gateway has, as data: rooms do not know connectors.

use sluice_model::{Abilities, Account, Channel};

/// The connectors by name, with what each can do for each channel that it serves.
#[derive(Clone, Debug, Default)]
pub struct ConnectorCatalog {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    connector: String,
    channel: Channel,
    abilities: &'static Abilities,
}

impl ConnectorCatalog {
    /// Adds what `connector` can do for `channel`. The first one added for a channel is the channel's default.
    #[must_use]
    pub fn with(mut self, connector: &str, channel: Channel, abilities: &'static Abilities) -> Self {
        self.rows.push(Row { connector: connector.to_owned(), channel, abilities });
        self
    }

    /// `None` when there is no such connector or it does not serve the channel.
    pub fn abilities(&self, connector: &str, channel: Channel) -> Option<&'static Abilities> {
        let row = self.rows.iter().find(|row| row.connector == connector && row.channel == channel);
        row.map(|row| row.abilities)
    }

    /// The channels that the connector serves, if there is such a connector.
    pub fn channels<'c>(&'c self, connector: &'c str) -> impl Iterator<Item = Channel> + 'c {
        self.rows.iter().filter(move |row| row.connector == connector).map(|row| row.channel)
    }

    pub fn of(&self, account: &Account) -> Option<&'static Abilities> {
        self.abilities(&account.connector, account.channel)
    }

    /// The connector that serves the channel when a caller names none.
    pub fn default_for(&self, channel: Channel) -> Option<&str> {
        self.rows.iter().find(|row| row.channel == channel).map(|row| row.connector.as_str())
    }
}

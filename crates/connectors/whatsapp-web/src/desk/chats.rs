//! What is known of chats: the name of a group, the timer of a chat whose messages disappear.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sluice_model::Address;
use whatsapp_rust::Jid;

use super::{Desk, lock};

/// So many chats are remembered in memory; the vault has all.
const KEPT: usize = 128;

/// How long the name of a group may be waited for, once in its life.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// After so many seconds messages disappear; 0 when they stay.
    #[serde(default)]
    pub timer: u32,
    /// It was looked up or wrote to us: it is on WhatsApp for sure.
    #[serde(default)]
    pub met: bool,
}

/// The chats used last.
pub type Chats = HashMap<Address, Chat>;

impl Desk {
    pub async fn chat(&self, address: &Address) -> Chat {
        if let Some(chat) = lock(&self.chats).get(address) {
            return chat.clone();
        }
        // A vault that is closed ends the session by itself.
        let chat: Chat = self.recall(&name_of(address)).await.ok().flatten().unwrap_or_default();
        self.keep(address, chat.clone());
        chat
    }

    /// Changes what is known of a chat, and writes it down where it is new.
    pub async fn learn_chat(&self, address: &Address, change: impl FnOnce(&mut Chat) + Send) {
        let before = self.chat(address).await;
        let mut chat = before.clone();
        change(&mut chat);
        if chat != before {
            self.keep(address, chat.clone());
            if self.remember(name_of(address), &chat).await.is_err() {
                tracing::debug!("what was learned of a chat could not be kept");
            }
        }
    }

    /// The name of a group, asked for when it is met first.
    pub async fn group_name(&self, group: &Jid, address: &Address) -> Option<String> {
        if let Some(name) = self.chat(address).await.name {
            return Some(name);
        }
        let asked = Box::pin(async { self.client.groups().get_metadata(group).await });
        let name = match self.home.clock.within(PATIENCE, asked).await {
            Some(Ok(group)) => group.subject,
            _ => return None,
        };
        self.learn_chat(address, |chat| chat.name = Some(name.clone())).await;
        Some(name)
    }

    fn keep(&self, address: &Address, chat: Chat) {
        let mut chats = lock(&self.chats);
        if chats.len() >= KEPT && !chats.contains_key(address) {
            chats.clear();
        }
        chats.insert(address.clone(), chat);
    }
}

fn name_of(address: &Address) -> String {
    format!("words/chat/{address}")
}

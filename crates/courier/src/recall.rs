//! The connectors' look into the archive.

use async_trait::async_trait;
use sluice_connector::{Closed, recall::Received};
use sluice_model::{Address, Message};
use sluice_store::Store;
use sluice_store::archive::{Direction, Wanted};
use sluice_store::shelf::Page;

use crate::mandate::Mandate;

/// One account's messages under one mandate.
pub struct Recall(pub Mandate);

/// Messages of one answer at most.
const MOST: usize = 256;

#[async_trait]
impl sluice_connector::Recall for Recall {
    async fn received(&self, chat: &Address, remotes: &[String]) -> Result<Vec<Received>, Closed> {
        let messages = if remotes.is_empty() { self.unread(chat).await? } else { self.named(chat, remotes).await? };
        let received = messages.into_iter().filter(|message| !message.is_outgoing()).filter_map(|message| {
            Some(Received { remote: message.remote?, sender: message.sender.map(|sender| sender.address) })
        });
        Ok(received.collect())
    }
}

impl Recall {
    fn store(&self) -> &dyn Store {
        &*self.0.parts.store
    }

    async fn unread(&self, chat: &Address) -> Result<Vec<Message>, Closed> {
        let account = self.0.account;
        let known = self.0.read(|| self.store().chat(account, chat)).await?;
        let unread = known.map_or(0, |chat| u64::from(chat.unread)).min(MOST as u64);
        if unread == 0 {
            return Ok(Vec::new());
        }
        let wanted = Wanted { chat: Some(chat.clone()), direction: Some(Direction::Incoming), ..Wanted::default() };
        let kept = self.0.read(|| self.store().messages(account, wanted.clone(), Page::first(unread))).await?;
        Ok(kept.into_iter().map(|kept| kept.message).collect())
    }

    async fn named(&self, chat: &Address, remotes: &[String]) -> Result<Vec<Message>, Closed> {
        let mut messages = Vec::new();
        for remote in remotes.iter().take(MOST) {
            let kept = self.0.read(|| self.store().message_by_remote(self.0.account, remote)).await?;
            let here = |message: &Message| message.chat == *chat || message.chat_alias.as_ref() == Some(chat);
            messages.extend(kept.map(|kept| kept.message).filter(here));
        }
        Ok(messages)
    }
}

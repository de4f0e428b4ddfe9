//! What is said about messages known by their ids: their chats, authors and contents are looked up.

use std::time::Duration;

use sluice_model::command::{Remark, ReplyTo, Says, Which, Wish};
use sluice_model::content::{Content, Target};
use sluice_model::message::{Kept, Message};
use sluice_model::refusal::Noun;
use sluice_model::{Ability, Address, Ask, Outcome, Refusal};

use super::{Errand, Result};

impl Errand<'_> {
    pub(super) async fn send_about(&self, about: &Which, remark: Remark, wait: Option<Duration>) -> Result {
        let Kept { message, .. } = self.find(about).await?;
        let wish = match remark.says {
            Says::Reply(content) => {
                let chat = message.chat.clone();
                Wish { reply_to: Some(ReplyTo::Which(Which::Id(message.id))), ..Wish::new(chat, content) }
            }
            Says::React(emoji) => {
                Wish::new(message.chat.clone(), Content::Reaction { target: sent_target(&message)?, emoji })
            }
            Says::Edit(text) => Wish::new(message.chat.clone(), Content::Edit { target: own_target(&message)?, text }),
            Says::Delete => {
                let target = sent_target(&message)?;
                Wish::new(message.chat.clone(), Content::Delete { target, for_everyone: true })
            }
            Says::Forward(to) => self.copy(message, to)?,
        };
        let Remark { tag, memo, delay, expires_at, .. } = remark;
        let wish = Wish { tag, memo, delay, expires_at, ..wish };
        match wait {
            Some(wait) => self.send_and_wait(wish, wait).await,
            None => self.send(vec![wish]).await,
        }
    }

    pub(super) async fn forward(&self, from: &Address, remotes: Vec<String>, to: Address) -> Result {
        let mut wishes = Vec::with_capacity(remotes.len());
        for remote in remotes {
            let Kept { message, .. } = self.find(&Which::Remote(remote)).await?;
            if message.chat != *from && message.chat_alias.as_ref() != Some(from) {
                return Err(Refusal::NotFound(Noun::Message).into());
            }
            wishes.push(self.copy(message, to.clone())?);
        }
        self.send(wishes).await
    }

    /// The wish to have a copy of the message in another chat.
    fn copy(&self, message: Message, to: Address) -> Result<Wish> {
        if !self.abilities(self.call.account()?)?.has(Ability::Forward) {
            return Err(Refusal::Unsupported(Ability::Forward).into());
        }
        if !message.content.stands_alone() {
            return Err(Refusal::invalid("messages", "a reaction, an edit or a vote cannot be forwarded").into());
        }
        Ok(Wish { forwarded: message.forwarded + 1, ..Wish::new(to, message.content) })
    }

    pub(super) async fn mark_read(&self, which: &Which, all: bool) -> Result {
        let kept = self.find(which).await?;
        let chat = kept.message.chat.clone();
        let remotes = if all { Vec::new() } else { vec![sent_target(&kept.message)?.remote] };
        self.ask(Ask::MarkRead { chat, remotes }).await?;
        Ok(Outcome::Message(Box::new(kept)))
    }
}

/// What names a message at the messenger; `None` while it has no id there.
pub(super) fn target_of(message: &Message) -> Option<Target> {
    Some(Target {
        remote: message.remote.clone()?,
        from_me: message.is_outgoing(),
        sender: message.sender.as_ref().map(|sender| sender.address.clone()),
    })
}

/// Refuses a message that the messenger does not know yet.
pub(super) fn sent_target(message: &Message) -> Result<Target> {
    let target = target_of(message);
    target.ok_or_else(|| Refusal::Conflict("the message is not sent yet".into()).into())
}

fn own_target(message: &Message) -> Result<Target> {
    if !message.is_outgoing() {
        return Err(Refusal::Conflict("only the account's own messages can be edited".into()).into());
    }
    sent_target(message)
}

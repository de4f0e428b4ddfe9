//! Around a message: who says it where, and which other messages it points at.

use sluice_model::content::{Quoted, Target};
use whatsapp_rust::Jid;
use whatsapp_rust::wacore_binary::JidExt;
use whatsapp_rust::waproto::whatsapp as wa;

use super::content::{self, Meaning};
use crate::desk::stored::Came;
use crate::desk::{Own, Pairs};

/// What a message's reading hangs on beside its words.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub own: &'a Own,
    pub pairs: &'a Pairs,
    pub remote: &'a str,
    pub chat: &'a Jid,
    pub sender: &'a Jid,
    /// Written by the account itself, on another device.
    pub from_me: bool,
}

impl Frame<'_> {
    /// The message that `key` points at. Keys are written from their author's side: `from_me` means the author of the
    /// message that holds the key.
    pub fn target(&self, key: &wa::MessageKey) -> Option<Target> {
        let remote = key.id.clone().filter(|id| !id.is_empty())?;
        let named = key.participant.as_deref().and_then(|jid| jid.parse::<Jid>().ok());
        let author = match named {
            Some(named) => Some(named),
            None if key.from_me == Some(true) => Some(self.sender.clone()),
            // In a group the key of somebody else's message names them.
            None if self.chat.is_group() || self.chat.is_status_broadcast() => None,
            None if self.from_me => Some(self.chat.clone()),
            None => None,
        };
        let from_me = match &author {
            Some(author) => self.own.is(author) || self.from_me && key.from_me == Some(true),
            // Nobody else is in a chat of two.
            None => !self.chat.is_group() && !self.chat.is_status_broadcast(),
        };
        let sender = author.filter(|_| !from_me).and_then(|jid| self.pairs.address(&jid));
        Some(Target { remote, from_me, sender })
    }

    /// The message that is answered to, as far as it goes along.
    pub fn quoted(&self, context: &wa::ContextInfo) -> Option<Quoted> {
        let remote = context.stanza_id.clone().filter(|id| !id.is_empty())?;
        let author: Option<Jid> = context.participant.as_deref().and_then(|jid| jid.parse().ok());
        let from_me = author.as_ref().is_some_and(|author| self.own.is(author));
        let sender = author.as_ref().filter(|_| !from_me).and_then(|jid| self.pairs.address(jid));
        let content = context.quoted_message.as_option().and_then(|quoted| {
            let sender = author.as_ref().unwrap_or(self.sender);
            let frame = Frame { remote: &remote, sender, from_me, ..*self };
            match content::read(quoted, &frame) {
                Meaning::Content(content) => Some(content),
                _ => None,
            }
        });
        Some(Quoted { target: Target { remote, from_me, sender }, content: content.map(Box::new), at: None })
    }

    /// Where a file came from, for the phone that is asked to upload it again.
    pub fn came(&self) -> Came {
        let of_many = self.chat.is_group() || self.chat.is_status_broadcast();
        Came {
            remote: self.remote.to_owned(),
            chat: self.chat.to_non_ad_string(),
            sender: of_many.then(|| self.sender.to_non_ad_string()),
            from_me: self.from_me,
        }
    }
}

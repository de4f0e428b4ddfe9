//! Under which of their addresses people are known in a chat, and how its messages are pointed at.

use sluice_model::content::Target;
use sluice_model::failure::{Retry, Why};
use sluice_model::{Address, Content, Failure, Message};
use whatsapp_rust::wacore::types::message::AddressingMode;
use whatsapp_rust::wacore_binary::JidExt;
use whatsapp_rust::waproto::whatsapp as wa;
use whatsapp_rust::{AppStateError, Jid};

use crate::desk::addresses::{jid_of, person_of};
use crate::desk::{Desk, Own, Pairs, of_question};

/// What the people of one chat are called.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub own: Own,
    pub pairs: Pairs,
    /// The members of the group go by their LIDs.
    pub by_lid: bool,
}

impl Names {
    /// Looks up whom `message` names. A group is asked about only where its members' names are needed.
    pub async fn gather(desk: &Desk, chat: &Jid, message: &Message) -> Result<Self, Failure> {
        let target = match &message.content {
            Content::Reaction { target, .. } | Content::Edit { target, .. } | Content::Delete { target, .. } => {
                Some(target)
            }
            Content::Vote(vote) => Some(&vote.target),
            _ => message.quoted.as_ref().map(|quoted| &quoted.target),
        };
        let names_members = target.is_some() || matches!(message.content, Content::Poll(_));
        let people = target.and_then(|target| target.sender.as_ref()).into_iter().chain([&message.chat]);
        Self::of(desk, chat, people, names_members).await
    }

    /// What these people are called in `chat`; of a group's members only where that is needed.
    pub async fn of(
        desk: &Desk,
        chat: &Jid,
        people: impl Iterator<Item = &Address> + Send,
        names_members: bool,
    ) -> Result<Self, Failure> {
        let people: Vec<Jid> = people.filter_map(|address| jid_of(address).ok()).collect();
        let by_lid = names_members && chat.is_group() && {
            let group = Box::pin(async { desk.client.groups().query_info(chat).await });
            group.await.map_err(|error| of_question(&error, "the group"))?.addressing_mode == AddressingMode::Lid
        };
        Ok(Self { own: desk.own(), pairs: desk.pairs(people).await, by_lid })
    }

    /// The account itself, as the chat knows it.
    pub fn own(&self) -> Option<Jid> {
        self.own.jid(self.by_lid)
    }

    /// A member, as the chat knows them.
    pub fn member(&self, address: &Address) -> Result<Jid, Failure> {
        let other = self.pairs.other(address);
        match (self.by_lid, address, &other) {
            (true, Address::Phone(_), Some(lid)) => person_of(lid),
            (false, Address::Lid(_), Some(phone)) => person_of(phone),
            _ => person_of(address),
        }
    }

    /// The author of a message in `chat`.
    pub fn author(&self, chat: &Jid, target: &Target) -> Result<Option<Jid>, Failure> {
        match &target.sender {
            _ if target.from_me => Ok(self.own()),
            Some(sender) => self.member(sender).map(Some),
            None if chat.is_group() => Ok(None),
            None => Ok(Some(chat.clone())),
        }
    }

    /// A message of `chat`, as another message points at it.
    pub fn key(&self, chat: &Jid, target: &Target) -> Result<wa::MessageKey, Failure> {
        if target.remote.is_empty() {
            return Err(Failure::refused(Why::NotFound, "There is no message without an id."));
        }
        let member = if chat.is_group() && !target.from_me { self.author(chat, target)? } else { None };
        Ok(wa::MessageKey {
            remote_jid: Some(chat.to_string()),
            from_me: Some(target.from_me),
            id: Some(target.remote.clone()),
            participant: member.map(|jid| jid.to_string()),
        })
    }

    /// Own messages can be taken back, and a group's admin can delete what others wrote.
    pub fn key_to_delete(&self, chat: &Jid, target: &Target) -> Result<wa::MessageKey, Failure> {
        let key = self.key(chat, target)?;
        if !target.from_me && key.participant.is_none() {
            let note = "What others wrote can be deleted for everyone in a group only, and by its author's name.";
            return Err(Failure::refused(Why::Unsupported, note));
        }
        Ok(key)
    }

    /// Only own messages can be edited; in a group the key names the account itself, as the app does it.
    pub fn key_to_edit(&self, chat: &Jid, target: &Target) -> Result<wa::MessageKey, Failure> {
        if !target.from_me {
            return Err(Failure::refused(Why::Unsupported, "Only own messages can be edited."));
        }
        let own = if chat.is_group() { self.own() } else { None };
        Ok(wa::MessageKey { participant: own.map(|jid| jid.to_string()), ..self.key(chat, target)? })
    }
}

/// Deletes a message for the account alone, on all of its devices.
pub async fn forget(desk: &Desk, chat: &Jid, target: &Target, names: &Names) -> Result<(), Failure> {
    let author = if chat.is_group() && !target.from_me { names.author(chat, target)? } else { None };
    let actions = desk.client.chat_actions();
    let deleted =
        Box::pin(actions.delete_message_for_me(chat, author.as_ref(), &target.remote, target.from_me, false, None));
    deleted.await.map_err(|error| of_app_state(&error))
}

/// The account's devices keep some things in step by themselves; before the phone has given us its keys for that,
/// nothing of it can be changed.
pub fn of_app_state(error: &AppStateError) -> Failure {
    match error {
        AppStateError::InvalidRequest(_) => {
            Failure::not_sent(Why::Unknown, Retry::BackOff, "The phone has not shared the keys for this yet.")
        }
        error => of_question(error, "the account's other devices"),
    }
}

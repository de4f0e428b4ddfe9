//! Messages that came in lately: a read mark in a group must name who wrote the message.

use std::collections::VecDeque;

use sluice_model::Address;
use whatsapp_rust::Jid;

use super::{Desk, lock};

/// So many are remembered; older ones can only be marked with their whole chat.
const KEPT: usize = 256;

#[derive(Clone, Debug)]
pub struct Note {
    pub remote: String,
    pub chat: Address,
    /// The chat as the message came under it.
    pub jid: Jid,
    /// Its author, in a group and in the story feed.
    pub sender: Option<Jid>,
}

#[derive(Debug, Default)]
pub struct Unread(VecDeque<Note>);

impl Unread {
    pub fn note(&mut self, note: Note) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(note);
    }

    /// Takes out the messages of `chat` that `remotes` names; all of the chat when it names none.
    pub fn take(&mut self, chat: &Address, remotes: &[String]) -> Vec<Note> {
        let (taken, left) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|note| note.chat == *chat && (remotes.is_empty() || remotes.contains(&note.remote)));
        self.0 = left;
        Vec::from(taken)
    }
}

impl Desk {
    pub fn came_in(&self, note: Note) {
        lock(&self.unread).note(note);
    }

    pub fn take_unread(&self, chat: &Address, remotes: &[String]) -> Vec<Note> {
        lock(&self.unread).take(chat, remotes)
    }
}

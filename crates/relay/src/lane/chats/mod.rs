//! Keeps the order within each chat while different chats go side by side.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use sluice_model::Address;

/// Stands for a chat. Two chats of one number only wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chat(u64);

impl Chat {
    /// What belongs to no chat keeps its own order.
    pub fn of(address: Option<&Address>) -> Self {
        Self::hashed(address)
    }

    /// Stands for all chats that fall together when those told at `server` are put into so many heaps.
    pub fn among(self, heaps: u64, server: &str) -> Self {
        Self::hashed((self.0 % heaps, server))
    }

    fn hashed(what: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// Jobs by chat; of each chat one is out at a time.
pub struct Chats<T> {
    /// The next of each chat that has none out, in the order of becoming so.
    ready: VecDeque<(Chat, T)>,
    /// What waits behind it; a chat has its row here while one is ready or out.
    behind: HashMap<Chat, VecDeque<T>>,
}

impl<T> Chats<T> {
    pub fn new() -> Self {
        Self { ready: VecDeque::new(), behind: HashMap::new() }
    }

    pub fn add(&mut self, chat: Chat, job: T) {
        match self.behind.get_mut(&chat) {
            Some(behind) => behind.push_back(job),
            None => {
                self.behind.insert(chat, VecDeque::new());
                self.ready.push_back((chat, job));
            }
        }
    }

    /// Takes one out; its chat waits until [`Chats::back`].
    pub fn take(&mut self) -> Option<(Chat, T)> {
        self.ready.pop_front()
    }

    /// The one that was out is through.
    pub fn back(&mut self, chat: Chat) {
        match self.behind.get_mut(&chat).and_then(VecDeque::pop_front) {
            Some(job) => self.ready.push_back((chat, job)),
            None => {
                self.behind.remove(&chat);
            }
        }
    }

    /// None is ready to be taken.
    pub fn none_ready(&self) -> bool {
        self.ready.is_empty()
    }

    /// Forgets all jobs that are not out.
    pub fn clear(&mut self) {
        self.ready.clear();
        self.behind.clear();
    }
}

#[cfg(test)]
mod tests;

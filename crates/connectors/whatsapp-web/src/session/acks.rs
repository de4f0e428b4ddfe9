//! The server's word about each message, on its way to whoever sent it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use whatsapp_rust::types::events::ServerAck;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Taken,
    /// With the server's code.
    Refused(String),
    /// The connection broke first.
    Lost,
}

/// The messages under way, by their ids.
#[derive(Default)]
pub struct Acks(Mutex<HashMap<String, oneshot::Sender<Word>>>);

/// Waits for one word; who stops waiting leaves nothing behind.
pub struct Awaited<'a> {
    acks: &'a Acks,
    id: &'a str,
    word: oneshot::Receiver<Word>,
}

impl Acks {
    /// To be called before the message is sent.
    pub fn expect<'a>(&'a self, id: &'a str) -> Awaited<'a> {
        let (sender, word) = oneshot::channel();
        self.lock().insert(id.to_owned(), sender);
        Awaited { acks: self, id, word }
    }

    /// Whether somebody waited for this word.
    pub fn settle(&self, ack: &ServerAck) -> bool {
        let word = ack.error.clone().map_or(Word::Taken, Word::Refused);
        let waiting = self.lock().remove(&ack.id);
        waiting.is_some_and(|waiting| waiting.send(word).is_ok())
    }

    /// Somebody has these messages, so the server had taken them, whatever became of its own word.
    pub fn confirm(&self, ids: &[String]) {
        let mut waiting = self.lock();
        for waiting in ids.iter().filter_map(|id| waiting.remove(id)) {
            // Who does not wait any more misses nothing.
            let _ = waiting.send(Word::Taken);
        }
    }

    /// Whoever waits now waits for nothing.
    pub fn lose(&self) {
        for (_, waiting) in self.lock().drain() {
            // Who does not wait any more misses nothing.
            let _ = waiting.send(Word::Lost);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<Word>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Awaited<'_> {
    pub async fn word(mut self) -> Word {
        (&mut self.word).await.unwrap_or(Word::Lost)
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.acks.lock().remove(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack(id: &str, error: Option<&str>) -> ServerAck {
        ServerAck::builder().id(id.to_owned()).maybe_error(error.map(str::to_owned)).build()
    }

    #[tokio::test]
    async fn a_word_finds_who_waits_for_it() {
        let acks = Acks::default();
        let (one, other) = (acks.expect("1"), acks.expect("2"));
        assert!(acks.settle(&ack("2", Some("479"))));
        assert!(acks.settle(&ack("1", None)));
        assert_eq!(other.word().await, Word::Refused("479".to_owned()));
        assert_eq!(one.word().await, Word::Taken);
        assert!(!acks.settle(&ack("1", None)), "a word that comes twice is late");
    }

    #[tokio::test]
    async fn who_has_a_message_speaks_for_the_server() {
        let acks = Acks::default();
        let (one, _other) = (acks.expect("1"), acks.expect("2"));
        acks.confirm(&["1".to_owned(), "3".to_owned()]);
        assert_eq!(one.word().await, Word::Taken);
        assert!(!acks.settle(&ack("1", None)) && acks.settle(&ack("2", None)));
    }

    #[tokio::test]
    async fn who_stops_waiting_leaves_nothing_behind_and_a_broken_line_wakes_the_others() {
        let acks = Acks::default();
        drop(acks.expect("1"));
        assert!(acks.lock().is_empty());
        let waiting = acks.expect("2");
        acks.lose();
        assert_eq!(waiting.word().await, Word::Lost);
    }
}

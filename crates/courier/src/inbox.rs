//! The slot in the door: what a session hands in is recorded first, then the keeper hears of it.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::{Closed, Inbound, Incoming, SessionState};
use sluice_model::event::News;
use sluice_model::message::Origin;
use sluice_model::{Account, Address, Event, Message, MessageId, Party};
use sluice_store::Epoch;
use sluice_store::journal::Record;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::Parts;
use crate::early::Early;
use crate::guard::End;
use crate::insist::insist;

/// What the keeper is told by its session's inbox and claims, each under the epoch it was said in.
pub type Teller = mpsc::UnboundedSender<(Epoch, Word)>;

#[derive(Debug)]
pub enum Word {
    State(SessionState),
    /// Mark these as read at the messenger; no `remotes` means all of the chat.
    Read {
        chat: Address,
        remotes: Vec<String>,
    },
    /// The session panicked.
    Broke,
    /// Somebody else speaks for the account now.
    Stale,
}

/// One session's inbox.
pub struct Slot {
    pub parts: Arc<Parts>,
    pub account: watch::Receiver<Arc<Account>>,
    pub epoch: Epoch,
    pub teller: Teller,
    pub early: Arc<Early>,
    /// Cancelled when the session was closed: what comes later is not taken any more.
    pub closed: CancellationToken,
}

/// What is written together.
#[derive(Default)]
struct Batch {
    people: Vec<Party>,
    news: Vec<News>,
    /// Incoming messages to be marked read once they are recorded, by chat.
    unread: Vec<(Address, Vec<String>)>,
}

#[async_trait]
impl sluice_connector::Inbox for Slot {
    async fn push(&self, inbound: Vec<Inbound>) -> Result<(), Closed> {
        let mut batch = Batch::default();
        for item in inbound {
            match item {
                Inbound::Message(incoming) => self.lay(*incoming, &mut batch),
                Inbound::Receipt(receipt) => {
                    self.early.remember(&receipt);
                    batch.news.push(News::Receipt(receipt));
                }
                Inbound::Call(call) => batch
                    .news
                    .push(News::Event(Box::new(Event::CallReceived { call }))),
                Inbound::Event(event) => batch.news.push(News::Event(event)),
                Inbound::People(people) => batch.people.extend(people),
                Inbound::State(state) => {
                    // What came before the state is on disk before anybody acts on it.
                    self.write(std::mem::take(&mut batch)).await?;
                    self.tell(Word::State(state));
                }
            }
        }
        self.write(batch).await
    }
}

impl Slot {
    fn lay(&self, incoming: Incoming, batch: &mut Batch) {
        let Incoming {
            remote,
            from_phone,
            chat,
            chat_alias,
            chat_name,
            sender,
            content,
            quoted,
            forwarded,
            at,
        } = incoming;
        if !from_phone && self.account.borrow().settings.mark_read {
            match batch.unread.iter_mut().find(|(known, _)| *known == chat) {
                Some((_, remotes)) => remotes.push(remote.clone()),
                None => batch.unread.push((chat.clone(), vec![remote.clone()])),
            }
        }
        batch.news.push(News::Message(Box::new(Message {
            id: MessageId(self.parts.mint()),
            remote: Some(remote),
            origin: if from_phone { Origin::Phone } else { Origin::Peer },
            chat,
            chat_alias,
            chat_name,
            sender: if from_phone { None } else { sender },
            content,
            quoted,
            forwarded,
            at,
        })));
    }

    /// Waits while the store is full: the messenger waits with us, because nothing was acknowledged to it.
    async fn write(&self, batch: Batch) -> Result<(), Closed> {
        let Parts { store, clock, .. } = &*self.parts;
        let (account, epoch, at) = (self.account.borrow().id, self.epoch, clock.now());
        if self.closed.is_cancelled() {
            return Err(Closed);
        }
        if !batch.people.is_empty() {
            let known = insist(clock, &self.closed, || {
                store.know(account, batch.people.clone(), at)
            });
            known.await.map_err(|end| self.refuse(end))?;
        }
        if !batch.news.is_empty() {
            let record = |news| Record {
                account,
                epoch: Some(epoch),
                at,
                news,
            };
            let records: Vec<_> = batch.news.into_iter().map(record).collect();
            let recorded = insist(clock, &self.closed, || store.record(records.clone()));
            recorded.await.map_err(|end| self.refuse(end))?;
        }
        for (chat, remotes) in batch.unread {
            self.tell(Word::Read { chat, remotes });
        }
        Ok(())
    }

    fn refuse(&self, end: End) -> Closed {
        if matches!(end, End::Stale) {
            self.tell(Word::Stale);
        }
        Closed
    }

    fn tell(&self, word: Word) {
        // A keeper that is gone needs to hear nothing.
        let _ = self.teller.send((self.epoch, word));
    }
}

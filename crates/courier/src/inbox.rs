//! The slot in the door: what a session hands in is recorded first, then the keeper hears of it.

use std::sync::Arc;

use async_trait::async_trait;
use sluice_connector::{Closed, Inbound, Incoming};
use sluice_model::event::News;
use sluice_model::message::Origin;
use sluice_model::{Account, Address, Event, Message, MessageId, Party};
use sluice_store::journal::Record;
use tokio::sync::watch;

use crate::Parts;
use crate::early::Early;
use crate::mandate::{Mandate, Word};

/// One session's inbox.
pub struct Slot {
    pub mandate: Mandate,
    pub account: watch::Receiver<Arc<Account>>,
    pub early: Arc<Early>,
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
                Inbound::History(past) => {
                    // In a commit of its own: there may be thousands.
                    self.write(std::mem::take(&mut batch)).await?;
                    let past = past.into_iter().map(|incoming| News::History(Box::new(self.message(incoming))));
                    self.write(Batch { news: past.collect(), ..Batch::default() }).await?;
                }
                Inbound::Receipt(receipt) => {
                    self.early.remember(&receipt);
                    batch.news.push(News::Receipt(receipt));
                }
                Inbound::Call(call) => batch.news.push(News::Event(Box::new(Event::CallReceived { call }))),
                Inbound::Event(event) => batch.news.push(News::Event(event)),
                Inbound::People(people) => batch.people.extend(people),
                Inbound::State(state) => {
                    // What came before the state is on disk before anybody acts on it.
                    self.write(std::mem::take(&mut batch)).await?;
                    self.mandate.tell(Word::State(state));
                }
            }
        }
        self.write(batch).await
    }
}

impl Slot {
    fn lay(&self, incoming: Incoming, batch: &mut Batch) {
        let Incoming { remote, from_phone, chat, .. } = &incoming;
        if !from_phone && self.account.borrow().settings.mark_read {
            match batch.unread.iter_mut().find(|(known, _)| known == chat) {
                Some((_, remotes)) => remotes.push(remote.clone()),
                None => batch.unread.push((chat.clone(), vec![remote.clone()])),
            }
        }
        batch.news.push(News::Message(Box::new(self.message(incoming))));
    }

    /// A message as the house keeps it, under an id of ours.
    fn message(&self, incoming: Incoming) -> Message {
        let Incoming { remote, from_phone, chat, chat_alias, chat_name, sender, content, quoted, forwarded, at } =
            incoming;
        Message {
            id: MessageId(self.mandate.parts.mint()),
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
        }
    }

    async fn write(&self, batch: Batch) -> Result<(), Closed> {
        let Mandate { parts, account, epoch, .. } = &self.mandate;
        let Parts { store, clock, .. } = &**parts;
        let (account, epoch, at) = (*account, Some(*epoch), clock.now());
        if !batch.people.is_empty() {
            let know = || store.know(account, batch.people.clone(), at);
            self.mandate.write(know).await?;
        }
        if !batch.news.is_empty() {
            let record = |news| Record { account, epoch, at, news };
            let records: Vec<_> = batch.news.into_iter().map(record).collect();
            self.mandate.write(|| store.record(records.clone())).await?;
        }
        for (chat, remotes) in batch.unread {
            self.mandate.tell(Word::Read { chat, remotes });
        }
        Ok(())
    }
}

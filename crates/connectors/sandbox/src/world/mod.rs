//! The messenger's side of one account: what it took, what it still has to bring, and whether the line is up. It
//! outlives sessions, and with a ledger the gateway itself.
//!
//! A session's task asks for its [`Turn`]s: what to hand in now and when to look again. Nothing leaves the world
//! before the task says that it was [`World::taken`].

pub(crate) mod facts;
mod groups;
mod ledger;
mod line;
mod memory;
pub(crate) mod parcel;
mod presence;
mod recall;
mod sending;
mod timetable;
mod unsettled;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use sluice_connector::{Inbound, Incoming};
use sluice_model::event::{Call, CallStage};
use sluice_model::{Address, Event, MessageId, Party, Timestamp};
use tokio::sync::{Notify, oneshot, watch};

use self::facts::Facts;
use self::ledger::{Held, Ledger};
use self::line::Line;
use self::memory::{Act, Memory};
use self::parcel::Parcel;
use self::presence::Present;
pub(crate) use self::presence::Turn;
pub(crate) use self::sending::not_connected;
use self::timetable::Timetable;
use self::unsettled::Unsettled;
use crate::magic;
use crate::people::People;

pub(crate) struct World {
    pub people: People,
    /// Nothing follows a message.
    instant: bool,
    state: Mutex<State>,
    /// Rung when there may be something for the session's task.
    bell: Notify,
}

#[derive(Debug)]
struct State {
    ledger: Ledger,
    facts: Facts,
    memory: Memory,
    timetable: Timetable,
    /// What the gateway has not taken yet, in order.
    waiting: VecDeque<Waiting>,
    unsettled: Unsettled,
    line: Line,
    present: Option<Present>,
    /// Sessions so far; only the last one is listened to.
    sessions: u64,
    /// Sends of messages that were not taken yet.
    attempts: HashMap<MessageId, u32>,
    /// The last message of each magic number that said one.
    last_said: HashMap<Address, String>,
    pending_login: Option<PendingLogin>,
    panic_next: bool,
}

#[derive(Debug)]
struct Waiting {
    parcel: Arc<Parcel>,
    /// The ledger's line that it follows from, or that holds it; 0 for none.
    line: u64,
    /// Rung when the gateway took it; dropped when that will not be soon.
    ack: Option<oneshot::Sender<()>>,
}

/// A login that somebody may scan.
#[derive(Debug)]
struct PendingLogin {
    phone: Option<String>,
    scanned: watch::Sender<bool>,
}

/// How many senders and chats are remembered for a magic number's sake.
const REMEMBERED: usize = 4_096;

impl World {
    /// The account's world as the files at `path` remember it.
    pub fn open(people: People, instant: bool, path: Option<&Path>) -> io::Result<Self> {
        let (ledger, lines, facts) = match path {
            Some(path) => {
                let (ledger, lines) = Ledger::open(path)?;
                (ledger, lines, Facts::open(&path.with_extension("facts.json"))?)
            }
            None => (Ledger::in_memory(), Vec::new(), Facts::default()),
        };
        let line = Line { down_until: None, banned_until: facts.banned_until };
        let mut state = State {
            unsettled: Unsettled::since(ledger.next()),
            ledger,
            facts,
            memory: Memory::default(),
            timetable: Timetable::default(),
            waiting: VecDeque::new(),
            line,
            present: None,
            sessions: 0,
            attempts: HashMap::new(),
            last_said: HashMap::new(),
            pending_login: None,
            panic_next: false,
        };
        state.recall(lines, &people, instant);
        Ok(Self { people, instant, state: Mutex::new(state), bell: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings a message to the gateway. The receiver is rung when it is in the gateway's journal; it fails when that
    /// will not be soon, and then the ledger holds the message.
    pub fn bring_message(&self, message: Incoming, now: Timestamp) -> io::Result<oneshot::Receiver<()>> {
        let (ack, taken) = oneshot::channel();
        let mut state = self.lock();
        if !message.from_phone && message.content.stands_alone() && !magic::aftermath(&message.chat).answer.is_empty() {
            state.said(&message.chat, message.remote.clone());
        }
        let mut waiting = Waiting {
            parcel: Arc::new(Parcel::Ready(Box::new(Inbound::Message(Box::new(message))))),
            line: 0,
            ack: Some(ack),
        };
        if !state.is_up() {
            state.hold(&mut waiting, now)?;
        }
        state.waiting.push_back(waiting);
        drop(state);
        self.bell.notify_one();
        Ok(taken)
    }

    /// Brings something else; what comes while nobody listens waits in memory only.
    pub fn bring(&self, inbound: Inbound) -> oneshot::Receiver<()> {
        let (ack, taken) = oneshot::channel();
        let mut state = self.lock();
        let ack = state.is_up().then_some(ack);
        state.waiting.push_back(Waiting { parcel: Arc::new(Parcel::Ready(Box::new(inbound))), line: 0, ack });
        drop(state);
        self.bell.notify_one();
        taken
    }

    /// Remembers something that the account did, for `seen`.
    pub fn note_act(&self, at: Timestamp, what: Value) {
        self.lock().memory.note_act(Act { at, what });
    }

    /// Somebody calls the account.
    pub fn ring_phone(&self, call: Call) -> oneshot::Receiver<()> {
        self.lock().memory.note_call(call.clone());
        self.bring(Inbound::Call(call))
    }

    /// Declines a call, and tells so. `false` when there is none.
    pub fn decline(&self, remote: &str) -> bool {
        let Some(call) = self.lock().memory.take_call(remote) else { return false };
        self.bring(Inbound::Call(Call { stage: CallStage::Declined, ..call }));
        true
    }

    pub fn seen(&self, chat: Option<&Address>, limit: usize) -> Value {
        let state = self.lock();
        json!({ "messages": state.memory.shown(chat, limit), "acts": state.memory.acts(limit) })
    }

    pub fn story_told_at(&self, remote: &str) -> Option<Timestamp> {
        self.lock().memory.story(remote)
    }

    /// A person with all their names.
    pub fn party(&self, address: &Address) -> Party {
        let saved = self.lock().facts.contacts.get(address).cloned();
        self.people.party(address, saved)
    }

    /// What the seldom changing facts say.
    pub fn fact<T>(&self, look: impl FnOnce(&Facts) -> T) -> T {
        look(&self.lock().facts)
    }

    /// Changes them and writes them down.
    pub fn change_facts<T>(&self, change: impl FnOnce(&mut Facts) -> T) -> io::Result<T> {
        let mut state = self.lock();
        let changed = change(&mut state.facts);
        state.facts.save()?;
        Ok(changed)
    }

    pub fn tell_group_change(&self, group: &Address, change: &str, members: Vec<Address>) {
        let by = Some(self.people.own_address());
        let event = Event::GroupChanged { group: group.clone(), change: change.to_owned(), members, by };
        self.bring(Inbound::Event(Box::new(event)));
    }

    /// Offers a login to whoever pulls the lever `scan`, who answers through the receiver. Takes the place of an
    /// earlier offer.
    pub fn offer_login(&self, phone: Option<String>) -> watch::Receiver<bool> {
        let (scanned, receiver) = watch::channel(false);
        self.lock().pending_login = Some(PendingLogin { phone, scanned });
        receiver
    }

    /// The phone number of a login that waits to be scanned; `None` when there is no such login.
    pub fn login_to_scan(&self) -> Option<Option<String>> {
        let state = self.lock();
        state.pending_login.as_ref().filter(|login| !login.scanned.is_closed()).map(|login| login.phone.clone())
    }

    /// Tells the waiting login that it was scanned.
    pub fn scanned(&self) {
        if let Some(login) = self.lock().pending_login.take() {
            login.scanned.send_replace(true);
        }
    }

    /// The next send panics, once.
    pub fn panic_at_next_send(&self) {
        self.lock().panic_next = true;
    }

    pub fn shall_panic(&self) -> bool {
        std::mem::take(&mut self.lock().panic_next)
    }
}

impl State {
    /// A session listens and its line is up.
    fn is_up(&self) -> bool {
        self.present.as_ref().is_some_and(|present| present.up)
    }

    /// Writes into the ledger what the gateway cannot take now, and lets go who waits for it.
    fn hold(&mut self, waiting: &mut Waiting, now: Timestamp) -> io::Result<()> {
        if let Parcel::Ready(inbound) = &*waiting.parcel
            && let Inbound::Message(message) = &**inbound
            && waiting.line == 0
        {
            waiting.line = self.ledger.held(now, &Held::from(&**message))?;
            self.unsettled.add(waiting.line, 1);
        }
        waiting.ack = None;
        Ok(())
    }

    /// Holds all that waits: the gateway went away.
    fn hold_all(&mut self, now: Timestamp) {
        for mut waiting in std::mem::take(&mut self.waiting) {
            if let Err(error) = self.hold(&mut waiting, now) {
                tracing::warn!(%error, "the sandbox's ledger cannot be written");
            }
            self.waiting.push_back(waiting);
        }
    }
}

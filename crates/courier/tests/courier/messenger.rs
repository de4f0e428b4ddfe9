//! A messenger that does what its test tells it to.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use sluice_clock::Clock;
use sluice_connector::{Closed, Connector, Home, Inbound, Login, Receipt, Session, SessionState};
use sluice_model::ask::LoginWay;
use sluice_model::failure::{Retry, Why};
use sluice_model::{
    Abilities, Ability, AccountId, Address, Answer, Ask, Channel, Failure, LoginStep, Order, Timestamp,
};
use tokio::sync::{Notify, mpsc, watch};

/// What happens to one attempt. What nothing was said about is taken.
#[derive(Clone)]
pub enum Act {
    /// Taken, as soon as the test says so.
    Wait(Arc<Notify>),
    /// Its receipts come before the attempt returns, under a name of the messenger's own.
    Overtaken(&'static str, Vec<Inbound>),
    Refuse,
    NotNow(Retry),
    Silence,
    Hang,
    Panic,
}

/// One attempt as the messenger saw it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub account: AccountId,
    pub chat: String,
    pub words: String,
    pub at: Timestamp,
    pub attempt: u32,
}

/// Cheap to clone; clones are one messenger.
#[derive(Clone)]
pub struct Messenger(Arc<Inner>);

struct Inner {
    clock: Clock,
    state: Mutex<State>,
    /// Counts what happened here, for tests that wait.
    pub changes: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    acts: HashMap<String, VecDeque<Act>>,
    seen: Vec<Seen>,
    busy: HashSet<(AccountId, String)>,
    overlaps: usize,
    homes: HashMap<AccountId, Home>,
    opened: Vec<(AccountId, Timestamp)>,
    closed: Vec<AccountId>,
    asked: Vec<Ask>,
    logged_out: bool,
    /// It keeps by itself what became of each order.
    remembers: bool,
    /// Sessions come up only when the test says so.
    silent: bool,
    /// So many openings panic.
    breaks: usize,
    steps: Option<mpsc::UnboundedSender<LoginStep>>,
    inputs: Vec<String>,
}

static DEDUPLICATES: Abilities = Abilities {
    can: &[Ability::Text, Ability::ReadMarks, Ability::Typing],
    deduplicates: true,
    text_limit: 1000,
    media_limit: 1000,
    ..Abilities::NONE
};
static DOES_NOT: Abilities = Abilities {
    can: &[Ability::Text, Ability::Typing],
    deduplicates: false,
    text_limit: 1000,
    media_limit: 1000,
    ..Abilities::NONE
};

impl Messenger {
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner { clock, state: Mutex::default(), changes: watch::Sender::new(0) }))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let result = work(&mut self.0.state.lock().unwrap());
        self.0.changes.send_modify(|count| *count += 1);
        result
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// The next attempts to this chat.
    pub fn will(&self, chat: &str, acts: impl IntoIterator<Item = Act>) {
        self.with(|state| state.acts.entry(chat.to_owned()).or_default().extend(acts));
    }

    pub fn nobody_is_logged_in(&self) {
        self.with(|state| state.logged_out = true);
    }

    pub fn remembers_orders(&self) {
        self.with(|state| state.remembers = true);
    }

    pub fn the_next_opening_panics(&self) {
        self.with(|state| state.breaks = 1);
    }

    pub fn sessions_stay_down(&self) {
        self.with(|state| state.silent = true);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.read(|state| state.seen.clone())
    }

    /// The words sent to one chat, in order, attempt by attempt.
    pub fn words(&self, chat: &str) -> Vec<String> {
        self.seen().into_iter().filter(|seen| seen.chat == chat).map(|seen| seen.words).collect()
    }

    /// How often two attempts to one chat were under way at once.
    pub fn overlaps(&self) -> usize {
        self.read(|state| state.overlaps)
    }

    pub fn opened(&self) -> Vec<(AccountId, Timestamp)> {
        self.read(|state| state.opened.clone())
    }

    pub fn closed(&self) -> Vec<AccountId> {
        self.read(|state| state.closed.clone())
    }

    pub fn asked(&self) -> Vec<Ask> {
        self.read(|state| state.asked.clone())
    }

    pub fn inputs(&self) -> Vec<String> {
        self.read(|state| state.inputs.clone())
    }

    fn read<T>(&self, work: impl FnOnce(&State) -> T) -> T {
        work(&self.0.state.lock().unwrap())
    }

    pub fn home(&self, account: AccountId) -> Home {
        self.read(|state| state.homes[&account].clone())
    }

    /// Hands something in on behalf of the account's present session.
    pub async fn push(&self, account: AccountId, inbound: Vec<Inbound>) -> Result<(), Closed> {
        self.home(account).inbox.push(inbound).await
    }

    pub async fn say(&self, account: AccountId, state: SessionState) {
        self.push(account, vec![Inbound::State(state)]).await.unwrap();
    }

    pub fn show(&self, step: LoginStep) {
        if step == LoginStep::Done {
            self.with(|state| state.logged_out = false);
        }
        self.read(|state| state.steps.clone()).unwrap().send(step).unwrap();
    }
}

pub fn connected() -> SessionState {
    SessionState::Connected { phone: Some("79990000001".to_owned()), lid: None, push_name: Some("Ann".to_owned()) }
}

#[async_trait]
impl Connector for Messenger {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn channels(&self) -> &'static [Channel] {
        &[Channel::Whatsapp, Channel::Sms]
    }

    fn abilities(&self, channel: Channel) -> &'static Abilities {
        if channel == Channel::Whatsapp { &DEDUPLICATES } else { &DOES_NOT }
    }

    fn remembers(&self) -> bool {
        self.read(|state| state.remembers)
    }

    async fn is_logged_in(&self, _home: &Home) -> Result<bool, Failure> {
        Ok(self.read(|state| !state.logged_out))
    }

    async fn login(&self, _home: Home, _way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        let (sender, steps) = mpsc::unbounded_channel();
        let step = LoginStep::ShowQr { data: "first".to_owned(), expires_at: Timestamp::NEVER };
        sender.send(step).unwrap();
        self.with(|state| state.steps = Some(sender));
        Ok(Box::new(Steps { messenger: self.clone(), steps }))
    }

    async fn open(&self, home: Home) -> Box<dyn Session> {
        let account = home.account.id;
        let now = self.0.clock.now();
        if self.with(|state| std::mem::take(&mut state.breaks)) > 0 {
            panic!("as asked");
        }
        let silent = self.with(|state| {
            state.homes.insert(account, home.clone());
            state.opened.push((account, now));
            state.busy.retain(|(busy, _)| *busy != account);
            state.silent
        });
        if !silent {
            tokio::spawn(async move { home.inbox.push(vec![Inbound::State(connected())]).await });
        }
        Box::new(Line { messenger: self.clone(), account })
    }

    /// Keeps the home that it is called with, and says the lever again.
    async fn control(&self, home: &Home, lever: serde_json::Value) -> Result<serde_json::Value, Failure> {
        self.with(|state| state.homes.insert(home.account.id, home.clone()));
        Ok(lever)
    }
}

struct Line {
    messenger: Messenger,
    account: AccountId,
}

#[async_trait]
impl Session for Line {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        let chat = order.chat().value().to_owned();
        let seen = Seen {
            account: self.account,
            chat: chat.clone(),
            words: order.message.content.words().to_owned(),
            at: self.messenger.0.clock.now(),
            attempt: order.attempt,
        };
        let act = self.messenger.with(|state| {
            state.seen.push(seen);
            if !state.busy.insert((self.account, chat.clone())) {
                state.overlaps += 1;
            }
            state.acts.get_mut(&chat).and_then(VecDeque::pop_front)
        });
        let result = self.act(act).await;
        self.messenger.with(|state| state.busy.remove(&(self.account, chat)));
        result
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        self.messenger.with(|state| state.asked.push(ask.clone()));
        match ask {
            Ask::Logout => {
                let state =
                    SessionState::LoggedOut { by: sluice_model::event::LogoutBy::Api, note: "asked for".to_owned() };
                self.messenger.with(|state| state.logged_out = true);
                self.messenger.say(self.account, state).await;
                Ok(Answer::Done)
            }
            Ask::Check { .. } => std::future::pending().await,
            Ask::Avatar { .. } => panic!("as asked"),
            _ => Ok(Answer::Done),
        }
    }

    async fn close(self: Box<Self>) {
        self.messenger.with(|state| state.closed.push(self.account));
    }
}

impl Line {
    async fn act(&self, act: Option<Act>) -> Result<Receipt, Failure> {
        let named = |name: &str| Receipt { remote: Some(name.to_owned()), alias: None };
        match act {
            None => Ok(Receipt::default()),
            Some(Act::Overtaken(name, receipts)) => {
                self.messenger.push(self.account, receipts).await.unwrap();
                Ok(named(name))
            }
            Some(Act::Wait(called)) => {
                called.notified().await;
                Ok(Receipt::default())
            }
            Some(Act::Refuse) => Err(Failure::refused(Why::NotOnMessenger, "nobody there")),
            Some(Act::NotNow(retry)) => Err(Failure::not_sent(Why::RateLimited, retry, "not now")),
            Some(Act::Silence) => Err(Failure::unknown("silence")),
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Panic) => panic!("as asked"),
        }
    }
}

struct Steps {
    messenger: Messenger,
    steps: mpsc::UnboundedReceiver<LoginStep>,
}

#[async_trait]
impl Login for Steps {
    async fn next(&mut self) -> LoginStep {
        match self.steps.recv().await {
            Some(step) => step,
            None => std::future::pending().await,
        }
    }

    async fn input(&mut self, value: &str) -> Result<(), Failure> {
        self.messenger.with(|state| state.inputs.push(value.to_owned()));
        Ok(())
    }
}

pub fn chat(digits: &str) -> Address {
    Address::Phone(digits.to_owned())
}

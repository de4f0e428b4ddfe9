//! The world outside: a messenger and a receiver of webhooks, both moody by seed. They outlive the gateway's crashes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sluice_clock::Clock;
use sluice_connector::{Connector, Home, Inbound, Incoming, Login, Receipt, Session, SessionState};
use sluice_model::ask::LoginWay;
use sluice_model::event;
use sluice_model::failure::{Retry, Why};
use sluice_model::order::Step;
use sluice_model::{Abilities, Ability, AccountId, Address, Answer, Ask, Channel, Content, Failure, Order, Party};
use sluice_outside::{Answer as Reply, Request, Trouble};
use sluice_relay::Post;

use crate::ledger::Taken;

/// What both share.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    rng: StdRng,
    /// Whether things go wrong.
    moody: bool,
    taken: Vec<Taken>,
    known: BTreeSet<String>,
    /// Chats with an attempt under way.
    busy: BTreeSet<(AccountId, String)>,
    homes: BTreeMap<AccountId, Home>,
    heard: BTreeMap<String, usize>,
    faults: Vec<String>,
    trace: Vec<String>,
}

static DEDUPLICATES: Abilities =
    Abilities { can: &[Ability::Text], deduplicates: true, text_limit: 1000, media_limit: 1000, ..Abilities::NONE };
static DOES_NOT: Abilities =
    Abilities { can: &[Ability::Text], deduplicates: false, text_limit: 1000, media_limit: 1000, ..Abilities::NONE };

impl World {
    pub fn new(clock: Clock, seed: u64) -> Self {
        let state = State {
            rng: StdRng::seed_from_u64(seed),
            moody: true,
            taken: Vec::new(),
            known: BTreeSet::new(),
            busy: BTreeSet::new(),
            homes: BTreeMap::new(),
            heard: BTreeMap::new(),
            faults: Vec::new(),
            trace: Vec::new(),
        };
        Self(Arc::new(Inner { clock, state: Mutex::new(state) }))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn note(&self, what: String) {
        let now = self.0.clock.now().millis();
        self.with(|state| state.trace.push(format!("{now} {what}")));
    }

    /// From now on everything goes well.
    pub fn calm_down(&self) {
        self.with(|state| state.moody = false);
    }

    /// The gateway is gone, and what it had under way with it.
    pub fn crashed(&self) {
        self.with(|state| {
            state.busy.clear();
            state.homes.clear();
        });
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.with(|state| state.taken.clone())
    }

    /// How often each event was answered 200.
    pub fn heard(&self) -> BTreeMap<String, usize> {
        self.with(|state| state.heard.clone())
    }

    pub fn faults(&self) -> Vec<String> {
        self.with(|state| state.faults.clone())
    }

    pub fn trace(&self) -> Vec<String> {
        self.with(|state| state.trace.clone())
    }

    /// A customer writes, if the account is connected; whether the gateway took it.
    pub async fn write(&self, account: AccountId, number: usize) -> bool {
        let chat = Address::Phone(format!("7999111{:04}", number % 5));
        let message = Incoming {
            remote: format!("IN{number}"),
            from_phone: false,
            sender: Some(Party::new(chat.clone())),
            chat,
            chat_alias: None,
            chat_name: None,
            content: Content::text(format!("in {number}")),
            quoted: None,
            forwarded: 0,
            at: self.0.clock.now(),
        };
        self.push(account, Inbound::Message(Box::new(message))).await
    }

    /// The messenger says how far a message that it took has come.
    pub async fn tell_on(&self, account: AccountId) {
        let told = self.with(|state| {
            let taken: Vec<String> = state.taken.iter().map(|taken| taken.remote.clone()).collect();
            let place = if taken.is_empty() { return None } else { state.rng.random_range(0..taken.len()) };
            let step = if state.rng.random_bool(0.5) { Step::Deliver } else { Step::Read };
            Some((taken[place].clone(), step))
        });
        let Some((remote, step)) = told else { return };
        let receipt = event::Receipt { remotes: vec![remote], step, at: self.0.clock.now(), trouble: None };
        self.push(account, Inbound::Receipt(receipt)).await;
    }

    pub async fn cut(&self, account: AccountId) {
        let ends = self.with(|state| state.rng.random_bool(0.3));
        let (why, note) = (Why::Disconnected, "by chance".to_owned());
        let state = if ends { SessionState::Ended { why, note } } else { SessionState::Disconnected { why, note } };
        self.note(format!("{account} is cut, {ends}"));
        self.push(account, Inbound::State(state)).await;
        if !ends {
            self.push(account, Inbound::State(connected())).await;
        }
    }

    async fn push(&self, account: AccountId, inbound: Inbound) -> bool {
        let home = self.with(|state| state.homes.get(&account).cloned());
        match home {
            Some(home) => home.inbox.push(vec![inbound]).await.is_ok(),
            None => false,
        }
    }

    fn take(&self, order: &Order) {
        let now = self.0.clock.now();
        self.with(|state| {
            let remote = order.message.remote.clone().unwrap_or_default();
            let repeated = !state.known.insert(remote.clone());
            let words = order.message.content.words().to_owned();
            state.taken.push(Taken { chat: order.chat().to_string(), words, remote, at: now.millis(), repeated });
        });
    }
}

fn connected() -> SessionState {
    SessionState::Connected { phone: Some("79990000001".to_owned()), lid: None, push_name: None }
}

#[async_trait]
impl Connector for World {
    fn name(&self) -> &'static str {
        "simulated"
    }

    fn channels(&self) -> &'static [Channel] {
        &[Channel::Whatsapp, Channel::Sms]
    }

    fn abilities(&self, channel: Channel) -> &'static Abilities {
        if channel == Channel::Whatsapp { &DEDUPLICATES } else { &DOES_NOT }
    }

    async fn is_logged_in(&self, _home: &Home) -> Result<bool, Failure> {
        Ok(true)
    }

    async fn login(&self, _home: Home, _way: LoginWay) -> Result<Box<dyn Login>, Failure> {
        Err(Failure::refused(Why::Unsupported, "everybody is logged in"))
    }

    async fn open(&self, home: Home) -> Box<dyn Session> {
        let account = home.account.id;
        self.note(format!("{account} opens"));
        self.with(|state| {
            state.homes.insert(account, home.clone());
            state.busy.retain(|(busy, _)| *busy != account);
        });
        tokio::spawn(async move { home.inbox.push(vec![Inbound::State(connected())]).await });
        Box::new(Line { world: self.clone(), account })
    }
}

struct Line {
    world: World,
    account: AccountId,
}

#[async_trait]
impl Session for Line {
    async fn perform(&self, order: &Order) -> Result<Receipt, Failure> {
        let lane = (self.account, order.chat().to_string());
        let mood = self.world.with(|state| {
            if !state.busy.insert(lane.clone()) {
                state.faults.push(format!("two attempts to {} were under way at once", lane.1));
            }
            if state.moody { state.rng.random_range(0..100) } else { 0 }
        });
        let words = order.message.content.words();
        self.world.note(format!("attempt {} at {words}, mood {mood}", order.attempt));
        let _busy = Busy { world: self.world.clone(), lane };
        self.mood(order, mood).await
    }

    async fn ask(&self, _ask: Ask) -> Result<Answer, Failure> {
        Ok(Answer::Done)
    }

    async fn close(self: Box<Self>) {
        self.world.note(format!("{} closes", self.account));
    }
}

/// An attempt under way, until it ends or is given up.
struct Busy {
    world: World,
    lane: (AccountId, String),
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.world.with(|state| state.busy.remove(&self.lane));
    }
}

impl Line {
    async fn mood(&self, order: &Order, mood: u32) -> Result<Receipt, Failure> {
        let clock = &self.world.0.clock;
        match mood {
            // It arrived, and nobody hears of it.
            60..68 => {
                self.world.take(order);
                Err(Failure::unknown("the answer was lost"))
            }
            68..75 => Err(Failure::unknown("the call was lost")),
            75..83 => Err(Failure::not_sent(Why::Timeout, Retry::BackOff, "not now")),
            83..88 => Err(Failure::not_sent(Why::RateLimited, Retry::After(Duration::from_secs(4)), "slower")),
            88..91 => Err(Failure::refused(Why::NotOnMessenger, "nobody there")),
            91..94 => Err(Failure::not_sent(Why::Disconnected, Retry::Reconnected, "cut")),
            // It arrived, and its answer is slow.
            94..98 => {
                self.world.take(order);
                clock.sleep(Duration::from_secs(u64::from(mood - 90))).await;
                Ok(Receipt::default())
            }
            98.. => {
                clock.sleep(Duration::from_secs(90)).await;
                self.world.take(order);
                Ok(Receipt::default())
            }
            _ => {
                self.world.take(order);
                Ok(Receipt::default())
            }
        }
    }
}

#[async_trait]
impl Post for World {
    async fn post(&self, request: Request) -> Result<Reply, Trouble> {
        let id = request.headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let mood = self.with(|state| if state.moody { state.rng.random_range(0..10) } else { 9 });
        self.note(format!("webhook {id}, mood {mood}"));
        let answer = |status| Reply {
            status,
            headers: HeaderMap::new(),
            head: Bytes::new(),
            truncated: false,
            took: Duration::from_millis(7),
        };
        let reset = || Trouble::Reset { host: "example.com".into() };
        match mood {
            0 => Err(reset()),
            1 => Ok(answer(StatusCode::INTERNAL_SERVER_ERROR)),
            2 => {
                self.0.clock.sleep(Duration::from_secs(15)).await;
                Err(reset())
            }
            _ => {
                self.with(|state| *state.heard.entry(id).or_default() += 1);
                // Heard, but the answer is lost.
                if mood == 3 { Err(reset()) } else { Ok(answer(StatusCode::OK)) }
            }
        }
    }
}

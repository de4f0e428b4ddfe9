//! Where a rule is played: one account with its house in memory, and a clock that goes on while the rule waits.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sluice_clock::{Clock, Dice};
use sluice_model::ask::LoginWay;
use sluice_model::id::Mint;
use sluice_model::message::Origin;
use sluice_model::{
    Abilities, Account, AccountId, Address, Content, LoginStep, Message, MessageId, Order, Spelling, Timestamp,
    WorkspaceId, account,
};

use super::{Arrived, MemoryMedia, MemoryVault, RecordingInbox, Rig};
use crate::{Connector, Home, Inbound, Incoming, Session, SessionState};

/// The turns of waiting, in the account's own time: short ones first, because most things come soon, and then long
/// ones. After the last, what is waited for does not come.
fn turns() -> impl Iterator<Item = Duration> {
    let (short, long) = (Duration::from_millis(20), Duration::from_secs(1));
    std::iter::repeat_n(short, 50).chain(std::iter::repeat_n(long, 120))
}

/// What has to be at once may take so long, in the world's time: a loaded machine is slow, not waiting.
const AT_ONCE: Duration = Duration::from_secs(5);

pub struct Stage<'a> {
    pub rig: &'a dyn Rig,
    pub connector: Arc<dyn Connector>,
    pub home: Home,
    pub inbox: Arc<RecordingInbox>,
    pub media: Arc<MemoryMedia>,
    mint: Mutex<Mint>,
}

impl<'a> Stage<'a> {
    /// A fresh account that nobody is logged in to.
    pub fn set(rig: &'a dyn Rig) -> Self {
        let (clock, connector) = (rig.clock(), rig.connector());
        let inbox = Arc::new(RecordingInbox::default());
        let Ok(media) = MemoryMedia::new() else { panic!("no folder for the files of the test") };
        let media = Arc::new(media);
        let account = Account {
            id: AccountId(1),
            workspace: WorkspaceId(1),
            channel: rig.channel(),
            connector: connector.name().to_owned(),
            name: "kit".to_owned(),
            created_at: clock.now(),
            enabled: true,
            settings: account::Settings::default(),
            condition: account::Condition::new(clock.now()),
        };
        let home = Home {
            account: Arc::new(account),
            inbox: inbox.clone(),
            vault: Arc::new(MemoryVault::default()),
            recall: inbox.clone(),
            media: media.clone(),
            clock,
            dice: Dice::seeded(1),
            proxy: None,
        };
        Self { rig, connector, home, inbox, media, mint: Mutex::new(Mint::new(0, None)) }
    }

    /// A fresh account, logged in the first way that the rig names.
    pub async fn logged_in(rig: &'a dyn Rig) -> Self {
        let stage = Self::set(rig);
        let Some(way) = rig.ways().into_iter().next() else { panic!("the rig names no way to log in") };
        stage.log_in(way).await;
        stage
    }

    /// As [`Stage::logged_in`], with a session that has said that it is connected.
    pub async fn connected(rig: &'a dyn Rig) -> (Self, Box<dyn Session>) {
        let stage = Self::logged_in(rig).await;
        let session = stage.open().await;
        (stage, session)
    }

    pub fn abilities(&self) -> &'static Abilities {
        self.connector.abilities(self.rig.channel())
    }

    /// Goes through a login to its end; panics when it fails. Returns the steps that were shown.
    pub async fn log_in(&self, way: LoginWay) -> Vec<LoginStep> {
        let mut login = match self.connector.login(self.home.clone(), way.clone()).await {
            Ok(login) => login,
            Err(failure) => panic!("{way:?} was refused: {failure}"),
        };
        let mut shown = Vec::new();
        loop {
            let step = self.settle("the login's next step", login.next()).await;
            shown.push(step.clone());
            match &step {
                LoginStep::Done => return shown,
                LoginStep::Failed { note } => panic!("{way:?} failed: {note}"),
                _ => {
                    if let Some(words) = self.rig.obey(&self.home, &step).await
                        && let Err(failure) = login.input(&words).await
                    {
                        panic!("{way:?} refused the right words: {failure}");
                    }
                }
            }
        }
    }

    /// Opens a session and waits until it is connected.
    pub async fn open(&self) -> Box<dyn Session> {
        let before = self.states().len();
        let session = self.at_once("open", self.connector.open(self.home.clone())).await;
        self.until("the session connects", |stage| {
            stage.states().into_iter().skip(before).find(|state| matches!(state, SessionState::Connected { .. }))
        })
        .await;
        session
    }

    /// An order as the house lays it out: with an id of its own and, minted from it, the id at the messenger.
    pub fn order(&self, chat: &Address, content: Content) -> Order {
        let id = MessageId(self.mint.lock().unwrap_or_else(PoisonError::into_inner).next(self.home.clock.now()));
        let message = Message {
            id,
            remote: Some(Spelling::new(&[7; 32]).remote(id)),
            origin: Origin::Api { dialect: "kit".to_owned(), key: None, request: None, tag: None, memo: None },
            chat: chat.clone(),
            chat_alias: None,
            chat_name: None,
            sender: None,
            content,
            quoted: None,
            forwarded: 0,
            at: self.home.clock.now(),
        };
        Order {
            workspace: self.home.account.workspace,
            account: self.home.account.id,
            message,
            due_at: self.home.clock.now(),
            expires_at: Timestamp::NEVER,
            typing_ms: None,
            attempt: 1,
        }
    }

    pub fn text(&self, chat: &Address, words: &str) -> Order {
        self.order(chat, Content::text(words))
    }

    pub async fn arrived(&self) -> Vec<Arrived> {
        self.rig.arrived(&self.home).await
    }

    /// Waits until the other side has what was sent under this id; returns every copy of it.
    pub async fn arrives(&self, remote: &str) -> Vec<Arrived> {
        for turn in turns() {
            let copies: Vec<Arrived> = self.arrived().await.into_iter().filter(|a| a.remote == remote).collect();
            if !copies.is_empty() {
                return copies;
            }
            self.pass(turn).await;
        }
        panic!("{remote} did not reach the other side; there is {:?}", self.arrived().await)
    }

    pub fn states(&self) -> Vec<SessionState> {
        let states = self.inbox.taken().into_iter().filter_map(|inbound| match inbound {
            Inbound::State(state) => Some(state),
            _ => None,
        });
        states.collect()
    }

    pub fn messages(&self) -> Vec<Incoming> {
        let messages = self.inbox.taken().into_iter().filter_map(|inbound| match inbound {
            Inbound::Message(message) => Some(*message),
            _ => None,
        });
        messages.collect()
    }

    /// Waits until `look` finds something.
    pub async fn until<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        for turn in turns() {
            if let Some(found) = look(self) {
                return found;
            }
            self.pass(turn).await;
        }
        panic!("waited for nothing: {what}; the inbox has {:?}", self.inbox.taken())
    }

    /// Waits for `work` while the clock goes on.
    pub async fn settle<F: Future>(&self, what: &str, work: F) -> F::Output {
        let mut work = pin!(work);
        for turn in turns() {
            tokio::select! {
                biased;
                output = &mut work => return output,
                () = self.pass(turn) => {}
            }
        }
        panic!("waited for nothing: {what}")
    }

    /// Waits for `work` while the account's clock stands still, as far as it can.
    pub async fn at_once<F: Future>(&self, what: &str, work: F) -> F::Output {
        match Clock::real().within(AT_ONCE, work).await {
            Some(output) => output,
            None => panic!("{what} did not come at once"),
        }
    }

    /// Lets `span` of the account's time go by, and what is due then happen.
    pub async fn pass(&self, span: Duration) {
        let clock = &self.home.clock;
        let end = clock.now().plus(span);
        clock.advance(span);
        clock.sleep_until(end).await;
        // Other tasks of the test's thread, and then work on other threads.
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        Clock::real().sleep(Duration::from_millis(1)).await;
    }
}

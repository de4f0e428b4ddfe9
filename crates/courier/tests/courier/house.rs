//! A courier over a real store, with a messenger that obeys its test and a clock that stands still.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use sluice_clock::{Clock, Dice};
use sluice_connector::{File, Media};
use sluice_courier::{Courier, Parts, Seal, Settings};
use sluice_model::content::{self, Blob};
use sluice_model::failure::Why;
use sluice_model::id::Mint;
use sluice_model::message::{Message, Origin};
use sluice_model::{
    Account, AccountId, Answer, Ask, Channel, Content, Entry, Event, Failure, MessageId, Order, Position, State,
    Timestamp, WorkspaceId, account,
};
use sluice_store::Store;
use sluice_store::accounts::NewAccount;
use sluice_store::asks::{Asks, Desk};
use sluice_store::outbox::{Accepted, Submission};
use tokio::io::AsyncRead;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::messenger::{Messenger, chat};

pub const START: Timestamp = Timestamp::from_seconds(1_790_000_000);
/// A test that waits longer than this in the world's time has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct House {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    pub messenger: Messenger,
    pub settings: Settings,
    desk: Arc<Desk>,
    mint: Arc<Mutex<Mint>>,
    workspace: WorkspaceId,
    running: Option<(CancellationToken, JoinHandle<()>)>,
    dir: tempfile::TempDir,
}

impl House {
    /// Nobody works in it yet.
    pub async fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = crate::store::open(dir.path());
        let clock = Clock::manual(START);
        let workspace = store.add_workspace("ours", START).await.unwrap().id;
        Self {
            store,
            messenger: Messenger::new(clock.clone()),
            settings: Settings::default(),
            desk: Arc::default(),
            mint: Arc::new(Mutex::new(Mint::new(0, None))),
            clock,
            workspace,
            running: None,
            dir,
        }
    }

    /// At work for one account of a messenger that de-duplicates.
    pub async fn open() -> (Self, AccountId) {
        let mut house = Self::empty().await;
        let account = house.account(Channel::Whatsapp, account::Settings::default()).await;
        house.start();
        house.until_state(account, account::State::Open).await;
        (house, account)
    }

    pub fn start(&mut self) {
        let parts = Parts {
            store: self.store.clone(),
            asks: self.desk.clone(),
            connectors: vec![Arc::new(self.messenger.clone())],
            media: Arc::new(NoFiles),
            seal: Arc::new(Flipped),
            clock: self.clock.clone(),
            dice: Dice::seeded(1),
            mint: self.mint.clone(),
            settings: self.settings.clone(),
        };
        let stop = CancellationToken::new();
        let running = tokio::spawn(Courier::new(parts).run(stop.clone()));
        self.running = Some((stop, running));
    }

    /// Another hand on the store's file.
    pub fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.dir.path().join("sluice.db")).unwrap()
    }

    /// Asks the courier to stop; the handle ends when it has.
    pub fn stop(&mut self) -> JoinHandle<()> {
        let (stop, running) = self.running.take().unwrap();
        stop.cancel();
        running
    }

    pub async fn account(&self, channel: Channel, settings: account::Settings) -> AccountId {
        let new = NewAccount {
            workspace: self.workspace,
            channel,
            connector: "scripted".to_owned(),
            name: "an account".to_owned(),
            settings,
            at: self.clock.now(),
        };
        self.store.add_account(new).await.unwrap().id
    }

    pub fn order(&self, account: AccountId, to: &str, words: &str) -> Order {
        let now = self.clock.now();
        let id = MessageId(self.mint.lock().unwrap().next(now));
        let message = Message {
            id,
            remote: Some(format!("OUT{id}")),
            origin: Origin::Api { dialect: "native".to_owned(), key: None, request: None, tag: None, memo: None },
            chat: chat(to),
            chat_alias: None,
            chat_name: None,
            sender: None,
            content: Content::text(words),
            quoted: None,
            forwarded: 0,
            at: now,
        };
        let expires_at = now.plus(Duration::from_secs(86_400));
        Order { workspace: self.workspace, account, message, due_at: now, expires_at, typing_ms: None, attempt: 0 }
    }

    pub async fn accept(&self, orders: Vec<Order>) {
        let submission = Submission { orders, unsendable: Vec::new(), idempotency: None, at: self.clock.now() };
        assert_eq!(self.store.accept(vec![submission]).await.unwrap(), [Accepted::New]);
    }

    pub async fn send(&self, account: AccountId, to: &str, words: &str) -> MessageId {
        let order = self.order(account, to, words);
        let id = order.id();
        self.accept(vec![order]).await;
        id
    }

    pub async fn ask(&self, account: AccountId, ask: Ask) -> Option<Result<Answer, Failure>> {
        self.desk.ask(account, ask).await
    }

    pub async fn read(&self, account: AccountId) -> Arc<Account> {
        self.store.account(account).await.unwrap().unwrap()
    }

    pub async fn state_of(&self, account: AccountId, message: MessageId) -> State {
        self.store.message(account, message).await.unwrap().unwrap().state
    }

    pub async fn journal(&self, account: AccountId) -> Vec<Entry> {
        self.store.after(account, Position::START, 10_000).await.unwrap()
    }

    /// Names of the entries about the account itself.
    pub async fn told(&self, account: AccountId) -> Vec<&'static str> {
        let names = self.journal(account).await.into_iter().map(|entry| entry.event.name());
        names.filter(|name| name.starts_with("account.")).collect()
    }

    /// Waits until exactly these were told about the account itself.
    pub async fn until_told(&self, account: AccountId, names: &[&str]) {
        let told = async || (self.told(account).await == names).then_some(());
        self.until(&format!("{names:?} were told"), told).await;
    }

    /// Names of the entries about one message.
    pub async fn story(&self, account: AccountId, message: MessageId) -> Vec<&'static str> {
        let entries = self.store.about(account, message).await.unwrap();
        entries.iter().map(|entry| entry.event.name()).collect()
    }

    pub async fn outages(&self, account: AccountId) -> Vec<(Why, String)> {
        let outage = |entry: Entry| match entry.event {
            Event::AccountDisconnected { why, note } => Some((why, note)),
            _ => None,
        };
        self.journal(account).await.into_iter().filter_map(outage).collect()
    }

    /// Waits until `check` has an answer, looking at each ring of the bell and each change at the messenger.
    pub async fn until<T>(&self, what: &str, check: impl AsyncFn() -> Option<T>) -> T {
        let (mut rings, mut changes) = (self.store.bell().listen(), self.messenger.changes());
        let search = async {
            loop {
                if let Some(found) = check().await {
                    return found;
                }
                tokio::select! {
                    _ = rings.recv() => {}
                    _ = changes.changed() => {}
                }
            }
        };
        patiently(what, search).await
    }

    /// Lets the clock run in steps until `check` has an answer.
    pub async fn until_later<T>(&self, what: &str, step: Duration, check: impl AsyncFn() -> Option<T>) -> T {
        let search = async {
            loop {
                if let Some(found) = check().await {
                    return found;
                }
                self.advance(step).await;
            }
        };
        patiently(what, search).await
    }

    /// Waits for what rings no bell.
    pub async fn until_quietly<T>(&self, what: &str, check: impl AsyncFn() -> Option<T>) -> T {
        self.until_later(what, Duration::ZERO, check).await
    }

    /// Moves the clock, and gives the store time to write what that leads to.
    pub async fn advance(&self, step: Duration) {
        self.clock.advance(step);
        tokio::task::yield_now().await;
        assert_eq!(self.store.expire(Timestamp::default(), 1).await, Ok(0), "nothing is as old as that");
    }

    pub async fn until_state(&self, account: AccountId, state: account::State) {
        let check = async || (self.read(account).await.condition.state == state).then_some(());
        self.until(&format!("the account is {}", state.name()), check).await;
    }

    pub async fn until_message(&self, account: AccountId, message: MessageId, state: State) {
        let check = async || (self.state_of(account, message).await == state).then_some(());
        self.until(&format!("the message is {}", state.name()), check).await;
    }

    pub async fn until_message_later(&self, account: AccountId, message: MessageId, state: State, step: Duration) {
        let check = async || (self.state_of(account, message).await == state).then_some(());
        self.until_later(&format!("the message is {}", state.name()), step, check).await;
    }
}

async fn patiently<T>(what: &str, search: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, search).await {
        Ok(found) => found,
        Err(_) => panic!("waited in vain: {what}"),
    }
}

struct NoFiles;

#[async_trait]
impl Media for NoFiles {
    async fn obtain(&self, _media: &content::Media, _limit: u64) -> Result<File, Failure> {
        Err(Failure::refused(Why::MediaUnreachable, "there are no files here"))
    }

    async fn keep(&self, _from: &mut (dyn AsyncRead + Unpin + Send), _limit: u64) -> Result<Blob, Failure> {
        Err(Failure::refused(Why::MediaUnreachable, "there are no files here"))
    }
}

/// Seals by turning every bit and writing the place in front.
struct Flipped;

impl Seal for Flipped {
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let turned: Vec<u8> = plain.iter().map(|byte| !byte).collect();
        [context.as_bytes(), b"|", &turned].concat()
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let turned = sealed.strip_prefix(context.as_bytes())?.strip_prefix(b"|")?;
        Some(turned.iter().map(|byte| !byte).collect())
    }
}

//! A store with an account, a clock that stands still, and a relay that can be started and stopped.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use sluice_clock::{Clock, Dice};
use sluice_dialect::Links;
use sluice_model::account::Settings as AccountSettings;
use sluice_model::content::Blob;
use sluice_model::delivery::{Attempt, Delivery, State};
use sluice_model::event::News;
use sluice_model::id::Mint;
use sluice_model::listener::Target;
use sluice_model::message::{Message, Origin};
use sluice_model::{
    AccountId, Address, Channel, Content, Event, EventId, ListenerId, MessageId, Party, Position, Sealed, Spelling,
    Timestamp, WorkspaceId,
};
use sluice_relay::{Open, Parts, Relay, Settings};
use sluice_store::accounts::NewAccount;
use sluice_store::deliveries::Move;
use sluice_store::journal::Record;
use sluice_store::listeners::{Change, NewListener};
use sluice_store::shelf::Page;
use sluice_store::{Blobs, Fault, Ring, Store};
use sluice_store_sqlite::{Options, Sqlite};
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::dialects;
use crate::receiver::{Call, Receiver};

pub const START: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub struct Stage {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub settings: Settings,
    calls: mpsc::UnboundedReceiver<Call>,
    receiver: Arc<Receiver>,
    running: Option<(CancellationToken, JoinHandle<()>)>,
    mint: Mint,
    folder: tempfile::TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder);
        let clock = Clock::manual(START);
        let workspace = store.add_workspace("ours", START).await.unwrap().id;
        let (sender, calls) = mpsc::unbounded_channel();
        let receiver = Arc::new(Receiver { clock: clock.clone(), calls: sender });
        let mut stage = Self {
            store,
            clock,
            workspace,
            account: AccountId(0),
            settings: Settings::default(),
            calls,
            receiver,
            running: None,
            mint: Mint::new(0, None),
            folder,
        };
        stage.account = stage.add_account().await;
        stage
    }

    pub async fn add_account(&self) -> AccountId {
        let new = NewAccount {
            workspace: self.workspace,
            channel: Channel::Whatsapp,
            connector: "sandbox".into(),
            name: "first".into(),
            settings: AccountSettings::default(),
            at: START,
        };
        self.store.add_account(new).await.unwrap().id
    }

    /// A listener of this dialect, called at `/{dialect}`.
    pub async fn listener(&self, dialect: &str) -> ListenerId {
        self.listener_of(Some(self.account), dialect, &[]).await
    }

    /// A listener that is called where each message says.
    pub async fn listener_per_message(&self) -> ListenerId {
        let listener = self.listener("each").await;
        self.change(listener, Change { target: Some(Target::PerMessage), ..Change::default() }).await;
        listener
    }

    pub async fn listener_of(&self, account: Option<AccountId>, dialect: &str, events: &[&str]) -> ListenerId {
        let new = NewListener {
            workspace: self.workspace,
            account,
            dialect: dialect.into(),
            name: dialect.into(),
            target: url(dialect),
            events: events.iter().map(|name| (*name).to_owned()).collect(),
            settings: json!({}),
            secret: Some(Sealed(b"secret".to_vec())),
            at: START,
        };
        self.store.add_listener(new).await.unwrap().id
    }

    pub async fn change(&self, listener: ListenerId, change: Change) {
        self.rung(self.store.change_listener(self.workspace, listener, change)).await.unwrap();
    }

    pub async fn remove(&self, listener: ListenerId) {
        assert!(self.rung(self.store.remove_listener(self.workspace, listener)).await);
    }

    pub async fn rewind(&self, listener: ListenerId, to: Position) {
        self.rung(self.store.rewind(Move { listener, account: self.account, to })).await;
    }

    /// The store answers before it rings; what comes next shall come after the ring.
    async fn rung<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> T {
        let mut bell = self.store.bell().listen();
        let done = work.await.unwrap();
        while within(bell.recv()).await.unwrap() != Ring::Listeners {}
        done
    }

    pub async fn switch(&self, listener: ListenerId, settings: Value) {
        self.change(listener, Change { settings: Some(settings), ..Change::default() }).await;
    }

    /// A text that came in; its place in the journal.
    pub async fn text(&mut self, chat: &str, words: &str) -> Position {
        self.text_to(self.account, chat, words).await
    }

    pub async fn text_to(&mut self, account: AccountId, chat: &str, words: &str) -> Position {
        self.message(account, chat, Content::text(words)).await
    }

    pub async fn message(&mut self, account: AccountId, chat: &str, content: Content) -> Position {
        let now = self.clock.now();
        let id = MessageId(self.mint.next(now));
        let chat = Address::Phone(chat.to_owned());
        let message = Message {
            id,
            remote: Some(format!("IN{id}")),
            origin: Origin::Peer,
            sender: Some(Party::new(chat.clone())),
            chat,
            chat_alias: None,
            chat_name: None,
            content,
            quoted: None,
            forwarded: 0,
            at: now,
        };
        self.record(account, News::Message(Box::new(message))).await
    }

    pub async fn event(&self, event: Event) -> Position {
        self.record(self.account, News::Event(Box::new(event))).await
    }

    async fn record(&self, account: AccountId, news: News) -> Position {
        let record = Record { account, epoch: None, at: self.clock.now(), news };
        self.store.record(vec![record]).await.unwrap()[0][0]
    }

    pub fn relay(&self) -> Relay {
        Relay::new(Parts {
            store: self.store.clone(),
            blobs: Arc::new(Folder(self.folder.path().to_owned())),
            post: self.receiver.clone(),
            secrets: Arc::new(Unsealed),
            dialects: dialects::ALL,
            spelling: Spelling::new(&[1; 32]),
            links: Links::new("http://gate", &[2; 32]),
            clock: self.clock.clone(),
            dice: Dice::seeded(1),
            settings: self.settings,
        })
    }

    pub fn start(&mut self) {
        let (relay, shutdown) = (self.relay(), CancellationToken::new());
        let token = shutdown.clone();
        let task = tokio::spawn(async move { relay.run(token).await });
        self.running = Some((shutdown, task));
    }

    /// Stops politely. What is under way must be answered by then, or never.
    pub async fn stop(&mut self) {
        let (shutdown, task) = self.running.take().unwrap();
        shutdown.cancel();
        task.await.unwrap();
    }

    /// As a kill would.
    pub async fn crash(&mut self) {
        let (_, task) = self.running.take().unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }

    /// The next request.
    pub async fn call(&mut self) -> Call {
        within(self.calls.recv()).await.unwrap()
    }

    /// No request has come, though the relay had every chance.
    pub async fn silence(&mut self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        if let Ok(call) = self.calls.try_recv() {
            panic!("{} was called with `{}`", call.request.url, call.words);
        }
    }

    /// Waits until so many attempts of one event are on record, and gives them, oldest first.
    pub async fn attempts(&self, position: Position, count: usize) -> Vec<Attempt> {
        let event = EventId::of(self.account, position);
        self.until(async || {
            let attempts = self.store.attempts_of(event).await.unwrap();
            (attempts.len() >= count).then_some(attempts)
        })
        .await
    }

    /// Waits until the delivery is in this state.
    pub async fn delivery(&self, listener: ListenerId, position: Position, state: State) -> Delivery {
        let event = EventId::of(self.account, position);
        self.until(async || {
            self.store.delivery(listener, event).await.unwrap().filter(|delivery| delivery.state == state)
        })
        .await
    }

    /// Waits until the listener has got so far.
    pub async fn cursor(&self, listener: ListenerId, position: Position) {
        self.until(async || {
            let cursor = self.store.cursor(listener, self.account).await.unwrap();
            (cursor == position).then_some(())
        })
        .await;
    }

    /// All attempts of a listener, newest first.
    pub async fn attempts_by(&self, listener: ListenerId) -> Vec<Attempt> {
        self.store.attempts(listener, None, Page::first(1000)).await.unwrap()
    }

    pub async fn until<T>(&self, look: impl AsyncFn() -> Option<T>) -> T {
        within(async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

pub fn url(path: &str) -> Target {
    Target::Push { url: format!("https://example.com/{path}") }
}

/// A test that hangs must stop.
async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("it does not come")
}

struct Unsealed;

impl Open for Unsealed {
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        (context == "listener").then(|| sealed.to_vec())
    }
}

/// Files by their hash in one folder.
struct Folder(PathBuf);

#[async_trait]
impl Blobs for Folder {
    async fn keep(&self, _from: &mut (dyn AsyncRead + Unpin + Send), _limit: u64) -> Result<Option<Blob>, Fault> {
        Err(Fault::other("this folder is read only"))
    }

    async fn find(&self, blob: &Blob) -> Result<Option<PathBuf>, Fault> {
        let path = self.0.join(&blob.hash);
        Ok(path.exists().then_some(path))
    }
}

fn open(folder: &tempfile::TempDir) -> Arc<dyn Store> {
    let options = Options::new(folder.path().join("data"), Spelling::new(&[1; 32]));
    Sqlite::open(options).unwrap()
}

//! One seed: a courier and a relay over a real store without threads, a clock that moves when it is told, and crashes.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sluice_clock::{Clock, Dice};
use sluice_connector::{File, Media};
use sluice_courier::Courier;
use sluice_dialect::Links;
use sluice_model::account::Settings;
use sluice_model::content::{self, Blob};
use sluice_model::failure::Why;
use sluice_model::id::Mint;
use sluice_model::listener::Target;
use sluice_model::message::{Message, Origin};
use sluice_model::{
    AccountId, Address, Channel, Content, Failure, MessageId, Order, Position, Spelling, State, Timestamp, WorkspaceId,
};
use sluice_relay::Relay;
use sluice_store::accounts::NewAccount;
use sluice_store::asks::Desk;
use sluice_store::listeners::NewListener;
use sluice_store::outbox::Submission;
use sluice_store::{Blobs, Fault, Store};
use sluice_store_sqlite::{Options, Sqlite};
use tokio::io::AsyncRead;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::clients::{Promise, Promises};
use crate::invariants;
use crate::ledger::Ledger;
use crate::report::Report;

const START: Timestamp = Timestamp::from_seconds(1_790_000_000);
/// Crashes, and what happens between two of them.
const CRASHES: usize = 3;
const STEPS: usize = 40;
const CHATS: usize = 4;
/// Turns that every task gets before time moves on; a chain of wake-ups is far shorter.
const TURNS: usize = 100;
/// Between two looks whether all is at rest.
const LOOKS_APART: usize = 8;
/// When everything goes well again, nothing may take longer: the longest pauses that can have been begun end by then.
const CALM: Duration = Duration::from_hours(48);

/// What a seed led to; the same for the same seed.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Outcome {
    pub faults: Vec<String>,
    pub trace: u64,
    pub accepted: usize,
    pub attempts: usize,
    pub webhooks: usize,
}

struct Stage {
    folder: PathBuf,
    clock: Clock,
    world: World,
    rng: StdRng,
    dice: Dice,
    mint: Arc<Mutex<Mint>>,
    workspace: WorkspaceId,
    accounts: Vec<(AccountId, Channel)>,
    promises: Promises,
    orders: Vec<(AccountId, MessageId)>,
    said: BTreeMap<String, Vec<String>>,
    /// Messages that customers wrote and the gateway took.
    received: BTreeSet<usize>,
    written: usize,
}

/// Plays one seed in an empty folder. Must be a process of its own, with chance that falls alike.
pub fn play(seed: u64, folder: &Path) -> Result<Outcome> {
    let clock = Clock::manual(START);
    let world = World::new(clock.clone(), seed);
    let mut stage = Stage {
        folder: folder.to_owned(),
        world: world.clone(),
        rng: StdRng::seed_from_u64(seed.wrapping_mul(31).wrapping_add(7)),
        dice: Dice::seeded(seed),
        mint: Arc::new(Mutex::new(Mint::new(0, None))),
        workspace: WorkspaceId(0),
        accounts: Vec::new(),
        promises: Promises::default(),
        orders: Vec::new(),
        said: BTreeMap::new(),
        received: BTreeSet::new(),
        written: 0,
        clock,
    };
    life()?.block_on(stage.furnish())?;
    for crash in 0..CRASHES {
        // With its runtime, everything that the gateway had under way is gone at once.
        let runtime = life()?;
        runtime.block_on(stage.live())?;
        drop(runtime);
        world.note(format!("crash {crash}"));
        world.crashed();
    }
    let runtime = life()?;
    let faults = runtime.block_on(stage.come_to_rest())?;
    drop(runtime);
    let trace = world.trace();
    let mut hasher = DefaultHasher::new();
    trace.hash(&mut hasher);
    let count = |what: &str| trace.iter().filter(|line| line.contains(what)).count();
    Ok(Outcome {
        faults,
        trace: hasher.finish(),
        accepted: stage.promises.all().len(),
        attempts: count(" attempt "),
        webhooks: count(" webhook "),
    })
}

fn life() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_time().build()?)
}

impl Stage {
    fn store(&self) -> Result<Arc<dyn Store>> {
        Ok(Sqlite::open_in_step(Options::new(self.folder.clone(), spelling()))?)
    }

    async fn furnish(&mut self) -> Result<()> {
        let store = self.store()?;
        self.workspace = store.add_workspace("ours", START).await?.id;
        for channel in [Channel::Whatsapp, Channel::Sms] {
            let new = NewAccount {
                workspace: self.workspace,
                channel,
                connector: "simulated".into(),
                name: "an account".into(),
                settings: Settings::default(),
                at: START,
            };
            self.accounts.push((store.add_account(new).await?.id, channel));
        }
        let listener = NewListener {
            workspace: self.workspace,
            account: None,
            dialect: "native".into(),
            name: "ours".into(),
            target: Target::Push { url: "https://example.com/hook".into() },
            events: Vec::new(),
            settings: serde_json::json!({}),
            secret: None,
            at: START,
        };
        store.add_listener(listener).await?;
        Ok(())
    }

    fn start(&self, store: &Arc<dyn Store>) {
        let courier = Courier::new(sluice_courier::Parts {
            store: store.clone(),
            asks: Arc::new(Desk::default()),
            connectors: vec![Arc::new(self.world.clone())],
            media: Arc::new(Nothing),
            seal: Arc::new(Nothing),
            clock: self.clock.clone(),
            dice: self.dice.clone(),
            mint: self.mint.clone(),
            settings: sluice_courier::Settings::default(),
        });
        let relay = Relay::new(sluice_relay::Parts {
            store: store.clone(),
            blobs: Arc::new(Nothing),
            dialects: sluice_dialect::ALL,
            post: Arc::new(self.world.clone()),
            secrets: Arc::new(Nothing),
            spelling: spelling(),
            links: Links::new("http://localhost", &[0; 32]),
            clock: self.clock.clone(),
            dice: self.dice.clone(),
            settings: sluice_relay::Settings::default(),
        });
        // Never told to stop: they end with the runtime.
        tokio::spawn(courier.run(CancellationToken::new()));
        tokio::spawn(async move { relay.run(CancellationToken::new()).await });
    }

    /// From a start to a crash.
    async fn live(&mut self) -> Result<()> {
        let store = self.store()?;
        self.start(&store);
        for _ in 0..STEPS {
            let (account, _) = self.accounts[self.rng.random_range(0..self.accounts.len())];
            match self.rng.random_range(0..20) {
                0..7 => self.accept(&*store, account).await?,
                7..11 => {
                    self.written += 1;
                    if self.world.write(account, self.written).await {
                        self.received.insert(self.written);
                    }
                }
                11..13 => self.world.tell_on(account).await,
                13 => self.world.cut(account).await,
                _ => {}
            }
            turns(self.rng.random_range(0..TURNS)).await;
            self.clock.advance(Duration::from_millis(self.rng.random_range(0..3000)));
        }
        Ok(())
    }

    async fn accept(&mut self, store: &dyn Store, account: AccountId) -> Result<()> {
        let now = self.clock.now();
        for _ in 0..self.rng.random_range(1..4) {
            let chat = Address::Phone(format!("7999{:03}{:04}", account.get(), self.rng.random_range(0..CHATS)));
            let said = self.said.entry(chat.to_string()).or_default();
            let words = format!("c{}-n{}", chat.value(), said.len());
            let id = MessageId(self.mint.lock().map_err(|_| anyhow::anyhow!("mint"))?.next(now));
            let message = Message {
                id,
                remote: Some(format!("OUT{id}")),
                origin: Origin::Api { dialect: "native".into(), key: None, request: None, tag: None, memo: None },
                chat,
                chat_alias: None,
                chat_name: None,
                sender: None,
                content: Content::text(words.clone()),
                quoted: None,
                forwarded: 0,
                at: now,
            };
            let expires_at = now.plus(Duration::from_hours(24 * 30));
            let order = Order {
                workspace: self.workspace,
                account,
                message,
                due_at: now,
                expires_at,
                typing_ms: None,
                attempt: 0,
            };
            said.push(words.clone());
            self.orders.push((account, id));
            let submission = Submission { orders: vec![order], idempotency: None, unsendable: Vec::new(), at: now };
            store.accept(vec![submission]).await?;
            self.world.note(format!("accepted {words}"));
            self.promises.note(words, Promise { id: id.to_string(), begun: SystemTime::UNIX_EPOCH });
        }
        Ok(())
    }

    /// Without further trouble everything ends, and the invariants hold.
    async fn come_to_rest(&mut self) -> Result<Vec<String>> {
        let store = self.store()?;
        self.world.calm_down();
        self.start(&store);
        let deadline = self.clock.now().plus(CALM);
        while !self.is_at_rest(&*store).await? {
            ensure!(self.clock.now() < deadline, "it does not come to rest: {:?}", self.world.trace().last());
            for _ in 0..LOOKS_APART {
                turns(TURNS).await;
                self.clock.advance(Duration::from_secs(20));
            }
        }
        let mut report = Report::new("one seed", 0);
        report.faults = self.world.faults();
        self.judge(&mut report, &*store).await?;
        Ok(report.faults)
    }

    async fn is_at_rest(&self, store: &dyn Store) -> Result<bool> {
        for (account, _) in &self.accounts {
            if store.count_waiting(*account).await? > 0 {
                return Ok(false);
            }
        }
        let heard = self.world.heard();
        Ok(self.events(store).await?.iter().all(|event| heard.contains_key(event)))
    }

    /// What the listener must hear of.
    async fn events(&self, store: &dyn Store) -> Result<Vec<String>> {
        let mut events = Vec::new();
        for (account, _) in &self.accounts {
            let entries = store.after(*account, Position::START, 100_000).await?;
            let messages = entries.iter().filter(|entry| entry.event.name().starts_with("message."));
            events.extend(messages.map(|entry| spelling().event(entry.id())));
        }
        Ok(events)
    }

    async fn judge(&self, report: &mut Report, store: &dyn Store) -> Result<()> {
        let ledger = Ledger(self.world.taken());
        // What was refused or is told to be uncertain may be missing; nothing else may.
        let mut excused = BTreeSet::new();
        for (account, id) in &self.orders {
            let kept = store.message(*account, *id).await?.context("an accepted message is not there")?;
            let words = kept.message.content.words().to_owned();
            match kept.state {
                State::Failed | State::Uncertain => drop(excused.insert(words)),
                State::Sent | State::Delivered | State::Read => {}
                other => report.fault(format!("{words} ended as {other:?}")),
            }
        }
        let mut told = 0;
        for (account, channel) in &self.accounts {
            let entries = store.after(*account, Position::START, 100_000).await?;
            told += entries.iter().filter(|entry| entry.event.name() == "message.received").count();
            if *channel == Channel::Sms {
                twice(report, &ledger, *account);
            }
        }
        invariants::kept_but(report, &self.promises, &ledger, &excused);
        invariants::ordered(report, &self.said, &ledger);
        if told < self.received.len() {
            report.fault(format!("{} messages came in, {told} are in the journal", self.received.len()));
        }
        Ok(())
    }
}

/// **Never twice in silence**: a messenger that does not know repeats was given nothing twice.
fn twice(report: &mut Report, ledger: &Ledger, account: AccountId) {
    let ours = format!("phone:7999{:03}", account.get());
    let mut seen = BTreeSet::new();
    for taken in ledger.0.iter().filter(|taken| taken.chat.starts_with(&ours)) {
        if !seen.insert(&taken.words) {
            report.fault(format!("{} was sent twice to a messenger that does not know repeats", taken.words));
        }
    }
}

fn spelling() -> Spelling {
    Spelling::new(&[7; 32])
}

async fn turns(count: usize) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

/// What no message here has: files and secrets.
struct Nothing;

#[async_trait]
impl Media for Nothing {
    async fn obtain(&self, _media: &content::Media, _limit: u64) -> Result<File, Failure> {
        Err(Failure::refused(Why::MediaUnreachable, "there are no files here"))
    }

    async fn keep(&self, _from: &mut (dyn AsyncRead + Unpin + Send), _limit: u64) -> Result<Blob, Failure> {
        Err(Failure::refused(Why::MediaUnreachable, "there are no files here"))
    }
}

#[async_trait]
impl Blobs for Nothing {
    async fn keep(&self, _from: &mut (dyn AsyncRead + Unpin + Send), _limit: u64) -> Result<Option<Blob>, Fault> {
        Ok(None)
    }

    async fn find(&self, _blob: &Blob) -> Result<Option<PathBuf>, Fault> {
        Ok(None)
    }
}

impl sluice_courier::Seal for Nothing {
    fn seal(&self, _context: &str, plain: &[u8]) -> Vec<u8> {
        plain.to_vec()
    }

    fn open(&self, _context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.to_vec())
    }
}

impl sluice_relay::Open for Nothing {
    fn open(&self, _context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.to_vec())
    }
}

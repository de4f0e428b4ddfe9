//! Trial 14: the store against a model of it. Chance picks verbs and their arguments, stale and foreign ones among them, and
//! now and then the store is closed and opened again; every answer, and all that is kept, must be the model's.

mod reference;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use sluice_model::account::Settings;
use sluice_model::event::{News, Receipt};
use sluice_model::failure::Why;
use sluice_model::id::Mint;
use sluice_model::message::{Message, Origin, Trouble};
use sluice_model::order::Step;
use sluice_model::{AccountId, Address, Channel, Content, KeyId, MessageId, Order, Spelling, Timestamp, WorkspaceId};
use sluice_store::accounts::NewAccount;
use sluice_store::journal::Record;
use sluice_store::outbox::{Claim, Idempotency, Outcome, Settled, Submission};
use sluice_store::shelf::Page;
use sluice_store::{Epoch, Fault, Store};
use sluice_store_sqlite::{Options, Sqlite};

use crate::report::{Report, Size};
use reference::Reference;

/// Transitions of one store; then a new one is begun, with the next seed.
const IN_ONE: usize = 250;
/// How often all that is kept is compared.
const EVERY: usize = 25;
const START: Timestamp = Timestamp::from_seconds(1_790_000_000);
const ACCOUNTS: usize = 2;
const CHATS: u32 = 4;

/// `count` transitions.
pub async fn run(size: Size) -> Result<Report> {
    let mut report = Report::new("Trial 14: the SQLite store against its model", size.seed);
    let (mut done, mut verbs) = (0, [0_usize; 10]);
    for round in 0.. {
        if done >= size.count {
            break;
        }
        let seed = size.seed.wrapping_add(round);
        let mut pair = Pair::new(seed).await?;
        for step in 0..IN_ONE {
            let verb = pair.transition().await;
            let verb = verb.map_err(|error| error.context(format!("seed {seed}, transition {step}")));
            match verb {
                Ok(verb) => verbs[verb] += 1,
                Err(divergence) => {
                    report.fault(format!("{divergence:#}"));
                    break;
                }
            }
            done += 1;
        }
    }
    report.row("transitions", done);
    for (name, times) in NAMES.iter().zip(verbs) {
        report.row(name, times);
    }
    report.row("divergences", report.faults.len());
    Ok(report)
}

const NAMES: [&str; 10] = [
    "accept",
    "claim",
    "settle",
    "receipt",
    "time passes",
    "take and recover",
    "cancel",
    "cancel all",
    "expire",
    "reopen",
];

/// The store and its model, and hands that do the same to both.
struct Pair {
    rng: StdRng,
    folder: tempfile::TempDir,
    store: Option<Arc<Sqlite>>,
    model: Reference,
    workspace: WorkspaceId,
    accounts: Vec<(AccountId, Epoch)>,
    now: Timestamp,
    mint: Mint,
    /// Orders that somebody has, or had, in hand; with the epoch then.
    in_hand: Vec<(Order, Epoch)>,
    steps: usize,
}

fn open(folder: &Path) -> Result<Arc<Sqlite>> {
    Ok(Sqlite::open(Options::new(folder.to_owned(), Spelling::new(&[7; 32])))?)
}

impl Pair {
    async fn new(seed: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = open(folder.path())?;
        let (mut model, mut accounts) = (Reference::default(), Vec::new());
        let dynamic: &dyn Store = &*store;
        let workspace = dynamic.add_workspace("ours", START).await?.id;
        for _ in 0..ACCOUNTS {
            let new = NewAccount {
                workspace,
                channel: Channel::Whatsapp,
                connector: "sandbox".into(),
                name: "an account".into(),
                settings: Settings::default(),
                at: START,
            };
            let id = dynamic.add_account(new).await?.id;
            let epoch = dynamic.take(id).await?;
            ensure!(epoch == model.take(id), "the first epoch is {epoch:?}");
            accounts.push((id, epoch));
        }
        let rng = StdRng::seed_from_u64(seed);
        let mint = Mint::new(0, None);
        let (in_hand, store) = (Vec::new(), Some(store));
        Ok(Self { rng, folder, store, model, workspace, accounts, now: START, mint, in_hand, steps: 0 })
    }

    fn store(&self) -> Result<&dyn Store> {
        self.store.as_ref().map(|store| &**store as &dyn Store).ok_or_else(|| anyhow::anyhow!("the store is closed"))
    }

    /// One verb on both; which it was.
    async fn transition(&mut self) -> Result<usize> {
        let verb = match self.rng.random_range(0..100) {
            0..25 => 0,
            25..50 => 1,
            50..70 => 2,
            70..80 => 3,
            80..88 => 4,
            88..92 => 5,
            92..95 => 6,
            95..96 => 7,
            96..98 => 8,
            _ => 9,
        };
        match verb {
            0 => self.accept().await?,
            1 => self.claim().await?,
            2 => self.settle().await?,
            3 => self.receipt().await?,
            4 => self.now = self.now.plus(std::time::Duration::from_millis(self.rng.random_range(1..40_000))),
            5 => self.take().await?,
            6 => self.cancel().await?,
            7 => self.cancel_all().await?,
            8 => self.expire().await?,
            _ => {
                // The old one must be gone before the folder is free.
                self.store = None;
                self.store = Some(open(self.folder.path())?);
            }
        }
        self.steps += 1;
        if self.steps.is_multiple_of(EVERY) {
            self.compare().await?;
        }
        Ok(verb)
    }

    /// An account, and its epoch: mostly the present one.
    fn account(&mut self) -> (AccountId, Epoch) {
        let (account, epoch) = self.accounts[self.rng.random_range(0..ACCOUNTS)];
        let stale = self.rng.random_bool(0.05);
        (account, if stale { Epoch(epoch.0.saturating_sub(1)) } else { epoch })
    }

    fn order(&mut self) -> Order {
        let (account, _) = self.account();
        let id = MessageId(self.mint.next(self.now));
        let seconds = |seconds: u64| std::time::Duration::from_secs(seconds);
        // Now, a little later, or so much later that it stands apart.
        let due = match self.rng.random_range(0..10) {
            0 => self.rng.random_range(61..200),
            1 | 2 => self.rng.random_range(1..60),
            _ => 0,
        };
        let life = due + if self.rng.random_bool(0.2) { self.rng.random_range(1..90) } else { 86_400 };
        let message = Message {
            id,
            remote: Some(format!("OUT{id}")),
            origin: Origin::Api { dialect: "native".into(), key: None, request: None, tag: None, memo: None },
            chat: Address::Phone(format!("7999000{:04}", self.rng.random_range(0..CHATS))),
            chat_alias: None,
            chat_name: None,
            sender: None,
            content: Content::text("words"),
            quoted: None,
            forwarded: 0,
            at: self.now,
        };
        let (due_at, expires_at) = (self.now.plus(seconds(due)), self.now.plus(seconds(life)));
        Order { workspace: self.workspace, account, message, due_at, expires_at, typing_ms: None, attempt: 0 }
    }

    async fn accept(&mut self) -> Result<()> {
        let orders: Vec<Order> = (0..self.rng.random_range(1..4)).map(|_| self.order()).collect();
        let idempotency = self.rng.random_bool(0.4).then(|| Idempotency {
            scope: KeyId(self.rng.random_range(1..3)),
            key: format!("key {}", self.rng.random_range(0..12)),
            request: [self.rng.random_range(0..2); 32],
        });
        let submission = Submission { orders, idempotency, unsendable: Vec::new(), at: self.now };
        let expected = self.model.accept(&submission);
        let got = self.store()?.accept(vec![submission]).await?;
        ensure!(got == [expected.clone()], "accept: {got:?}, {expected:?} by the model");
        Ok(())
    }

    async fn claim(&mut self) -> Result<()> {
        let ((account, epoch), limit) = (self.account(), self.rng.random_range(1..8));
        let claim = Claim { account, epoch, limit, now: self.now };
        let expected = self.model.claim(account, epoch, limit, self.now);
        match self.store()?.claim(claim).await {
            Err(Fault::Stale) => ensure!(expected.is_none(), "claim: stale, {expected:?} by the model"),
            Err(fault) => return Err(fault.into()),
            Ok(claimed) => {
                let ids = claimed.orders.iter().map(|order| (order.id(), order.attempt)).collect();
                let got = Some((ids, claimed.next_due));
                ensure!(got == expected, "claim: {got:?}, {expected:?} by the model");
                self.in_hand.extend(claimed.orders.into_iter().map(|order| (order, epoch)));
            }
        }
        Ok(())
    }

    /// Of an order in hand, or of one that was settled before.
    async fn settle(&mut self) -> Result<()> {
        let Some((order, mut epoch)) = self.in_hand.choose(&mut self.rng).cloned() else { return Ok(()) };
        if self.rng.random_bool(0.05) {
            epoch = Epoch(epoch.0 + 1);
        }
        let trouble = Trouble { why: Why::Unknown, note: "by chance".into() };
        let outcome = match self.rng.random_range(0..10) {
            0 => Outcome::Failed { trouble },
            1 => Outcome::Uncertain { note: "by chance".into() },
            2..5 => {
                let pause = std::time::Duration::from_secs(self.rng.random_range(0..30));
                Outcome::Retry { next_at: self.now.plus(pause), trouble }
            }
            _ => Outcome::Sent { remote: None, alias: None },
        };
        let expected = self.model.settle(&order, epoch, &outcome);
        let settled = Settled { order, epoch, at: self.now, outcome };
        let got = self.store()?.settle(vec![settled]).await?;
        ensure!(got == [expected], "settle: {got:?}, {expected:?} by the model");
        // A few stay, to be settled once more.
        if self.in_hand.len() > 20 {
            self.in_hand.remove(0);
        }
        Ok(())
    }

    async fn receipt(&mut self) -> Result<()> {
        let remotes: Vec<String> = self.model.stories.values().map(|story| story.remote.clone()).collect();
        let Some(remote) = remotes.choose(&mut self.rng).cloned() else { return Ok(()) };
        let (account, epoch) = self.account();
        let step = [Step::Send, Step::Deliver, Step::Read, Step::Fail][self.rng.random_range(0..4)];
        let receipt = Receipt { remotes: vec![remote.clone()], step, at: self.now, trouble: None };
        let record = Record { account, epoch: Some(epoch), at: self.now, news: News::Receipt(receipt) };
        let expected = self.model.receipt(account, epoch, &remote, step);
        let got = match self.store()?.record(vec![record]).await {
            Err(Fault::Stale) => None,
            other => Some(other?.iter().map(Vec::len).sum()),
        };
        ensure!(got == expected, "receipt {step:?}: {got:?} entries, {expected:?} by the model");
        Ok(())
    }

    async fn take(&mut self) -> Result<()> {
        let place = self.rng.random_range(0..ACCOUNTS);
        let (account, _) = self.accounts[place];
        let (got, expected) = (self.store()?.take(account).await?, self.model.take(account));
        ensure!(got == expected, "take: {got:?}, {expected:?} by the model");
        self.accounts[place].1 = got;
        let ((account, epoch), repeat) = (self.account(), self.rng.random_bool(0.5));
        let expected = self.model.recover(account, epoch, repeat, self.now);
        let got = match self.store()?.recover(account, epoch, repeat, self.now).await {
            Err(Fault::Stale) => None,
            other => Some(other?),
        };
        ensure!(got == expected, "recover: {got:?}, {expected:?} by the model");
        Ok(())
    }

    async fn cancel(&mut self) -> Result<()> {
        let (account, _) = self.account();
        let known: Vec<MessageId> = self.model.stories.keys().copied().collect();
        let ids: Vec<MessageId> = known.sample(&mut self.rng, 4).copied().collect();
        let expected = self.model.cancel(account, Some(&ids));
        let got = self.store()?.cancel(account, Some(ids), self.now).await?;
        ensure!(got == expected, "cancel: {got:?}, {expected:?} by the model");
        Ok(())
    }

    async fn cancel_all(&mut self) -> Result<()> {
        let (account, _) = self.account();
        let expected = self.model.cancel(account, None);
        let got = self.store()?.cancel(account, None, self.now).await?;
        ensure!(got == expected, "cancel all: {got:?}, {expected:?} by the model");
        Ok(())
    }

    async fn expire(&mut self) -> Result<()> {
        let limit = self.rng.random_range(1..6);
        let expected = self.model.expire(self.now, limit);
        let got = self.store()?.expire(self.now, limit).await?;
        ensure!(got == expected, "expire: {got}, {expected} by the model");
        Ok(())
    }

    /// All that is kept.
    async fn compare(&self) -> Result<()> {
        let store = self.store()?;
        for (account, _) in &self.accounts {
            let expected = self.model.waiting(*account);
            let waiting = store.waiting(*account, Page::first(10_000)).await?;
            let got: Vec<_> = waiting.iter().map(|order| (order.id(), order.attempt)).collect();
            ensure!(got == expected, "waiting: {got:?}, {expected:?} by the model");
            ensure!(store.count_waiting(*account).await? == expected.len() as u64, "the count of what waits is wrong");
            let last = store.last(*account).await?.get();
            let entries = self.model.entries.get(account).copied().unwrap_or_default();
            ensure!(last == entries, "the journal has {last} entries, {entries} by the model");
        }
        for (id, story) in &self.model.stories {
            let kept = store.message(story.account, *id).await?;
            let state = kept.map(|kept| kept.state);
            ensure!(state == Some(story.state), "{id} is {state:?}, {:?} by the model", story.state);
            let entries = store.about(story.account, *id).await?;
            let told: Vec<_> = entries.iter().map(|entry| entry.event.name()).collect();
            ensure!(told == story.told, "of {id} was told {told:?}, {:?} by the model", story.told);
        }
        Ok(())
    }
}

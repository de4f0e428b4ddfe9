//! A gateway with two customers, opened for one test.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;
use sluice_clock::{Clock, Dice};
use sluice_dialect::Links;
use sluice_intake::{ConnectorCatalog, Intake, Limits, Parts, Seal, TestCall};
use sluice_model::account::Settings;
use sluice_model::delivery::Attempt;
use sluice_model::id::Mint;
use sluice_model::{
    Abilities, Ability, Account, AccountId, Channel, Listener, Scope, Spelling, Timestamp, WorkspaceId,
};
use sluice_secret::TokenHash;
use sluice_store::accounts::NewAccount;
use sluice_store::asks::Desk;
use sluice_store::keys::NewKey;
use sluice_store::{Accounts, Fault, Keys};
use sluice_store_sqlite::{Files, Options, Sqlite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::{Answer, Client};
use crate::dialect::DIALECTS;

static ABILITIES: Abilities = Abilities {
    can: &[Ability::Text, Ability::Image, Ability::NumberCheck],
    deduplicates: true,
    text_limit: 100,
    media_limit: 1_000_000,
    ..Abilities::NONE
};

pub const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

/// A customer: an account, a key for all of the workspace, and a key for the account alone.
pub struct Tenant {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub key: String,
    pub bound: String,
}

pub struct House {
    pub address: SocketAddr,
    pub store: Arc<Sqlite>,
    pub clock: Clock,
    pub links: Links,
    pub desk: Arc<Desk>,
    pub ours: Tenant,
    pub theirs: Tenant,
    pub shutdown: CancellationToken,
    pub served: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn open() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_owned();
        let store = Sqlite::open(Options { readers: 2, ..Options::new(dir.clone(), Spelling::new(&[7; 32])) }).unwrap();
        let clock = Clock::manual(NOW);
        let links = Links::new("http://gate", &[3; 32]);
        let (ours, theirs) = (tenant(&store, "our").await, tenant(&store, "their").await);
        let desk = Arc::new(Desk::default());
        let parts = Parts {
            store: store.clone(),
            blobs: Arc::new(Files::new(&dir).unwrap()),
            asks: desk.clone(),
            dialects: DIALECTS,
            spelling: Spelling::new(&[7; 32]),
            links: links.clone(),
            clock: clock.clone(),
            dice: Dice::seeded(1),
            mint: Arc::new(Mutex::new(Mint::new(0, None))),
            seal: Arc::new(Backwards),
            connectors: Arc::new(ConnectorCatalog::default().with("sandbox", Channel::Whatsapp, &ABILITIES)),
            limits,
            order_life: std::time::Duration::from_secs(86_400),
            tester: Arc::new(NoCalls),
            metrics: Arc::new(|| "sluice_up 1\n".to_owned()),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(Intake::new(parts).serve(listener, shutdown.clone()));
        Self { address, store, clock, links, desk, ours, theirs, shutdown, served, _folder: folder }
    }

    pub async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// One call with this key, on a connection of its own.
    pub async fn ask(&self, key: &str, method: &str, path: &str, body: &str) -> Answer {
        self.client().await.ask(method, path, &[("X-Key", key)], body).await
    }

    /// Ends it; everything that waited is written.
    pub async fn close(self) -> Arc<Sqlite> {
        self.shutdown.cancel();
        self.served.await.unwrap();
        self.store
    }
}

async fn tenant(store: &Sqlite, name: &str) -> Tenant {
    let workspace = store.add_workspace(name, NOW).await.unwrap().id;
    let account = NewAccount {
        workspace,
        channel: Channel::Whatsapp,
        connector: "sandbox".into(),
        name: name.into(),
        settings: Settings::default(),
        at: NOW,
    };
    let account = store.add_account(account).await.unwrap().id;
    let key = add_key(store, workspace, |key| key.name = format!("{name} wide")).await;
    let bound = add_key(store, workspace, |key| key.account = Some(account)).await;
    Tenant { workspace, account, key, bound }
}

/// A key that may everything, as `change` leaves it; gives its token.
pub async fn add_key(store: &Sqlite, workspace: WorkspaceId, change: impl FnOnce(&mut NewKey)) -> String {
    let count = store.keys_of(workspace).await.unwrap().len();
    let token = format!("a-token-of-{}-number-{count}", workspace.get());
    let mut key = NewKey {
        workspace,
        account: None,
        dialect: None,
        name: String::new(),
        token_hash: *TokenHash::of(&token).as_bytes(),
        prefix: token[..6].to_owned(),
        scopes: Scope::ALL.to_vec(),
        settings: json!({}),
        sealed: None,
        at: NOW,
        expires_at: None,
    };
    change(&mut key);
    store.add_key(key).await.unwrap();
    token
}

/// Not safe, but told apart from what was not sealed.
struct Backwards;

impl Seal for Backwards {
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        format!("{context}|{}", String::from_utf8_lossy(plain)).bytes().rev().collect()
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let text: Vec<u8> = sealed.iter().rev().copied().collect();
        text.strip_prefix(format!("{context}|").as_bytes()).map(<[u8]>::to_vec)
    }
}

struct NoCalls;

#[async_trait]
impl TestCall for NoCalls {
    async fn test(&self, _listener: &Listener, _account: &Account, event: &str) -> Result<Attempt, Fault> {
        Err(Fault::other(format!("nobody is called in these tests, not even of {event}")))
    }
}

//! The whole house, put together: which rooms there are, what each is given, and in which order they open and close.

mod catalog;
mod chores;
pub mod key;
mod media;
mod seal;
mod tester;
mod whatsapp;

use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use sluice_clock::{Clock, Dice};
use sluice_config::{Config, Problem, Severity};
use sluice_courier::Courier;
use sluice_dialect::Links;
use sluice_intake::Intake;
use sluice_model::Spelling;
use sluice_model::id::Mint;
use sluice_outside::Client;
use sluice_relay::Relay;
use sluice_secret::{MasterKey, Sealer};
use sluice_store::asks::{Asks, Desk};
use sluice_store::{Blobs, Store};
use sluice_store_sqlite::{Files, Options, Sqlite};
use sluice_telemetry::install::Handle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use catalog::connectors;
use seal::Seal;
use tester::Tester;

/// The open house: the shelves, and what the rooms share.
pub struct House {
    pub store: Arc<dyn Store>,
    pub clock: Clock,
    pub spelling: Spelling,
    pub master: MasterKey,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where the gateway is found, without a slash at the end.
    pub base: String,
    listener: TcpListener,
    intake: Intake,
    courier: Courier,
    relay: Relay,
    keep: chores::Keep,
    metrics: Handle,
    drain: std::time::Duration,
}

impl House {
    /// Opens the shelves and takes the port, so that trouble with either is told at once; starts nothing yet.
    pub async fn open(config: &Config, clock: Clock, metrics: Handle) -> Result<Self> {
        make_folder(config)?;
        let master = key::of_data(config)?;
        let seal = Seal::new(Sealer::new(&master));
        let spelling = spelling(&master);
        let listener = bind(config.server.listen).await?;
        allow_descriptors(config);
        let address = listener.local_addr()?;
        let base = base(config, address);
        let links = Links::new(&base, &master.derive("file links"));
        let dice = Dice::from_entropy();

        let store = open_store(config, &master).await?;
        warn_of_readers(config);
        let blobs: Arc<dyn Blobs> = Arc::new(Files::new(&config.data.dir)?);
        let mint = Arc::new(Mutex::new(Mint::new(0, store.greatest_id().await?)));
        let asks: Arc<dyn Asks> = Arc::new(Desk::default());
        let outside = way_out(config)?;
        let connectors = catalog::connectors(config, &outside);

        let courier = Courier::new(sluice_courier::Parts {
            store: store.clone(),
            asks: asks.clone(),
            connectors: connectors.clone(),
            media: Arc::new(media::Files { blobs: blobs.clone(), outside: outside.clone() }),
            seal: Arc::new(seal.clone()),
            clock: clock.clone(),
            dice: dice.clone(),
            mint: mint.clone(),
            settings: catalog::courier(config),
        });
        let relay = Relay::new(sluice_relay::Parts {
            store: store.clone(),
            blobs: blobs.clone(),
            dialects: sluice_dialect::ALL,
            post: Arc::new(outside),
            secrets: Arc::new(seal.clone()),
            spelling: spelling.clone(),
            links: links.clone(),
            clock: clock.clone(),
            dice: dice.clone(),
            settings: catalog::relay(config),
        });
        let tester = Tester { relay: relay.clone(), clock: clock.clone() };
        let intake = Intake::new(sluice_intake::Parts {
            store: store.clone(),
            blobs,
            asks,
            dialects: sluice_dialect::ALL,
            spelling: spelling.clone(),
            links,
            clock: clock.clone(),
            dice,
            mint,
            seal: Arc::new(seal),
            connectors: Arc::new(catalog::of(&connectors)),
            limits: catalog::limits(config),
            order_life: config.courier.order_ttl,
            tester: Arc::new(tester),
            metrics: {
                let metrics = metrics.clone();
                Arc::new(move || metrics.render())
            },
        });
        let keep = chores::Keep {
            journal: config.data.journal_keep,
            requests: config.data.request_log_keep,
            attempts: config.relay.attempts_keep,
        };
        let drain = config.server.drain;
        Ok(Self {
            store,
            clock,
            spelling,
            master,
            address,
            base,
            listener,
            intake,
            courier,
            relay,
            keep,
            metrics,
            drain,
        })
    }

    /// Runs until `shutdown`, then closes in the order of the flow: no new calls, then no new claims, then no new
    /// deliveries. What was accepted and not finished stays on the shelves.
    pub async fn run(self, shutdown: CancellationToken) -> Result<()> {
        let Self { store, clock, listener, intake, courier, relay, keep, metrics, drain, .. } = self;
        let mut broken = store.broken();
        let courier_stop = CancellationToken::new();
        let stop = (courier_stop.clone(), courier_stop.clone());
        let chores = tokio::spawn(chores::run(store.clone(), clock, keep, courier_stop.clone()));
        let folding = tokio::spawn(chores::fold(metrics, courier_stop.clone()));
        let courier = tokio::spawn(async move { courier.run(stop.0).await });
        let relay = tokio::spawn(async move { relay.run(stop.1).await });

        let closing = shutdown.child_token();
        let mut intake = std::pin::pin!(intake.serve(listener, closing.clone()));
        let fault = tokio::select! {
            () = &mut intake => None,
            fault = broken.wait_for(Option::is_some) => fault.ok().and_then(|fault| fault.clone()),
        };
        if fault.is_some() {
            // The calls under way are told to come again, to whoever stands here then.
            closing.cancel();
            intake.await;
        }
        let verdict = fault.map_or(Ok(()), |fault| Err(fault.into()));
        courier_stop.cancel();
        let rooms = async { tokio::join!(courier, relay, chores, folding) };
        match tokio::time::timeout(drain, rooms).await {
            Ok((courier, relay, chores, folding)) => {
                for ended in [courier, relay, chores, folding] {
                    ended.context("a room ended by a panic")?;
                }
            }
            Err(_) => tracing::warn!("not everything was finished in time; the rest stays on the shelves"),
        }
        verdict
    }
}

/// The shelves alone, for commands that work on a stopped gateway's data.
pub async fn open_store(config: &Config, master: &MasterKey) -> Result<Arc<dyn Store>> {
    let dir = config.data.dir.clone();
    let options = Options { readers: config.store.sqlite.readers, ..Options::new(dir, spelling(master)) };
    let store = Sqlite::open(options)?;
    key::prove(config, master, &store).await?;
    Ok(store)
}

/// How this house writes ids.
fn spelling(master: &MasterKey) -> Spelling {
    Spelling::new(&master.derive("id spelling"))
}

/// The data folder, made when it is not there.
pub fn make_folder(config: &Config) -> Result<()> {
    // Messages lie in it in clear: it is for the gateway's own user. A folder that is there keeps the rights it has.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data.dir)
        .with_context(|| format!("the data folder {} cannot be made", config.data.dir.display()))
}

/// What is wrong with the configuration on this machine and in this build.
pub fn check(config: &Config) -> Vec<Problem> {
    let mut found = whatsapp::check(config);
    if config.outside.extra_ca.is_some()
        && let Err(error) = way_out(config)
    {
        found.push(Problem { severity: Severity::Error, path: "outside.extra_ca", text: format!("{error:#}.") });
    }
    found
}

/// A folder that is there keeps the rights it has, and its files theirs.
fn warn_of_readers(config: &Config) {
    let may_others = |path: &Path, rights| std::fs::metadata(path).is_ok_and(|found| found.mode() & rights != 0);
    let (dir, database) = (&config.data.dir, key::database(config));
    if may_others(dir, 0o011) && may_others(&database, 0o044) {
        let dir = dir.display();
        tracing::warn!("other users of this machine can read the messages in {dir}; run: chmod -R go= {dir}");
    }
}

/// Descriptors for files and for sockets that we open ourselves.
const OUR_OWN: usize = 1_024;

/// Systems often let a process have a quarter of what the door's limit on connections needs, until it asks for more.
fn allow_descriptors(config: &Config) {
    let wanted = (config.server.limits.connections + OUR_OWN) as u64;
    let allowed = rlimit::Resource::NOFILE.get_soft().unwrap_or_default();
    if allowed < wanted {
        let allowed = rlimit::increase_nofile_limit(wanted).unwrap_or(allowed);
        if allowed < wanted {
            tracing::warn!(
                allowed,
                wanted,
                "the system allows fewer descriptors than `server.limits.connections` may need"
            );
        }
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; is another gateway running? Choose one with --listen")
    })
}

/// With port 0 the real port is known only now.
fn base(config: &Config, bound: SocketAddr) -> String {
    if config.server.public_url.is_some() { config.public_url() } else { format!("http://{bound}") }
}

fn way_out(config: &Config) -> Result<Client> {
    let extra_ca = match &config.outside.extra_ca {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    Ok(Client::new(sluice_outside::Settings {
        guard: catalog::guard(config),
        connect: config.relay.connect_timeout,
        limits: sluice_outside::Limits {
            headers: config.relay.headers_timeout,
            total: config.relay.total_timeout,
            answer: usize::try_from(config.relay.answer_size).unwrap_or(usize::MAX),
        },
        extra_ca,
        ..sluice_outside::Settings::default()
    })?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

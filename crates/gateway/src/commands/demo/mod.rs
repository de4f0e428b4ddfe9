//! `sluice demo`: a gateway with something in it, ready to be called.
//!
//! Each API has a corner of the demo in a file of its own: its keys, its members of `--json`, its curl lines.

mod chat_api;
mod devino;
mod feedbot;
mod first;
mod green_api;
mod keys;
mod native;
mod page;
mod phone;
mod wahelp;
mod wappi;
mod whatsmate;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use sluice_clock::Clock;
use sluice_config::{Config, Sources};
use sluice_model::account::Settings;
use sluice_model::{AccountId, Channel, WorkspaceId};
use sluice_store::accounts::NewAccount;
use sluice_telemetry::install::Metrics;

use super::{print, serve, signals};
use crate::cli::Demo as Arguments;
use crate::house::House;
use keys::KeyRing;

pub async fn run(args: Arguments) -> Result<()> {
    let config = config(&args)?;
    let _log = serve::install_logs(&config)?;
    let metrics = Metrics::install()?;
    let shutdown = signals::shutdown()?;
    let house = House::open(&config, Clock::fast(args.speed), metrics).await?;
    let demo = furnish(&house).await?;
    let base = house.base.clone();
    let last_word = if config.connectors.sandbox.instant { "sent" } else { "read" };
    let stop = shutdown.clone();
    let mut running = tokio::spawn(house.run(shutdown));

    let welcome = async {
        let first = first::message(&base, &demo, last_word).await?;
        if args.json {
            print(&format!("{}\n", demo.json(&base)))
        } else {
            print(&page::of(&demo, &base, args.speed, &first))
        }
    };
    let welcomed = tokio::select! {
        welcomed = welcome => welcomed,
        ended = &mut running => return ended.context("the gateway ended by a panic")?,
    };
    if welcomed.is_err() {
        stop.cancel();
    }
    running.await.context("the gateway ended by a panic")??;
    welcomed
}

fn config(args: &Arguments) -> Result<Config> {
    if !args.listen.ip().is_loopback() {
        bail!(
            "the demo lets webhooks reach this machine's own addresses, so it listens on loopback only \
             (127.0.0.1); for anything else use `sluice serve`"
        );
    }
    let flags = [
        ("server.listen", args.listen.to_string()),
        ("data.dir", args.data.display().to_string()),
        ("outside.allow", "loopback".to_owned()),
        ("log.level", "warn".to_owned()),
    ];
    let flags = flags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Ok(Config::load(&Sources::of_process(None, flags)?)?)
}

/// What the demo hands out.
struct Demo {
    /// The folder has data of an earlier run.
    found: bool,
    /// The first account, as the native API names it.
    account: String,
    /// A native key with every scope.
    token: String,
    corners: Vec<Corner>,
}

/// One API's part of the demo.
struct Corner {
    /// Its member of `--json`.
    name: &'static str,
    /// Scripts rely on these (docs/guide/demo.md); later versions only add to them.
    members: Value,
    /// Its name in the page.
    title: &'static str,
    /// Its ready curl lines, each line indented by two spaces.
    lines: String,
    /// A call that switches its notifications on, before the first message: path and body.
    switches: Option<(String, Value)>,
}

impl Demo {
    fn json(&self, base: &str) -> Value {
        let mut all = Map::new();
        all.insert("base".to_owned(), base.into());
        for corner in &self.corners {
            all.insert(corner.name.to_owned(), corner.members.clone());
        }
        all.insert("sandbox".to_owned(), json!({"account": self.account}));
        Value::Object(all)
    }
}

/// A workspace with accounts and keys; what is there from an earlier start stays.
async fn furnish(house: &House) -> Result<Demo> {
    let now = house.clock.now();
    // Never a real customer's, should the folder be one of `sluice serve`.
    let workspace = match house.store.workspaces().await?.into_iter().find(|known| known.name == "demo") {
        Some(workspace) => workspace.id,
        None => house.store.add_workspace("demo", now).await?.id,
    };
    let accounts = house.store.accounts_of(workspace).await?;
    let found = !accounts.is_empty();
    let account = match accounts.first() {
        Some(account) => account.id,
        None => {
            let whatsapp = add_account(house, workspace, "Demo WhatsApp", Channel::Whatsapp).await?;
            add_account(house, workspace, "Demo Telegram", Channel::TelegramUser).await?;
            whatsapp
        }
    };
    let ring = KeyRing { house, workspace, account };
    Ok(Demo {
        found,
        account: ring.account_name("native"),
        token: native::token(&ring).await?,
        corners: vec![
            native::corner(&ring).await?,
            wappi::corner(&ring).await?,
            wahelp::corner(&ring).await?,
            green_api::corner(&ring).await?,
            devino::corner(&ring).await?,
            feedbot::corner(&ring).await?,
            chat_api::corner(&ring).await?,
            whatsmate::corner(&ring).await?,
            phone::corner(&ring).await?,
        ],
    })
}

async fn add_account(house: &House, workspace: WorkspaceId, name: &str, channel: Channel) -> Result<AccountId> {
    let new = NewAccount {
        workspace,
        channel,
        connector: "sandbox".to_owned(),
        name: name.to_owned(),
        settings: Settings::default(),
        at: house.clock.now(),
    };
    Ok(house.store.add_account(new).await?.id)
}

//! `sluice demo`: a gateway with something in it, ready to be called.
//!
//! Keys are derived from the demo's own master key: the same on every start over one data folder, and different on
//! every machine.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sluice_clock::Clock;
use sluice_config::{Config, Sources};
use sluice_intake::seals;
use sluice_model::account::Settings;
use sluice_model::{AccountId, Channel, Scope, Sealed, WorkspaceId};
use sluice_secret::Sealer;
use sluice_secret::token::{self, TokenHash};
use sluice_store::accounts::NewAccount;
use sluice_store::keys::NewKey;
use sluice_telemetry::install::Metrics;

use super::{print, serve, signals};
use crate::cli::{Demo, Gateway};
use crate::client::Client;
use crate::house::House;

/// Whom the first message goes to: a number that answers with the same text.
const FRIEND: &str = "79990000200";

pub async fn run(args: Demo) -> Result<()> {
    let config = config(&args)?;
    serve::install_logs(&config)?;
    let metrics = Metrics::install()?;
    let shutdown = signals::shutdown()?;
    let house = House::open(&config, Clock::fast(args.speed), metrics).await?;
    let keys = furnish(&house).await?;
    let base = house.base.clone();
    let last_word = if config.connectors.sandbox.instant { "sent" } else { "read" };
    let stop = shutdown.clone();
    let mut running = tokio::spawn(house.run(shutdown));

    let welcome = async {
        let first = first_message(&base, &keys, last_word).await?;
        if args.json { print(&format!("{}\n", keys.json(&base))) } else { print(&keys.page(&base, args.speed, &first)) }
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

fn config(args: &Demo) -> Result<Config> {
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
struct Keys {
    /// The folder has data of an earlier run.
    found: bool,
    native: String,
    wappi: String,
    green_api: String,
    partner: String,
    account: String,
    profile_id: String,
    id_instance: String,
}

/// A workspace with accounts and keys; what is there from an earlier start stays.
async fn furnish(house: &House) -> Result<Keys> {
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
    let name = |dialect: &str| {
        sluice_dialect::named(dialect).map(|dialect| dialect.account_name(&house.spelling, account)).unwrap_or_default()
    };
    Ok(Keys {
        found,
        native: key(house, workspace, None, "native", "native").await?,
        wappi: key(house, workspace, None, "wappi", "wappi").await?,
        green_api: key(house, workspace, Some(account), "green_api", "green_api").await?,
        partner: key(house, workspace, None, "green_api", "green_api partner").await?,
        account: name("native"),
        profile_id: name("wappi"),
        id_instance: name("green_api"),
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

async fn key(
    house: &House,
    workspace: WorkspaceId,
    account: Option<AccountId>,
    dialect: &str,
    name: &str,
) -> Result<String> {
    let hex: String =
        house.master.derive(&format!("demo key {name}")).iter().map(|byte| format!("{byte:02x}")).collect();
    let token = match sluice_dialect::named(dialect).map(|dialect| dialect.token_shape()) {
        Some(sluice_dialect::TokenShape::Prefixed(prefix)) => format!("{prefix}{}", &hex[..40]),
        Some(sluice_dialect::TokenShape::Hex(digits)) => hex[..digits].to_owned(),
        None => hex,
    };
    let token_hash = *TokenHash::of(&token).as_bytes();
    if house.store.key(&token_hash).await?.is_none() {
        house
            .store
            .add_key(NewKey {
                workspace,
                account,
                dialect: Some(dialect.to_owned()),
                name: format!("demo {name}"),
                token_hash,
                prefix: token::prefix(&token),
                scopes: Scope::ALL.to_vec(),
                settings: Value::Null,
                // An instance's token is shown again to its partner.
                sealed: account.map(|_| Sealed(Sealer::new(&house.master).seal(seals::KEY, token.as_bytes()))),
                at: house.clock.now(),
                expires_at: None,
            })
            .await?;
    }
    Ok(token)
}

/// Through the same doors as any client: log in, switch the notifications on, send, wait for the last word about it.
async fn first_message(base: &str, keys: &Keys, last_word: &str) -> Result<Value> {
    let client = Client::new(&Gateway { url: base.to_owned(), token: keys.native.clone(), json: true })?;
    for account in client.get("/v1/accounts").await?["items"].as_array().into_iter().flatten() {
        let id = account["id"].as_str().unwrap_or_default();
        if account["state"] == "login_needed" {
            client.post(&format!("/v1/accounts/{id}/login"), &json!({"way": "qr"}), None).await?;
            client.post(&format!("/v1/sandbox/{id}/scan"), &json!({}), None).await?;
        }
        until(&client, &format!("/v1/accounts/{id}"), |account| account["state"] == "open").await?;
    }
    let switches = json!({
        "incomingWebhook": "yes", "outgoingWebhook": "yes", "outgoingMessageWebhook": "yes",
        "outgoingAPIMessageWebhook": "yes", "stateWebhook": "yes",
    });
    let green = format!("/waInstance{}/setSettings/{}", keys.id_instance, keys.green_api);
    client.post(&green, &switches, None).await?;
    let messages = format!("/v1/accounts/{}/messages", keys.account);
    if keys.found {
        // What an earlier run left may take any time to be sent; the newest message there is tells its story.
        let newest = client.get(&format!("{messages}?direction=out&limit=1")).await?;
        return match newest["items"][0]["id"].as_str() {
            Some(id) => client.get(&format!("{messages}/{id}/trace")).await,
            None => Ok(Value::Null),
        };
    }
    let sent = client.post(&messages, &json!({"to": FRIEND, "text": "Hello from Sluicegate"}), None).await?;
    let message = format!("{messages}/{}", sent["id"].as_str().unwrap_or_default());
    until(&client, &message, |message| message["state"] == last_word).await?;
    client.get(&format!("{message}/trace")).await
}

/// Asks until the answer is as wanted; ten seconds are far more than the sandbox takes.
async fn until(client: &Client, path: &str, wanted: impl Fn(&Value) -> bool) -> Result<()> {
    for _ in 0..200 {
        if wanted(&client.get(path).await?) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{path} did not become ready; the log says more (SLUICE_LOG=info)")
}

impl Keys {
    /// Scripts rely on these members (docs/guide/demo.md); later dialects add their own.
    fn json(&self, base: &str) -> Value {
        json!({
            "base": base,
            "native": {"key": self.native},
            "wappi": {"token": self.wappi, "profile_id": self.profile_id},
            "green_api": {
                "id_instance": self.id_instance.parse::<u64>().unwrap_or_default(),
                "api_token": self.green_api,
                "partner_token": self.partner,
            },
            "sandbox": {"account": self.account},
        })
    }

    fn page(&self, base: &str, speed: u32, first: &Value) -> String {
        let Self { native, wappi, green_api, account, profile_id, id_instance, .. } = self;
        let pace = if speed > 1 { format!(" Its clock runs {speed} times faster.") } else { String::new() };
        let story = super::message::story(first);
        let title = if self.found {
            "The newest message of an earlier run"
        } else {
            "The first message, from the call to the blue ticks"
        };
        format!(
            r#"Sluicegate is running at {base} with a pretend messenger.{pace} Ctrl-C stops it.

{title}:

{story}
Send one in the words of three APIs. Any number exists; 79990000200 answers, 79990000404 is not on the
messenger, docs/guide/sandbox.md has the rest.

  # Wappi
  curl -X POST "{base}/api/sync/message/send?profile_id={profile_id}" \
    -H "Authorization: {wappi}" \
    -H "Content-Type: application/json" \
    -d '{{"body": "Hello World", "recipient": "79990000200"}}'

  # GREEN-API
  curl -X POST "{base}/waInstance{id_instance}/sendMessage/{green_api}" \
    -H "Content-Type: application/json" \
    -d '{{"chatId": "79990000200@c.us", "message": "Hello World"}}'
  curl "{base}/waInstance{id_instance}/receiveNotification/{green_api}"

  # Sluicegate's own
  curl "{base}/v1/accounts/{account}/messages" \
    -H "Authorization: Bearer {native}" \
    -H "Content-Type: application/json" \
    -d '{{"to": "79990000200", "text": "Hello World"}}'
  curl -N "{base}/v1/accounts/{account}/events" -H "Authorization: Bearer {native}"

A customer writes (the sandbox's own lever):

  curl "{base}/v1/sandbox/{account}/receive" \
    -H "Authorization: Bearer {native}" \
    -d '{{"message": {{"from": "79991112233", "text": "Is anybody there?"}}}}'

From the command line:

  export SLUICE_URL={base} SLUICE_TOKEN={native}
  sluice send --account {account} --to 79990000200 --text "Hello World"
  sluice tail -f --account {account}

Pages for the browser: {base}/v1/docs (every call of the native API, with its ready curl line)
"#
        )
    }
}

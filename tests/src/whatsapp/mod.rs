//! A gateway's account on the pretend WhatsApp.

mod pair;
mod voices;

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use sluice_whatsapp_world::World;

use crate::gateway::Plan;
use crate::{Gateway, Receiver};

pub use pair::{ANN, Pair, said};
pub use voices::{Green, Voice, voices};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The one under test.
pub const SHOP: &str = "79991000000";

/// What makes a gateway's WhatsApp the world's.
pub fn environment(world: &World) -> Vec<(String, String)> {
    let keys = [
        ("SLUICE_CONNECTORS__WHATSAPP_WEB__SERVER_URL", world.url()),
        ("SLUICE_CONNECTORS__WHATSAPP_WEB__VERSION", "2.3000.1043857760".to_owned()),
    ];
    keys.map(|(key, value)| (key.to_owned(), value)).into()
}

/// A fresh demo whose WhatsApp is the world's.
pub async fn gateway(world: &World) -> Result<Gateway> {
    Gateway::start(Plan { environment: environment(world), ..Plan::default() }).await
}

/// An account of the connector `whatsapp-web`, and all that the gateway tells of it.
pub struct Account {
    /// `acc_…`
    pub id: String,
    pub phone: String,
    hook: Receiver,
}

impl Account {
    /// Nobody is logged in yet. The phone's owner comes into the world.
    pub async fn add(gateway: &Gateway, world: &World, phone: &str) -> Result<Self> {
        world.person(phone, "Shop")?;
        let hook = Receiver::agreeable().await?;
        // As shipped, a connector that could be banned paces itself.
        let pace = json!({"send_gap_ms": 1});
        let new = json!({"name": phone, "channel": "whatsapp", "connector": "whatsapp-web", "settings": pace});
        let (status, made) = gateway.native(Method::POST, "/v1/accounts", Some(new)).await?;
        ensure!(status == 201, "{status} {made}");
        let id = made["id"].as_str().context("id")?.to_owned();
        let listener = json!({"name": phone, "url": hook.url(), "account": id});
        let (status, made) = gateway.native(Method::POST, "/v1/listeners", Some(listener)).await?;
        ensure!(status == 201, "{status} {made}");
        Ok(Self { id, phone: phone.to_owned(), hook })
    }

    /// Logged in by QR code, and connected.
    pub async fn link(gateway: &Gateway, world: &World, phone: &str) -> Result<Self> {
        let account = Self::add(gateway, world, phone).await?;
        account.log_in(gateway, world).await?;
        Ok(account)
    }

    pub async fn log_in(&self, gateway: &Gateway, world: &World) -> Result<()> {
        let shown = self.post(gateway, "login", json!({})).await?;
        world.scan(shown["data"].as_str().context("no QR code")?, &self.phone)?;
        self.until_state(gateway, "open").await?;
        Ok(())
    }

    /// Waits until the account is in this state; the account then.
    pub async fn until_state(&self, gateway: &Gateway, state: &str) -> Result<Value> {
        self.until_shown(gateway, state, |account| account["state"] == state).await
    }

    /// Waits until the account is shown as wanted.
    pub async fn until_shown(&self, gateway: &Gateway, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let looked = async {
            loop {
                let account = self.get(gateway, "").await?;
                if wanted(&account) {
                    return anyhow::Ok(account);
                }
                // tidy: real time because another process is waited for
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, looked).await {
            Ok(found) => found,
            Err(_) => bail!("the account is never {what}, but {}", self.get(gateway, "").await?),
        }
    }

    /// Sends what the native API's `content` says; `msg_…`.
    pub async fn send(&self, gateway: &Gateway, to: &str, content: Value) -> Result<String> {
        self.send_whole(gateway, json!({"to": to, "content": content})).await
    }

    pub async fn text(&self, gateway: &Gateway, to: &str, text: &str) -> Result<String> {
        self.send_whole(gateway, json!({"to": to, "text": text})).await
    }

    pub async fn send_whole(&self, gateway: &Gateway, body: Value) -> Result<String> {
        let accepted = self.post(gateway, "messages", body).await?;
        Ok(accepted["id"].as_str().context("id")?.to_owned())
    }

    /// The message once it is in this state, or past it.
    pub async fn until(&self, id: &str, event: &str) -> Result<Value> {
        let told = self.event(event, |told| told["type"] == event && told["data"]["message"]["id"] == id).await?;
        Ok(told["data"]["message"].clone())
    }

    /// The first message that came in and is as wanted.
    pub async fn received(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let is = |event: &Value| event["type"] == "message.received" && wanted(&event["data"]["message"]);
        Ok(self.event(what, is).await?["data"]["message"].clone())
    }

    /// The first event of the account that is as wanted, past or to come.
    pub async fn event(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let mut seen = 0;
        loop {
            let told = self.told();
            if let Some(found) = told.iter().find(|event| wanted(event)) {
                return Ok(found.clone());
            }
            if told.len() < seen + 1 && self.hook.wait_for(seen + 1, PATIENCE).await.is_err() {
                let last: Vec<&Value> = told.iter().rev().take(5).collect();
                bail!("{what}: not within {PATIENCE:?}; the last events were {last:#?}");
            }
            seen = self.told().len();
        }
    }

    /// Everything that was told of the account so far.
    pub fn told(&self) -> Vec<Value> {
        self.hook.calls().iter().map(crate::Call::json).collect()
    }

    /// `GET /v1/accounts/{id}/{path}`
    pub async fn get(&self, gateway: &Gateway, path: &str) -> Result<Value> {
        self.call(gateway, Method::GET, path, None).await
    }

    pub async fn post(&self, gateway: &Gateway, path: &str, body: Value) -> Result<Value> {
        self.call(gateway, Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, gateway: &Gateway, path: &str, body: Value) -> Result<Value> {
        self.call(gateway, Method::PUT, path, Some(body)).await
    }

    async fn call(&self, gateway: &Gateway, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let path = format!("/v1/accounts/{}/{path}", self.id);
        let (status, answer) = gateway.native(method, path.trim_end_matches('/'), body).await?;
        ensure!(status < 300, "{path}: {status} {answer}");
        Ok(answer)
    }

    /// The bytes of a message's file, as the gateway hands them out.
    pub async fn file(&self, gateway: &Gateway, message: &Value) -> Result<Vec<u8>> {
        let path = match message["content"]["media"].as_str() {
            Some(name) => format!("/v1/media/{name}"),
            None => format!("/v1/accounts/{}/messages/{}/media", self.id, message["id"].as_str().unwrap_or_default()),
        };
        let request = gateway.http.get(format!("{}{path}", gateway.base())).bearer_auth(gateway.word("/native/key"));
        let answer = request.send().await?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        Ok(answer.bytes().await?.to_vec())
    }
}

/// The words of a message that a phone has read.
pub fn words(message: &sluice_whatsapp_world::proto::Message) -> Option<String> {
    let extended = message.extended_text_message.as_option().and_then(|text| text.text.clone());
    message.conversation.clone().or(extended)
}

//! A pretend Android phone with a well-made program (contract phone.md §9.5) and a hard life: it dies at the worst moments, its
//! answers get lost, it repeats itself, it overlooks what it sent, it sleeps.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::random::Random;

/// How often bad things happen, each one in so many messages; 0 is never.
#[derive(Clone, Copy, Debug, Default)]
pub struct Misfortune {
    /// Dies after the claim, before it says that it sends.
    pub dies_before: usize,
    /// Dies after `sending` was acknowledged, before the click.
    pub dies_at_the_fence: usize,
    /// Dies after the click, before it wrote that down.
    pub dies_after: usize,
    /// The answer to a claim is lost.
    pub loses_answers: usize,
    /// Says everything three times.
    pub repeats: usize,
    /// Looks into a chat and does not see what it sent.
    pub overlooks: usize,
    /// Says that it failed after the click.
    pub lies: usize,
    /// Says nothing for a while.
    pub sleeps: usize,
}

/// What the phone's own journal says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noted {
    AboutToSend,
    Sent,
}

pub struct Handset {
    http: reqwest::Client,
    base: String,
    token: String,
    random: Random,
    misfortune: Misfortune,
    boots: u32,
    seq: u64,
    journal: HashMap<String, Noted>,
    /// How often each message went out: what the other side really got.
    pub clicks: HashMap<String, u32>,
    pub nap: Duration,
}

impl Handset {
    pub fn new(base: &str, token: &str, seed: u64, misfortune: Misfortune) -> Self {
        Self {
            http: crate::http(),
            base: base.to_owned(),
            token: token.to_owned(),
            random: Random::seeded(seed),
            misfortune,
            boots: 1,
            seq: 0,
            journal: HashMap::new(),
            clicks: HashMap::new(),
            nap: Duration::ZERO,
        }
    }

    /// The gateway came back at another address.
    pub fn find(&mut self, base: &str) {
        self.base = base.to_owned();
        self.http = crate::http();
    }

    /// `None` when the gateway cannot be reached or asks to come again: the phone tries later.
    pub async fn call(&self, path: &str, body: &Value) -> Result<Option<Value>> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body);
        let Ok(response) = request.send().await else { return Ok(None) };
        let status = response.status();
        let Ok(text) = response.text().await else { return Ok(None) };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Ok(None);
        }
        if !status.is_success() {
            bail!("{path} {body}: {status} {text}");
        }
        serde_json::from_str(&text).map(Some).with_context(|| text)
    }

    fn happens(&mut self, one_in: usize) -> bool {
        one_in > 0 && self.random.one_in(one_in)
    }

    fn reboot(&mut self) {
        self.boots += 1;
    }

    /// Asks once and does what it is given. True when there was something.
    pub async fn turn(&mut self, wait_s: u32) -> Result<bool> {
        if self.happens(self.misfortune.sleeps) {
            // tidy: real time because the gateway is another process
            tokio::time::sleep(self.nap).await;
        }
        let have: Vec<Value> = self
            .journal
            .iter()
            .filter(|(_, noted)| **noted == Noted::AboutToSend)
            .map(|(id, _)| json!({"id": id, "state": "about_to_send"}))
            .collect();
        let claim = json!({
            "max": 1, "wait_s": wait_s, "lease_s": 30, "install_id": "i", "boot_id": format!("b{}", self.boots), "have": have,
            "health": {"screen": true, "session": "ok"},
        });
        let Some(answer) = self.call("/device/v1/claim", &claim).await? else { return Ok(false) };
        if self.happens(self.misfortune.loses_answers) {
            return Ok(true);
        }
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        for item in &items {
            match item["kind"].as_str() {
                Some("send") => self.send(item).await?,
                Some("verify") => self.verify(item).await?,
                _ => {
                    let id = item["id"].as_str().unwrap_or_default();
                    self.journal.remove(id);
                }
            }
        }
        Ok(!items.is_empty())
    }

    async fn send(&mut self, item: &Value) -> Result<()> {
        let id = item["id"].as_str().context("no id")?.to_owned();
        if self.journal.get(&id) == Some(&Noted::Sent) {
            // Never click again: the journal knows (duty 2).
            return self.say(item, "sent", None).await.map(drop);
        }
        if self.happens(self.misfortune.dies_before) {
            self.reboot();
            return Ok(());
        }
        self.journal.insert(id.clone(), Noted::AboutToSend);
        let Some(acks) = self.say(item, "sending", None).await? else {
            // Not heard: it does not start (duty 4).
            self.journal.remove(&id);
            return Ok(());
        };
        if acks["acks"][0]["result"] == "stale" {
            self.journal.remove(&id);
            return Ok(());
        }
        if self.happens(self.misfortune.dies_at_the_fence) {
            self.reboot();
            return Ok(());
        }
        *self.clicks.entry(id.clone()).or_default() += 1;
        if self.happens(self.misfortune.dies_after) {
            self.reboot();
            return Ok(());
        }
        if self.happens(self.misfortune.lies) {
            self.journal.remove(&id);
            return self.say(item, "failed", Some("unknown_dialog")).await.map(drop);
        }
        self.journal.insert(id, Noted::Sent);
        let times = if self.happens(self.misfortune.repeats) { 3 } else { 1 };
        for _ in 0..times {
            // Not heard: it is said again at the next occasion, which is the next claim of the same message.
            self.say(item, "sent", None).await?;
        }
        Ok(())
    }

    async fn verify(&mut self, item: &Value) -> Result<()> {
        let id = item["id"].as_str().context("no id")?.to_owned();
        let there = self.clicks.contains_key(&id) && !self.happens(self.misfortune.overlooks);
        if there {
            self.journal.insert(id, Noted::Sent);
            self.say(item, "sent", None).await?;
        } else {
            self.journal.remove(&id);
            self.say(item, "retry", Some("not_found")).await?;
        }
        Ok(())
    }

    async fn say(&mut self, item: &Value, state: &str, reason: Option<&str>) -> Result<Option<Value>> {
        self.seq += 1;
        let result = json!({
            "id": item["id"], "lease_id": item["lease_id"], "seq": self.seq, "state": state, "reason": reason,
        });
        let body = json!({"results": [result], "install_id": "i", "boot_id": format!("b{}", self.boots)});
        self.call("/device/v1/results", &body).await
    }
}

//! A client of the Devino API that checks every answer against the API's description.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::receiver::Call;
use crate::schema::Description;
use crate::{Gateway, Receiver};

const PATIENCE: Duration = Duration::from_secs(30);

/// A company that sends, with the demo's key.
pub struct Company<'g> {
    pub gateway: &'g Gateway,
    pub description: Description,
    /// Its sender.
    pub from: String,
}

impl<'g> Company<'g> {
    pub fn of_demo(gateway: &'g Gateway) -> Result<Self> {
        let from = gateway.word("/devino/from").to_owned();
        Ok(Self { gateway, description: Description::of_dialect("devino")?, from })
    }

    /// The value of `Authorization`.
    pub fn key(&self) -> String {
        format!("Key {}", self.gateway.word("/devino/key"))
    }

    /// A call with this `Authorization`: status and body. Fails when the answer is not as described.
    pub async fn call(&self, method: &str, path: &str, shown: Option<&str>, body: &str) -> Result<(u16, Value)> {
        let url = format!("{}{path}", self.gateway.base());
        let mut request = self.gateway.http.request(method.parse::<Method>()?, url);
        if let Some(shown) = shown {
            request = request.header("authorization", shown);
        }
        let response = request.body(body.to_owned()).send().await?;
        let status = response.status().as_u16();
        let answer = response.bytes().await?;
        self.description.check(method, path, status, &answer)?;
        Ok((status, serde_json::from_slice(&answer)?))
    }

    /// The verdicts on these messages.
    pub async fn send(&self, messages: Value) -> Result<Vec<Value>> {
        let body = json!({ "messages": messages }).to_string();
        let (status, answer) = self.call("POST", "/whatsapp/messages", Some(&self.key()), &body).await?;
        ensure!(status == 200, "{status} {answer}");
        Ok(answer["result"].as_array().context("result")?.clone())
    }

    /// Sends one message to `to` with `more` members; its id.
    pub async fn send_one(&self, to: &str, more: Value) -> Result<u64> {
        let mut message = json!({"from": self.from, "to": to});
        for (name, value) in more.as_object().into_iter().flatten() {
            message[name] = value.clone();
        }
        let verdicts = self.send(json!([message])).await?;
        let id = verdicts[0]["messageId"].as_str().with_context(|| format!("{verdicts:?}"))?;
        Ok(id.parse()?)
    }

    /// Waits for a message of everybody named, at the hook of an incoming listener; the first of each.
    pub async fn written_by(&self, hook: &Receiver, people: &[&str]) -> Result<Vec<Value>> {
        let looked = async {
            let mut count = 0;
            loop {
                let calls = hook.wait_for(count, PATIENCE).await?;
                let told: Vec<Value> = calls.iter().map(Call::json).collect();
                let first = |from: &&str| told.iter().find(|message| message["from"] == **from).cloned();
                let found: Vec<Value> = people.iter().filter_map(first).collect();
                if found.len() == people.len() {
                    return anyhow::Ok(found);
                }
                count = calls.len() + 1;
            }
        };
        let told = looked.await.with_context(|| format!("not all of {people:?} were told of"))?;
        for message in &told {
            self.description.check_named("Incoming", message)?;
        }
        Ok(told)
    }

    /// Waits for the status `word` of a message; the element that told it.
    pub async fn status(&self, hook: &Receiver, id: u64, word: &str) -> Result<Value> {
        let find = |calls: &[Call]| {
            let mut told = calls.iter().filter_map(|call| call.json().as_array().cloned()).flatten();
            told.find(|status| status["messageId"] == id && status["status"] == word)
        };
        let looked = async {
            let mut count = 0;
            loop {
                let calls = hook.wait_for(count, PATIENCE).await?;
                if let Some(status) = find(&calls) {
                    return anyhow::Ok(status);
                }
                count = calls.len() + 1;
            }
        };
        let told = looked.await.with_context(|| format!("no {word} of {id}"))?;
        self.description.check_named("Status", &told)?;
        Ok(told)
    }
}

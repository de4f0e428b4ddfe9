//! Calls of the GREEN-API dialect with the demo's own instance.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Gateway;
use crate::gateway::answer;

impl Gateway {
    pub async fn green_get(&self, method: &str) -> Result<(u16, Value)> {
        answer(self.http.get(self.green_url(method))).await
    }

    pub async fn green_post(&self, method: &str, body: Value) -> Result<(u16, Value)> {
        answer(self.http.post(self.green_url(method)).json(&body)).await
    }

    /// As `post`, which must be answered with a 200.
    pub async fn green_ok(&self, method: &str, body: Value) -> Result<Value> {
        let (status, told) = self.green_post(method, body).await?;
        ensure!(status == 200, "{method}: {status} {told}");
        Ok(told)
    }

    /// Sends a text; its `idMessage`.
    pub async fn green_send(&self, to: &str, text: &str) -> Result<String> {
        let sent = self.green_ok("sendMessage", json!({"chatId": format!("{to}@c.us"), "message": text})).await?;
        Ok(sent["idMessage"].as_str().unwrap_or_default().to_owned())
    }

    /// The head of the queue, or `Null` when nothing came in five seconds.
    pub async fn green_head(&self) -> Result<Value> {
        let (status, head) = self.green_get("receiveNotification").await?;
        ensure!(status == 200, "{status} {head}");
        Ok(head)
    }

    /// Takes notifications off the queue until one is as wanted; its body.
    pub async fn green_until(&self, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let head = self.green_head().await?;
            if head.is_null() {
                continue;
            }
            self.green_delete(&head["receiptId"]).await?;
            if wanted(&head["body"]) {
                return Ok(head["body"].clone());
            }
        }
        bail!("the notification did not come")
    }

    /// Whether the receipt was the head's.
    pub async fn green_delete(&self, receipt: &Value) -> Result<bool> {
        let url = format!("{}/{receipt}", self.green("deleteNotification"));
        let (status, told) = answer(self.http.request(Method::DELETE, url)).await?;
        ensure!(status == 200, "{status} {told}");
        Ok(told["result"] == true)
    }

    /// Empties the queue of what the demo's first message left in it; good once, and before anything is received.
    pub async fn green_clear(&self) -> Result<()> {
        // The friend's answer is the last that is heard of it.
        self.green_until(|body| body["typeWebhook"] == "incomingMessageReceived").await?;
        let (status, told) = answer(self.http.delete(self.green("clearWebhooksQueue"))).await?;
        ensure!(status == 200 && told["isCleared"] == true, "{status} {told}");
        Ok(())
    }

    /// Waits until the instance is in this state.
    pub async fn green_state(&self, state: &str) -> Result<()> {
        for _ in 0..200 {
            let (_, account) = self.native(Method::GET, &format!("/v1/accounts/{}", self.account()), None).await?;
            let is = if account["state"] == "open" { "authorized" } else { "notAuthorized" };
            if is == state {
                return Ok(());
            }
            // tidy: real time because another process is waited for
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the instance does not become {state}")
    }

    /// `method` may have a query.
    fn green_url(&self, method: &str) -> String {
        match method.split_once('?') {
            Some((method, query)) => format!("{}?{query}", self.green(method)),
            None => self.green(method),
        }
    }
}

//! A client of the chat-api.com API that checks every answer against the API's description.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;

use crate::Gateway;
use crate::schema::Description;

const PATIENCE: Duration = Duration::from_secs(60);

/// An integration with one instance.
pub struct Client<'g> {
    gateway: &'g Gateway,
    pub description: Description,
}

impl<'g> Client<'g> {
    pub fn new(gateway: &'g Gateway) -> Result<Self> {
        Ok(Self { gateway, description: Description::of_dialect("chat_api")? })
    }

    pub fn path(&self, method: &str) -> String {
        format!("/instance{}/{method}", self.gateway.word("/chat_api/instance"))
    }

    /// Status and body of a call with the token; fails when the answer is not as described.
    pub async fn call(
        &self,
        verb: Method,
        method: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<(u16, Value)> {
        let url = format!("{}{}", self.gateway.base(), self.path(method));
        let mut request = self.gateway.http.request(verb.clone(), url);
        request = request.query(&[("token", self.gateway.word("/chat_api/token"))]).query(query);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let told = response.bytes().await?;
        self.description.check(verb.as_str(), &self.path(method), status, &told)?;
        Ok((status, serde_json::from_slice(&told).unwrap_or(Value::Null)))
    }

    pub async fn get(&self, method: &str, query: &[(&str, &str)]) -> Result<Value> {
        let (status, told) = self.call(Method::GET, method, query, None).await?;
        ensure!(status == 200, "{method}: {status} {told}");
        Ok(told)
    }

    pub async fn post(&self, method: &str, body: Value) -> Result<Value> {
        let (status, told) = self.call(Method::POST, method, &[], Some(body)).await?;
        ensure!(status == 200, "{method}: {status} {told}");
        Ok(told)
    }

    /// Asks for what is new until it is there; the cursor behind it.
    pub async fn until(&self, mut cursor: u64, wanted: impl Fn(&Value) -> bool) -> Result<(Value, u64)> {
        let looked = async {
            loop {
                let told = self.get("messages", &[("lastMessageNumber", &cursor.to_string())]).await?;
                let found = told["messages"].as_array().into_iter().flatten().find(|message| wanted(message)).cloned();
                cursor = told["lastMessageNumber"].as_u64().context("a cursor")?;
                if let Some(found) = found {
                    return anyhow::Ok((found, cursor));
                }
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.context("it did not come")?
    }
}

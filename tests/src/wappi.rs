//! A client of the Wappi API that checks every answer against the API's description.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::Value;

use crate::Gateway;
use crate::schema::Description;

const PATIENCE: Duration = Duration::from_secs(30);

/// One profile, as its owner's modules call it.
pub struct Profile<'g> {
    gateway: &'g Gateway,
    /// `api`, `tapi`, `maxapi` or `botapi`.
    pub base: &'static str,
    pub id: String,
    pub description: Description,
}

impl<'g> Profile<'g> {
    /// The demo's own WhatsApp account, which is logged in.
    pub fn of_demo(gateway: &'g Gateway) -> Result<Self> {
        let id = gateway.word("/wappi/profile_id").to_owned();
        Ok(Self { gateway, base: "api", id, description: Description::of_dialect("wappi")? })
    }

    /// A new one, which nobody has logged in.
    pub async fn add(gateway: &'g Gateway, base: &'static str, name: &str) -> Result<Self> {
        let description = Description::of_dialect("wappi")?;
        let mut profile = Self { gateway, base, id: String::new(), description };
        let added = profile.post("profile/add", &[("name", name)], None).await?;
        ensure!(added["status"] == "done", "{added}");
        profile.id = added["profile_id"].as_str().context("profile_id")?.to_owned();
        Ok(profile)
    }

    /// A new one, logged in.
    pub async fn logged_in(gateway: &'g Gateway, base: &'static str, name: &str) -> Result<Self> {
        let profile = Self::add(gateway, base, name).await?;
        profile.sandbox("scan", serde_json::json!({})).await?;
        profile.until_authorized().await?;
        Ok(profile)
    }

    /// Looks until its session is open, which follows the call that logs in; its status then.
    pub async fn until_authorized(&self) -> Result<Value> {
        let looked = async {
            loop {
                let status = self.get("sync/get/status", &[]).await?;
                if status["authorized"] == true && status["app_status"] == "open" {
                    return anyhow::Ok(status);
                }
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.context("it is not authorized")?
    }

    /// The native API's name for the account behind it.
    pub async fn account(&self) -> Result<String> {
        let status = self.get("sync/get/status", &[]).await?;
        self.gateway.account_called(&status["name"]).await
    }

    /// Pulls a lever of the account's sandbox.
    pub async fn sandbox(&self, lever: &str, body: Value) -> Result<Value> {
        self.gateway.sandbox_of(&self.account().await?, lever, body).await
    }

    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        let (status, answer) = self.call(Method::GET, path, query, None).await?;
        ensure!(status == 200, "{path}: {status} {answer}");
        Ok(answer)
    }

    pub async fn post(&self, path: &str, query: &[(&str, &str)], body: Option<Value>) -> Result<Value> {
        let (status, answer) = self.call(Method::POST, path, query, body.map(|body| body.to_string())).await?;
        ensure!(status == 200, "{path}: {status} {answer}");
        Ok(answer)
    }

    /// A call with the demo's token: status and body, which is a text where it is no JSON. Fails when the answer is not as
    /// described.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<(u16, Value)> {
        self.send(method, format!("/{}/{path}", self.base), query, body).await
    }

    /// As [`Profile::call`], at a path that stands under no messenger.
    pub async fn bare(&self, method: Method, path: &str) -> Result<(u16, Value)> {
        self.send(method, path.to_owned(), &[], None).await
    }

    async fn send(
        &self,
        method: Method,
        path: String,
        query: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<(u16, Value)> {
        let mut request = self.gateway.http.request(method.clone(), format!("{}{path}", self.gateway.base()));
        request = request.header("authorization", self.gateway.word("/wappi/token")).query(query);
        if !self.id.is_empty() {
            request = request.query(&[("profile_id", &self.id)]);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let answer = response.bytes().await?;
        self.description.check(method.as_str(), &path, status, &answer)?;
        let text = || Value::from(String::from_utf8_lossy(&answer));
        Ok((status, serde_json::from_slice(&answer).unwrap_or_else(|_| text())))
    }
}

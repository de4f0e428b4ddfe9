//! A client of the Wahelp API that checks every answer against the API's description.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::Gateway;
use crate::schema::Description;

const PATIENCE: Duration = Duration::from_secs(30);

/// A caller who is signed in.
pub struct Shop<'g> {
    gateway: &'g Gateway,
    pub description: Description,
    pub token: String,
    pub project: u64,
    /// Its uuid.
    pub channel: String,
}

impl<'g> Shop<'g> {
    /// The demo's login, project and channel, which is connected.
    pub async fn of_demo(gateway: &'g Gateway) -> Result<Self> {
        let mut shop = Self {
            gateway,
            description: Description::of_dialect("wahelp")?,
            token: String::new(),
            project: gateway.demo["wahelp"]["project"].as_u64().context("project")?,
            channel: gateway.word("/wahelp/channel").to_owned(),
        };
        shop.token = shop.sign_in().await?;
        Ok(shop)
    }

    /// In a project of its own, with a channel that nobody has connected.
    pub async fn new(gateway: &'g Gateway, kind: &str) -> Result<Self> {
        let mut shop = Self::of_demo(gateway).await?;
        let project = shop.post("projects", json!({"name": "My First Project"})).await?;
        shop.project = project["id"].as_u64().context("id")?;
        let name = format!("Channel of {}", shop.project);
        let channel = shop.post(&shop.of_project("channels"), json!({"name": name, "type": kind})).await?;
        ensure!(channel["active"] == false && channel["type"] == kind, "{channel}");
        shop.channel = channel["uuid"].as_str().context("uuid")?.to_owned();
        Ok(shop)
    }

    /// As [`Shop::new`], with somebody having scanned the code.
    pub async fn connected(gateway: &'g Gateway, kind: &str) -> Result<Self> {
        let shop = Self::new(gateway, kind).await?;
        shop.sandbox("scan", json!({})).await?;
        shop.until("connected").await?;
        Ok(shop)
    }

    /// Looks until the channel's status is this one.
    pub async fn until(&self, status: &str) -> Result<()> {
        let path = self.of_channel("status");
        let looked = async {
            while self.get(&path).await?["status"] != status {}
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, looked).await.with_context(|| format!("it is not {status}"))?
    }

    pub async fn sign_in(&self) -> Result<String> {
        let body = json!({
            "login": self.gateway.word("/wahelp/login"), "password": self.gateway.word("/wahelp/password"),
        });
        let made = self.post("user/login", body).await?;
        ensure!(made["token_type"] == "bearer" && made["expires_in"] == 3600, "{made}");
        Ok(made["access_token"].as_str().context("access_token")?.to_owned())
    }

    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self }
    }

    pub fn of_project(&self, path: &str) -> String {
        format!("projects/{}/{path}", self.project)
    }

    pub fn of_channel(&self, path: &str) -> String {
        format!("projects/{}/channels/{}/{path}", self.project, self.channel)
    }

    /// Makes a user of a number; its id.
    pub async fn user(&self, phone: &str) -> Result<u64> {
        let user = self.post(&self.of_channel("users"), json!({"phone": phone, "name": "John Doe"})).await?;
        user["id"].as_u64().with_context(|| user.to_string())
    }

    /// Sends a text; the message.
    pub async fn send(&self, user: u64, text: &str) -> Result<Value> {
        self.post(&self.of_channel(&format!("send_message/{user}")), json!({ "text": text })).await
    }

    /// Has the project's default webhook called.
    pub async fn hook(&self, url: &str) -> Result<()> {
        let hook = self.done(Method::PUT, &self.of_project("hook"), Some(json!({ "url": url }))).await?;
        ensure!(hook["url"] == url, "{hook}");
        Ok(())
    }

    /// The native API's name for the account behind the channel.
    pub async fn account(&self) -> Result<String> {
        let channel = self.get(&format!("projects/{}/channels/{}", self.project, self.channel)).await?;
        self.gateway.account_called(&channel["name"]).await
    }

    /// Pulls a lever of the channel's sandbox.
    pub async fn sandbox(&self, lever: &str, body: Value) -> Result<Value> {
        self.gateway.sandbox_of(&self.account().await?, lever, body).await
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.done(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.done(Method::POST, path, Some(body)).await
    }

    /// A call that must be done; what it says.
    pub async fn done(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let (status, answer) = self.call(method, path, body).await?;
        ensure!(status == 200 && answer["success"] == true, "{path}: {status} {answer}");
        Ok(answer["data"].clone())
    }

    /// A call that must be refused so; the whole answer.
    pub async fn refused(&self, status: u16, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let (told, answer) = self.call(method, path, body).await?;
        ensure!(told == status && answer["success"] == false, "{path}: {told} {answer}");
        Ok(answer)
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let mut request = self.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.answer(&method, path, request).await
    }

    /// With the token, at the longer of the prefixes.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.gateway.http.request(method, format!("{}/api/app/{path}", self.gateway.base()));
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// Sends it. Fails when the answer is not as described.
    pub async fn answer(&self, method: &Method, path: &str, request: RequestBuilder) -> Result<(u16, Value)> {
        let response = request.send().await?;
        let (status, bytes) = (response.status().as_u16(), response.bytes().await?);
        let path = format!("/api/app/{}", path.split('?').next().unwrap_or_default().trim_end_matches('/'));
        self.description.check(method.as_str(), &path, status, &bytes)?;
        Ok((status, serde_json::from_slice(&bytes)?))
    }
}

//! A running gateway, as the client commands call it.

use std::process::ExitCode;

use anyhow::{Result, bail};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::cli::Gateway;

/// The gateway answered, and the answer is no.
#[derive(Debug, thiserror::Error)]
#[error("{detail} [{code}, HTTP {status}]")]
pub struct Refused {
    status: u16,
    code: String,
    detail: String,
}

/// Nobody answered at the address given.
#[derive(Debug, thiserror::Error)]
#[error("no gateway answers at {url}; start one with `sluice demo` or `sluice serve`, or name it with --url")]
pub struct Unreached {
    url: String,
}

/// The exit status that the help promises.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<Refused>() {
        ExitCode::from(3)
    } else if error.is::<Unreached>() {
        ExitCode::from(4)
    } else {
        ExitCode::FAILURE
    }
}

/// As many as are listed at once.
const ACCOUNTS: &str = "/v1/accounts?limit=500";

pub struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub fn new(gateway: &Gateway) -> Result<Self> {
        // The HTTP library asks the process for its cryptography; a second call finds it set already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            url: gateway.url.trim_end_matches('/').to_owned(),
            token: gateway.token.clone(),
        })
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        Ok(self.call(self.request(Method::GET, path)).await?.json().await?)
    }

    pub async fn post(&self, path: &str, body: &Value, idempotency_key: Option<&str>) -> Result<Value> {
        let mut request = self.request(Method::POST, path).header("content-type", "application/json");
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        Ok(self.call(request.body(body.to_string())).await?.json().await?)
    }

    /// A stream of server-sent events.
    pub async fn stream(&self, path: &str) -> Result<Response> {
        self.call(self.request(Method::GET, path).header("accept", "text/event-stream")).await
    }

    /// The id of the account of this id or name, or of the only one there is.
    pub async fn account(&self, named: Option<&str>) -> Result<String> {
        match named {
            Some(id) if id.starts_with("acc_") => return Ok(id.to_owned()),
            Some(name) => return id(&self.account_named(name).await?),
            None => {}
        }
        let accounts = self.get(ACCOUNTS).await?;
        let ids: Vec<&str> =
            accounts["items"].as_array().into_iter().flatten().filter_map(|a| a["id"].as_str()).collect();
        match ids[..] {
            [only] => Ok(only.to_owned()),
            [] => bail!("the key's workspace has no account yet"),
            _ => bail!("the key's workspace has several accounts; name one with --account: {}", ids.join(", ")),
        }
    }

    /// The account of this id or, if only one has it, of this name.
    pub async fn account_named(&self, name: &str) -> Result<Value> {
        let accounts = self.get(ACCOUNTS).await?;
        let all = accounts["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let found: Vec<&Value> =
            all.iter().filter(|account| account["id"] == name || account["name"] == name).collect();
        match found[..] {
            [only] => Ok(only.clone()),
            [] => bail!("there is no account {name:?}; `sluice account list` shows which there are"),
            _ => bail!("several accounts are named {name:?}; give the id (`acc_…`) instead"),
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    async fn call(&self, request: RequestBuilder) -> Result<Response> {
        let response = request.send().await.map_err(|_| Unreached { url: self.url.clone() })?;
        let status = response.status().as_u16();
        if status < 400 {
            return Ok(response);
        }
        let problem: Value = response.json().await.unwrap_or_default();
        let word = |name: &str| problem[name].as_str().map(str::to_owned);
        bail!(Refused {
            status,
            code: word("code").unwrap_or_else(|| "no code".to_owned()),
            detail: word("detail").or_else(|| word("title")).unwrap_or_else(|| "the gateway refused".to_owned()),
        })
    }
}

pub fn id(account: &Value) -> Result<String> {
    match account["id"].as_str() {
        Some(id) => Ok(id.to_owned()),
        None => bail!("the gateway's answer has no account id"),
    }
}

//! A running gateway, as the client commands call it.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::cli::Gateway;

/// The gateway answered, and the answer is no.
#[derive(Debug, thiserror::Error)]
#[error("{detail} [{code}, HTTP {status}]")]
pub struct Refused {
    status: u16,
    pub code: String,
    detail: String,
}

/// Nobody answered at the address given.
#[derive(Debug, thiserror::Error)]
#[error("no gateway answers at {url}; {}", self.advice())]
pub struct Unreached {
    url: String,
    /// Somebody is there, and speaks something else.
    is_met: bool,
}

impl Unreached {
    fn advice(&self) -> &'static str {
        match self.is_met {
            true if self.url.starts_with("https:") => {
                "something else does, without TLS or with a certificate that is not known: a gateway itself speaks http://"
            }
            true => "something else does, or it broke the connection off",
            false => "start one with `sluice demo` or `sluice serve`, or name it with --url",
        }
    }
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

/// All that the key is good for, in one answer.
const ACCOUNTS: &str = "/v1/accounts";

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
        let accounts = self.get(ACCOUNTS).await.with_context(|| {
            format!("{name:?} cannot be looked up among the accounts; give the id (`acc_…`), which needs no looking up")
        })?;
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
        let response =
            request.send().await.map_err(|error| Unreached { url: self.url.clone(), is_met: is_met(&error) })?;
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

/// Whether the connection came about, also where nothing came of it because of TLS.
fn is_met(error: &reqwest::Error) -> bool {
    !(error.is_connect() || error.is_timeout()) || is_of_tls(error)
}

fn is_of_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    // An error of I/O that wraps another does not name it as its source.
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|inner| is_of_tls(inner))
        || error.source().is_some_and(is_of_tls)
}

pub fn id(account: &Value) -> Result<String> {
    match account["id"].as_str() {
        Some(id) => Ok(id.to_owned()),
        None => bail!("the gateway's answer has no account id"),
    }
}

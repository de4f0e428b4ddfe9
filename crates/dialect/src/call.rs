//! One call of the API, as a dialect sees it.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use sluice_model::content::Blob;
use sluice_model::{Account, AccountId, Key, Refusal, RequestId, Spelling, Timestamp};

use crate::writing::bare;
use crate::{Endpoint, Form, Links};

pub struct Call {
    pub id: RequestId,
    pub at: Timestamp,
    /// `None` when no endpoint matched.
    pub endpoint: Option<&'static Endpoint>,
    pub method: Method,
    /// As it came, without the query.
    pub path: String,
    /// The path's variable parts, decoded, by the names in the endpoint's pattern.
    pub params: Vec<(&'static str, String)>,
    /// Decoded, in order; names may repeat.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// Empty until the key was checked.
    pub body: Bytes,
    /// The body, where the endpoint has it laid among the files.
    pub file: Option<Blob>,
    /// What came around the file, where the body was a form.
    pub form: Option<Form>,
    /// `None` until the key was checked, and for endpoints that need none.
    pub caller: Option<Caller>,
    pub spelling: Spelling,
    pub links: Links,
}

/// Who calls, as the key says.
#[derive(Clone, Debug)]
pub struct Caller {
    pub key: Arc<Key>,
    /// The account that the call is about, checked to be of the key's workspace.
    pub account: Option<Arc<Account>>,
}

/// What a call shows of itself before it is believed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub token: Option<String>,
    pub account: Named,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("account", &self.account).finish_non_exhaustive()
    }
}

/// The account that a call names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// None; the key's own, where it has one.
    No,
    Account(AccountId),
    /// Something that can be no account's name.
    Nonsense,
}

impl Call {
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The first of this name, if it is not empty.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The account that the call is about.
    pub fn account(&self) -> Result<&Arc<Account>, Refusal> {
        let account = self.caller.as_ref().and_then(|caller| caller.account.as_ref());
        account.ok_or(Refusal::NotFound(sluice_model::refusal::Noun::Account))
    }

    pub fn key(&self) -> Option<&Arc<Key>> {
        self.caller.as_ref().map(|caller| &caller.key)
    }

    /// The body read as JSON, whatever its content type says. An empty one reads as `{}`.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Refusal> {
        let body = bare(&self.body);
        serde_json::from_slice(if body.is_empty() { b"{}" } else { body }).map_err(|error| unreadable(&error))
    }
}

fn unreadable(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    // serde_json ends its message with the place, which the refusal carries apart.
    let note = text.split(" at line ").next().unwrap_or(&text).to_owned();
    match error.classify() {
        serde_json::error::Category::Data => Refusal::invalid("body", note),
        _ => Refusal::Malformed { note, line: error.line(), column: error.column() },
    }
}

impl fmt::Debug for Call {
    /// Neither path, query nor headers: they hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("id", &self.id)
            .field("endpoint", &self.endpoint.map(|endpoint| endpoint.name))
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

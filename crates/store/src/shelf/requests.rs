//! The request log: every call of the API, refused ones too, with secrets masked before it gets here.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sluice_model::{AccountId, KeyId, RequestId, Timestamp, WorkspaceId};

use crate::Fault;
use crate::shelf::Page;

#[async_trait]
pub trait Requests: Send + Sync {
    /// Not awaited by callers of the API: written soon, in batches.
    async fn log(&self, requests: Vec<Request>) -> Result<(), Fault>;

    async fn request(&self, workspace: WorkspaceId, id: RequestId) -> Result<Option<Request>, Fault>;

    /// Newest first; `refused` keeps those answered with 400 and above.
    async fn requests(&self, workspace: WorkspaceId, refused: bool, page: Page) -> Result<Vec<Request>, Fault>;

    /// Forgets requests older than `at`, at most `limit`; returns how many.
    async fn prune_requests(&self, at: Timestamp, limit: usize) -> Result<u64, Fault>;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub id: RequestId,
    pub at: Timestamp,
    /// Unknown when no valid key was shown.
    pub workspace: Option<WorkspaceId>,
    pub account: Option<AccountId>,
    pub key: Option<KeyId>,
    pub dialect: String,
    pub endpoint: String,
    pub method: String,
    /// With the query, secrets masked.
    pub path: String,
    pub status: u16,
    pub took_ms: u32,
    /// The caller's address.
    pub address: String,
    /// What the caller said that the body is.
    pub content_type: Option<String>,
    /// The first 4 kB of the body, secrets masked.
    pub body: String,
    /// The first 4 kB of the answer, secrets masked.
    pub answer: String,
    /// The code of the refusal, where there was one.
    pub code: Option<String>,
}

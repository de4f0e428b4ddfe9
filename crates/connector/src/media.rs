//! Files on their way out and in.

use std::path::PathBuf;

use async_trait::async_trait;
use sluice_model::Failure;
use sluice_model::content::{self, Blob};
use tokio::io::AsyncRead;

/// Where a connector gets the bytes it sends and lays those it received.
#[async_trait]
pub trait Media: Send + Sync {
    /// The file of an outgoing message, fetched first if it is a URL (through `outside`, within `limit` bytes).
    async fn obtain(&self, media: &content::Media, limit: u64) -> Result<File, Failure>;

    /// Keeps a received file durably.
    async fn keep(&self, from: &mut (dyn AsyncRead + Unpin + Send), limit: u64) -> Result<Blob, Failure>;
}

/// A file in our keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub blob: Blob,
    pub path: PathBuf,
    /// `type/subtype`, by the caller's word, the server's, or the bytes.
    pub mime: String,
    pub file_name: Option<String>,
}
